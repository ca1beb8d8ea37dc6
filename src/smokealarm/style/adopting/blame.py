"""Whether `git blame` stays readable: how many lines it still gives to those who wrote them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from smokealarm import git
from smokealarm.style.adopting import ignored_revs

READABLE = 0.9  # of the lines, below which people ask what happened to blame
_ENTRY = re.compile(r"^([0-9a-f]{40,64}) \d+ \d+ (\d+)$", re.MULTILINE)


class Blame(NamedTuple):
    """Of the formatted files: all lines, those that the commit wrote, and those that it is blamed for."""

    lines: int
    written: int
    blamed: int

    @property
    def kept(self) -> int:
        return self.lines - self.blamed

    @property
    def is_readable(self) -> bool:
        return self.kept >= READABLE * self.lines


def blame(
    root: Path, old: str, commit: str, paths: Sequence[str], tell: Callable[[str], None]
) -> Blame:
    """What blame says of the paths in `commit` when it looks through it, as far back as `old`."""
    lines = blamed = 0
    for number, path in enumerate(paths):
        tell(f"git blame: {number:,} of {len(paths):,} files")
        for name, count in _entries(root, old, commit, path):
            lines += count
            blamed += count * (name == commit)
    return Blame(lines, _written(root, old, commit), blamed)


def _entries(root: Path, old: str, commit: str, path: str) -> list[tuple[str, int]]:
    ignoring = f"--ignore-revs-file={root / ignored_revs.NAME}"
    span = f"{old}..{commit}"  # older lines are told as old's, which is all that matters here
    said = git.run(root, "blame", "--incremental", ignoring, span, "--", path)
    found = _ENTRY.findall(said.decode(errors="replace"))
    return [(name, int(count)) for name, count in found]


def _written(root: Path, old: str, commit: str) -> int:
    """The lines that the commit wrote anew, and that blame would give to it if it did not know."""
    said = git.run(root, "diff-tree", "-r", "-z", "--numstat", old, commit).decode(errors="replace")
    counts = (record.split("\t", 1)[0] for record in said.split("\0") if "\t" in record)
    return sum(int(count) for count in counts if count.isdigit())
