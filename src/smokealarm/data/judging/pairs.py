"""The judge of rows that have a twin: how many, where both stand, and whether chance would do it too."""

from __future__ import annotations

from math import sqrt

from smokealarm.data.expectation import Answers
from smokealarm.data.judging.rows import allowed, percent
from smokealarm.data.questions.comparisons import Twins
from smokealarm.finding import Finding, Scalar


def told(answers: Answers, twins: Twins, mostly: float, like: str, remedy: str) -> Finding:
    """The finding about rows of one table that are `like` ("equal to") an earlier one."""
    mine = [f"{_spot(answers, one)} and {_spot(answers, two)}" for one, two in twins.pairs]
    return _finding(answers, twins, mostly, f"{like} an earlier one", mine, remedy)


def told_between(
    answers: Answers, other: Answers, twins: Twins, mostly: float, like: str, remedy: str
) -> Finding:
    """The finding about rows that are `like` a row of another table."""
    spots = [f"{_spot(answers, one)} and {_spot(other, two)}" for one, two in twins.pairs]
    found = _finding(answers, twins, mostly, f"{like} a row of {other.table}", spots, remedy)
    found.evidence["other"] = other.table
    return found


def by_chance(twins: Twins) -> bool:
    """Whether twins are as frequent within the other table, so that these need not be leaked.

    Where rows are drawn independently, a row has a twin in another table as often as a row of that
    table has one in it.
    """
    if not twins.usual:
        return False
    spread = sqrt(twins.usual * (1 - twins.usual) / twins.rows)
    return twins.again / twins.rows <= 1.5 * twins.usual + 3 * spread


def _finding(
    answers: Answers, twins: Twins, mostly: float, like: str, spots: list[str], remedy: str
) -> Finding:
    share = percent(twins.again, twins.rows)
    one = twins.again == 1
    alike = [f"{near:.0%}" for near in twins.likeness]
    shown = [f"{s} ({a} alike)" for s, a in zip(spots, alike)] if alike else spots
    evidence: dict[str, Scalar] = {
        "element_count": twins.rows,
        "unexpected_count": twins.again,
        "unexpected_percent": 100 * twins.again / (twins.rows or 1),
        "mostly": mostly,
        "columns": ", ".join(twins.columns),
        "file": answers.table,
        "pairs": "; ".join(f"{a} - {b}" for a, b in twins.pairs),
    }
    if twins.pairs:
        row = twins.pairs[0][0]
        evidence |= {"row": row, "line": answers.lines([row]).get(row)}
    return Finding(
        message=f"{twins.again:,} of {twins.rows:,} rows {'is' if one else 'are'} {like} "
        f"({share}{allowed(mostly)})" + _told(shown, twins.again),
        remedy=remedy,
        evidence=evidence,
    )


def _told(spots: list[str], count: int) -> str:
    """Where the first ones stand. Rows of a server have no place."""
    return f": {', '.join(spots)}{', …' * (count > len(spots))}" if spots else ""


def _spot(answers: Answers, row: int) -> str:
    """`data/test.csv:18` where it has lines, `row 17 of data/test.parquet` where it has none."""
    line = answers.lines([row]).get(row)
    return f"{answers.table}:{line}" if line else f"row {row} of {answers.table}"
