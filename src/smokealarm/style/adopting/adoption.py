"""How much of the repository keeps which rule: the share of its files and of their lines."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

from smokealarm import git
from smokealarm.finding import Curve, Scalar, Table
from smokealarm.style.record import EVERY_RULE, NAME, Record, State, understood
from smokealarm.style.tools import TOOLS
from smokealarm.workspace import Changes

MOST_SERIES = 8
Rule = tuple[str, str]  # a tool, and a rule as the record names it


class File(NamedTuple):
    """A judged file: which tools look at it, and how long it is."""

    path: str
    language: str
    lines: int


class Moment(NamedTuple):
    """The repository on a day."""

    day: date
    record: Record
    files: tuple[File, ...]


class Share(NamedTuple):
    """Of the files that a tool looks at: how many keep a rule in a state, and of all their lines."""

    all_files: int = 0
    all_lines: int = 0
    kept_files: int = 0
    kept_lines: int = 0
    strict_files: int = 0
    strict_lines: int = 0

    @property
    def kept(self) -> float | None:
        return _percent(self.kept_lines, self.all_lines)

    @property
    def strict(self) -> float | None:
        return _percent(self.strict_lines, self.all_lines)


class Lengths:
    """The number of lines of blobs, each counted once in a run."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.known: dict[str, int] = {}

    def files(self, tree: Changes) -> tuple[File, ...]:
        """The files of the tree that any tool looks at."""
        meant = [file for file in tree.files if file.language]
        unknown = {file.blob for file in meant} - self.known.keys()
        for blob, content in git.contents(self.root, unknown).items():
            ends = content.count(b"\n")
            self.known[blob] = ends + (not content.endswith(b"\n") and bool(content))
        return tuple(File(file.path, file.language, self.known[file.blob]) for file in meant)


def record_at(root: Path, commit: str) -> Record:
    """What can be read of the record as the commit has it."""
    found = [entry.blob for entry in git.entries(root, commit, [NAME]) if entry.path == NAME]
    return understood(git.contents(root, found)[found[0]])[0] if found else Record()


def shares(moment: Moment, rules: Iterable[Rule]) -> dict[Rule, Share]:
    """The share of each rule on that day."""
    named = {line.region.path for line in moment.record.lines}
    named |= {waive.region.path for waive in moment.record.waives}
    return {rule: _share(moment, rule, named) for rule in rules}


def rules_of(record: Record) -> list[Rule]:
    """What the record names, each once."""
    return sorted({(line.region.tool, line.region.rule) for line in record.lines})


def curve(moments: Sequence[Moment], rules: Sequence[Rule]) -> Curve:
    """The share of lines over time. Rules that were adopted together are one series."""
    today = moments[-1].day
    found = [shares(moment, rules) for moment in moments]
    series = {
        f"{name} {state}": [value for value in values]
        for state, values, name in _series(found, rules)
    }
    return Curve(
        title="Share of lines that keep a rule",
        x_label=f"days before {today.isoformat()}",
        y_label="% of lines",
        x=[float((moment.day - today).days) for moment in moments],
        series=series,
    )


def table(now: Moment, rules: Sequence[Rule]) -> Table:
    """The shares of today, rule by rule."""
    found = shares(now, rules)
    rows: list[list[Scalar]] = [
        [
            name_of([rule]),
            f"{share.kept_files:,} of {share.all_files:,}",
            _told(share.kept),
            f"{share.strict_files:,} of {share.all_files:,}",
            _told(share.strict),
        ]
        for rule, share in found.items()
    ]
    header = ["rule", "files that keep it", "lines", "files that keep it strictly", "lines"]
    return Table(title=f"Adopted on {now.day.isoformat()}", header=header, rows=rows)


def name_of(rules: Sequence[Rule]) -> str:
    """black; flake8 E9, F and 3 more."""
    tools: dict[str, list[str]] = {}
    for tool, rule in rules:
        tools.setdefault(tool, []).append(rule)
    return "; ".join(_tool_and_rules(tool, names) for tool, names in tools.items())


def _tool_and_rules(tool: str, names: Sequence[str]) -> str:
    if names == [EVERY_RULE]:
        return tool
    more = f" and {len(names) - 2} more" if len(names) > 2 else ""
    return f"{tool} {', '.join(names[:2])}{more}"


def _series(
    found: Sequence[Mapping[Rule, Share]], rules: Sequence[Rule]
) -> Iterator[tuple[str, list[float | None], str]]:
    """State, values and name, what is kept most first; beyond the limit, the mean of the rest."""
    groups: dict[tuple[str, tuple[float | None, ...]], list[Rule]] = {}
    for rule in rules:
        kept = tuple(shares[rule].kept for shares in found)
        strict = tuple(shares[rule].strict for shares in found)
        if any(strict):
            groups.setdefault(("strict", strict), []).append(rule)
        if kept != strict:
            word = "keep" if rule[0] == "black" else "new"
            groups.setdefault((word, kept), []).append(rule)
    ordered = sorted(groups.items(), key=lambda group: -(group[0][1][-1] or 0.0))
    room = MOST_SERIES if len(ordered) <= MOST_SERIES else MOST_SERIES - 1
    for (state, values), members in ordered[:room]:
        yield state, list(values), name_of(members)
    if rest := [values for (_, values), _ in ordered[room:]]:
        yield "(mean)", [_mean(at) for at in zip(*rest)], f"{len(rest)} others"


def _share(moment: Moment, rule: Rule, named: set[str]) -> Share:
    tool, code = rule
    states: dict[str, State] = {}
    counts = [0] * 6
    for path, language, lines in moment.files:
        if language not in TOOLS[tool].languages:
            continue
        place = path if path in named else f"{posixpath.dirname(path)}/".lstrip("/") or path
        if place not in states:
            states[place] = moment.record.state(tool, code, place, moment.day)
        for at, counted in enumerate(
            (True, states[place] >= State.NEW, states[place] >= State.STRICT)
        ):
            counts[2 * at] += counted
            counts[2 * at + 1] += counted * lines
    return Share(*counts)


def _percent(part: int, whole: int) -> float | None:
    return 100 * part / whole if whole else None


def _told(percent: float | None) -> str:
    return "-" if percent is None else f"{percent:.1f} %"


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None
