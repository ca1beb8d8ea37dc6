"""What a commit adds, told by the bare tools alone: the side that `style_history.py` compares with.

Nothing of smokealarm is used here. The tools run on all Python and shell files that the commit
changes, in a checkout of the commit and in one of its parent, both under the commit's configuration.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

BIN = Path(sys.executable).parent
CONFIGURATION = ("setup.cfg", "tox.ini", ".flake8", "pyproject.toml", ".shellcheckrc")
# What a checkout holds: all that the tools read, and nothing large.
SPARSE = ("*", "!*.*", "*.py", "*.pyi", "*.sh", "*.bash", *CONFIGURATION)
CLEAN, UNFORMATTED, UNREADABLE = "clean", "unformatted", "unreadable"

_REGULAR = ("100644", "100755")
_SHEBANG = re.compile(rb"#!\s*\S*?(?:\bpython|\b(?P<shell>sh|bash|dash|ksh)\b)")
_FLAKE8 = re.compile(r"(?P<path>.+)\t(?P<line>\d+)\t(?P<rule>[A-Z]+\d+)")


class Change(NamedTuple):
    """A changed file: its blob and name on either side; "" where it has none."""

    base_blob: str
    blob: str
    base_path: str
    path: str


class Added(NamedTuple):
    """How many violations of a rule a commit adds: at least `low`, at most `high`."""

    rule: str
    low: int
    high: int
    lines: tuple[str, ...]  # those that the parent has not, as `path: line`


class Seen(NamedTuple):
    """What the tools say of one file: lines with a rule that they break, and black's verdict."""

    broken: tuple[tuple[str, str], ...] = ()
    layout: str = CLEAN


class Checkout:
    """A work tree of one commit after the other, and the tools' words on its files.

    What is known of a Python file is kept: it depends on name, content and configuration only.
    """

    def __init__(self, repository: Path, folder: Path, known: dict[tuple[str, ...], Seen]) -> None:
        self.folder = folder
        self.known = known
        run("git", "clone", "--quiet", "--shared", "--no-checkout", str(repository), str(folder))
        run("git", "sparse-checkout", "set", "--no-cone", *SPARSE, at=folder)

    def turn_to(self, commit: str) -> None:
        run("git", "checkout", "--quiet", "--force", "--detach", commit, at=self.folder)
        run("git", "clean", "--quiet", "-ffdx", at=self.folder)

    def configured_like(self, other: Checkout) -> None:
        for name in CONFIGURATION:
            (self.folder / name).unlink(missing_ok=True)
            if (other.folder / name).is_file():
                (self.folder / name).write_bytes((other.folder / name).read_bytes())

    def seen(self, files: Mapping[str, str]) -> dict[str, Seen]:
        """What the tools say of the files, given as blob by path."""
        configuration = [self._text(name) for name in CONFIGURATION]
        languages = {path: self._language(path) for path in files}
        keys = {path: (*configuration, path, files[path]) for path in files}
        python = [path for path in files if languages[path] == "python"]
        fresh = [path for path in python if keys[path] not in self.known]
        broken, layout = self._flake8(fresh), self._black(fresh)
        for path in fresh:
            self.known[keys[path]] = Seen(tuple(broken[path]), layout.get(path, CLEAN))
        shell = [path for path in files if languages[path] == "shell"]
        return {
            **{path: self.known[keys[path]] for path in python},
            **{path: Seen(tuple(self._shellcheck(path))) for path in shell},
        }

    def _flake8(self, paths: Sequence[str]) -> dict[str, list[tuple[str, str]]]:
        broken: dict[str, list[tuple[str, str]]] = {path: [] for path in paths}
        form = "--format=%(path)s\t%(row)d\t%(code)s"
        said = self._tool("flake8", form, "--exit-zero", "--color=never", *paths) if paths else ""
        for found in filter(None, map(_FLAKE8.fullmatch, said.splitlines())):
            path = found["path"].removeprefix("./")
            broken[path].append((found["rule"], self._line(path, int(found["line"]))))
        return broken

    def _black(self, paths: Sequence[str]) -> dict[str, str]:
        said = self._tool("black", "--check", "--fast", *paths) if paths else ""
        layout: dict[str, str] = {}
        for line in said.splitlines():
            if line.startswith("would reformat "):
                layout[line.removeprefix("would reformat ")] = UNFORMATTED
            elif line.startswith("error: cannot"):
                layout[next(path for path in paths if f" {path}:" in line)] = UNREADABLE
        return layout

    def _shellcheck(self, path: str) -> Iterator[tuple[str, str]]:
        said = self._tool("shellcheck", "-x", "-P", "SCRIPTDIR", "-f", "json1", path)
        for comment in json.loads(said)["comments"]:
            yield f"SC{comment['code']}", self._line(path, comment["line"])

    def _language(self, path: str) -> str:
        file = self.folder / path
        if file.suffix not in ("", ".py", ".pyi", ".sh", ".bash") or not file.is_file():
            return ""
        if file.suffix in (".py", ".pyi"):
            return "python"
        first = file.read_bytes()[:200].split(b"\n")[0]
        found = _SHEBANG.match(first)
        if found and (file.suffix == "" or found["shell"]):
            return "shell" if found["shell"] else "python"
        return "shell" if file.suffix and not first.startswith(b"#!") else ""

    def _tool(self, name: str, *arguments: str) -> str:
        """What the tool says. One that fails for another reason than its findings ends the run."""
        env = {**os.environ, "XDG_CONFIG_HOME": os.devnull, "LC_ALL": "C.UTF-8"}
        command = [str(BIN / name), *arguments]
        done = subprocess.run(command, cwd=self.folder, env=env, capture_output=True, timeout=300)
        if done.returncode not in (0, 1, 123):
            raise RuntimeError(f"{name}: {done.stderr.decode(errors='replace').strip()[-200:]}")
        return (done.stderr if name == "black" else done.stdout).decode(errors="replace")

    def _text(self, name: str) -> str:
        path = self.folder / name
        return path.read_text(errors="replace") if path.is_file() else ""

    def _line(self, path: str, number: int) -> str:
        lines = re.split(rb"\r\n|\n|\r", (self.folder / path).read_bytes())
        line = lines[number - 1] if number <= len(lines) else b""
        return " ".join(line.decode(errors="replace").split())


def added(head: Checkout, base: Checkout, changes: Sequence[Change]) -> list[Added]:
    """What the commit of `head` adds to that of `base`, rule by rule."""
    after = head.seen({change.path: change.blob for change in changes if change.path})
    paths = {change.base_path: change.base_blob for change in changes if change.base_path}
    before = base.seen(paths)
    return [*_violations(after, before), *_layouts(changes, after, before)]


def _violations(after: Mapping[str, Seen], before: Mapping[str, Seen]) -> Iterator[Added]:
    """Of each rule: the rise of its number for certain; at most the lines that the parent lacks.

    Flake8 says little of a file that it cannot read: where the parent has one, nothing is certain.
    """
    was = Counter(one for seen in before.values() for one in seen.broken)
    now = Counter(one for seen in after.values() for one in seen.broken)
    is_blind = any(rule.startswith("E9") for rule, _ in was)
    for rule in sorted({rule for rule, _ in now}):
        fresh = {one: n - was[one] for one, n in now.items() if one[0] == rule and n > was[one]}
        rise = _number(now, rule) - _number(was, rule)
        low = 0 if is_blind and not rule.startswith("E9") else max(0, rise)
        lines = (f"{path}: {line}" for path, seen in after.items() for line in _of(seen, fresh))
        yield Added(rule, low, sum(fresh.values()), tuple(lines))


def _number(violations: Counter[tuple[str, str]], rule: str) -> int:
    return sum(number for one, number in violations.items() if one[0] == rule)


def _of(seen: Seen, fresh: Mapping[tuple[str, str], int]) -> Iterator[str]:
    return (one[1] for one in seen.broken if one in fresh)


def _layouts(
    changes: Iterable[Change], after: Mapping[str, Seen], before: Mapping[str, Seen]
) -> Iterator[Added]:
    """Black's word is about a file: it counts where the parent's file was as black would have it."""
    certain, possible = [], []
    for change in changes:
        now = after.get(change.path, Seen()).layout
        was = before.get(change.base_path, Seen()).layout
        if now != CLEAN and was == CLEAN:
            certain.append(change.path)
        elif now == UNFORMATTED and was == UNREADABLE or now == UNREADABLE and was == UNFORMATTED:
            possible.append(change.path)
    number = len(certain)
    yield Added("black", number, number + len(possible), tuple([*certain, *possible]))


def changed(repository: Path, commit: str) -> list[Change]:
    """The regular files that the commit changes against its first parent; renames are followed."""
    options = ("-r", "--raw", "-z", "--no-abbrev", "--find-renames", "-l1000")
    fields = iter(
        run("git", "diff-tree", *options, f"{commit}^", commit, at=repository).split("\0")
    )
    changes = []
    for facts in filter(None, fields):
        base_mode, mode, base_blob, blob, status = facts.lstrip(":").split(" ")
        base_path = next(fields)
        path = next(fields) if status[0] == "R" else base_path
        is_there, was_there = mode in _REGULAR, base_mode in _REGULAR
        names = (base_path if was_there else "", path if is_there else "")
        changes.append(Change(base_blob, blob, *names))
    return changes


def run(*command: str, at: Path | None = None) -> str:
    """What the command prints; its failure is ours."""
    env = {**os.environ, "GIT_LFS_SKIP_SMUDGE": "1"}
    done = subprocess.run(command, cwd=at, env=env, capture_output=True, timeout=300)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.decode(errors='replace')}")
    return done.stdout.decode(errors="surrogateescape")
