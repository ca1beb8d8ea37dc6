"""What a line speaks of, and which other lines speak of it too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from smokealarm.style.record.names import ROOT, written

EVERY_RULE = "*"


class Region(NamedTuple):
    """Rules of a tool, at a path and below it.

    Two regions of a tool either have nothing in common or one holds the other, in its rules as in
    its paths. So what holds all of a region can be listed, and nothing else speaks for all of it.
    """

    tool: str
    rule: str  # a rule, the beginning of rules, or `*`
    path: str  # a file, a folder with `/` at its end, or `.`

    def __str__(self) -> str:
        return f"{self.tool} {self.rule} {written(self.path)}"

    def wider(self) -> Iterator[Region]:
        """Every region that holds this one, itself first."""
        for path in paths_above(self.path):
            for rule in _rules_above(self.rule):
                yield Region(self.tool, rule, path)

    def meets(self, other: Region) -> bool:
        """Whether the two have anything in common."""
        return (
            self.tool == other.tool
            and (self.rule in _rules_above(other.rule) or other.rule in _rules_above(self.rule))
            and (self.path in paths_above(other.path) or other.path in paths_above(self.path))
        )


def paths_above(path: str) -> list[str]:
    """The path, the folders that it is in from the innermost out, and the whole repository."""
    found = [] if path == ROOT else [path]
    end = path.rstrip("/").rfind("/")
    while end >= 0:
        found.append(path[: end + 1])
        end = path.rfind("/", 0, end)
    return [*found, ROOT]


def _rules_above(rule: str) -> list[str]:
    """The rule and all its beginnings, then `*`."""
    if rule == EVERY_RULE:
        return [EVERY_RULE]
    return [*(rule[:end] for end in range(len(rule), 0, -1)), EVERY_RULE]
