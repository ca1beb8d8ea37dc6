"""The check `class_balance`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from smokealarm.data.conditions.row_condition import RowCondition, parsed
from smokealarm.data.expectation import Answers, Expectation, Seen
from smokealarm.data.options import check_share
from smokealarm.data.questions import Counts, Value
from smokealarm.data.statistics.proportions import difference, rows_to_settle
from smokealarm.errors import FatalError, Inconclusive
from smokealarm.finding import Finding, Table
from smokealarm.wilson import wilson

CONFIDENCE = 0.99
MOST = 1000


class Limits(NamedTuple):
    """What is wrong of a class: below the one share, above the other, or moved by more than `by`."""

    min_share: float | None
    max_share: float | None
    by: float


class Class(NamedTuple):
    """A class, how a sentence names it, and its rows."""

    told: str
    column: str
    name: str
    found: int
    rows: int

    @property
    def share(self) -> float:
        return self.found / self.rows


class Side(NamedTuple):
    """How many rows each class has, and all together."""

    counts: dict[Value, int]
    rows: int


def check(
    *,
    column: str,
    min_share: float | None = None,
    max_share: float | None = None,
    classes: list[str | int | float | bool] | None = None,
    reference: str = "",
    by: float = 0.1,
    row_condition: RowCondition = None,
    condition_parser: str | None = None,
) -> Expectation:
    """Each class of a column has a share of the rows that is large enough, and as before.

        data:
          - name: train
            table: data/train.parquet
            checks:
              - class_balance: {column: label, min_share: 0.05, classes: [cat, dog, bird]}
              - class_balance: {column: label, reference: data/last_train.parquet, by: 0.05}

    Options:
        column: the classes, as the label or a group.
        min_share, max_share: between which shares of the rows each class must lie, from 0 to 1.
        classes: the classes that must be there; one without rows has the share 0.
        reference: a table whose shares must be kept; its classes must be there as well.
        by: how far a share may move away from the reference's.
        row_condition, condition_parser: which rows, of both tables.

    The rows are taken for a sample: a class alarms when the whole 99 % interval of its share (Wilson), or
    of its change (Newcombe), lies beyond a limit; all classes together err so seldom (Bonferroni). Where an
    interval spans a limit, the check is inconclusive and says how many rows would settle it. Missing
    values are no class. A column of more than 1,000 values has no classes, which is a failure.

    Source: Wilson, Journal of the American Statistical Association 22:209 (1927); Newcombe, Statistics
    in Medicine 17:873 (1998).
    """
    for option, share in (("min_share", min_share), ("max_share", max_share), ("by", by)):
        if share is not None:
            check_share(option, share)
    if min_share is None and max_share is None and not reference and not classes:
        raise FatalError(
            "there is no limit to the balance",
            "Write `min_share: 0.05`, `max_share:`, `classes:` or `reference:`.",
        )
    where = parsed(row_condition, condition_parser)
    mine = Counts(column=column, where=where)
    theirs = Counts(column=column, where=where, table=reference)
    limits = Limits(min_share, max_share, by)

    def judge(answers: Answers) -> Iterator[Seen]:
        here = _side(answers.of(mine))
        there = _side(answers.of(theirs)) if reference else Side({}, 0)
        if len(here.counts) > MOST:
            yield Finding(
                message=f"{column} has {len(here.counts):,} different values, which are no classes",
                remedy="Name the column of the label or the group.",
                evidence={"column": column, "observed_value": len(here.counts)},
            )
            return
        if not here.rows or (reference and not there.rows):
            empty = reference if here.rows else answers.table
            raise Inconclusive(f"{column} has no values in {empty}", "Find out what emptied it.")
        expected = list(dict.fromkeys((*(classes or ()), *there.counts)))
        found = list(_judged(column, expected, here, there, limits))
        yield from (seen for seen in found if isinstance(seen, Finding))
        if any(isinstance(seen, Finding) for seen in found):
            yield _picture(column, here, there)
        if doubts := [seen for seen in found if isinstance(seen, Inconclusive)]:
            raise max(doubts, key=lambda doubt: len(doubt.message))

    questions = (mine, theirs) if reference else (mine,)
    return Expectation(questions=questions, judge=judge)


def _side(counts: tuple[tuple[Value, int], ...]) -> Side:
    return Side(dict(counts), sum(count for _, count in counts))


def _judged(
    column: str, expected: list[Value], here: Side, there: Side, limits: Limits
) -> Iterator[Finding | Inconclusive]:
    """What each class and each limit say, if anything."""
    classes = list(dict.fromkeys((*expected, *here.counts)))
    limited = sum((limits.min_share is not None, limits.max_share is not None, bool(there.rows)))
    confidence = 1 - (1 - CONFIDENCE) / max(1, len(classes) * limited)
    for name in classes:
        count = here.counts.get(name, 0)
        seen = Class(f"{column} {name!r}", column, str(name), count, here.rows)
        bounds = wilson(count, here.rows, confidence)
        if name in expected and not count and not there.rows and limits.min_share is None:
            yield _finding(seen, "which should be there", 0.0)
        if limits.min_share is not None:
            yield from _at_least(seen, bounds, limits.min_share, confidence)
        if limits.max_share is not None:
            yield from _at_most(seen, bounds, limits.max_share, confidence)
        if there.rows:
            before = there.counts.get(name, 0)
            change = difference(count, here.rows, before, there.rows, confidence)
            yield from _as_before(seen, change, before / there.rows, limits.by)


def _at_least(
    seen: Class, bounds: tuple[float, float], limit: float, confidence: float
) -> Iterator[Finding | Inconclusive]:
    if bounds[1] < limit:
        yield _finding(seen, f"fewer than {limit:.3g} of them", limit)
    elif bounds[0] < limit:
        yield _doubt(seen, f"at least {limit:.3g}", rows_to_settle(seen.share, limit, confidence))


def _at_most(
    seen: Class, bounds: tuple[float, float], limit: float, confidence: float
) -> Iterator[Finding | Inconclusive]:
    if bounds[0] > limit:
        yield _finding(seen, f"more than {limit:.3g} of them", limit)
    elif bounds[1] > limit:
        yield _doubt(seen, f"at most {limit:.3g}", rows_to_settle(seen.share, limit, confidence))


def _as_before(
    seen: Class, change: tuple[float, float], before: float, by: float
) -> Iterator[Finding | Inconclusive]:
    if change[0] > by or change[1] < -by:
        yield _finding(seen, f"{before:.2%} in the reference", by)
    elif change[0] < -by or change[1] > by:
        half = (change[1] - change[0]) / 2
        room = by - abs(seen.share - before)
        more = int(seen.rows * (half / room) ** 2) + 1 if room > 1e-6 else None
        yield _doubt(seen, f"within {by:.3g} of {before:.2%}, its share in the reference", more)


def _finding(seen: Class, limit_in_words: str, limit: float) -> Finding:
    return Finding(
        message=f"{seen.told}: {seen.found:,} of {seen.rows:,} rows ({seen.share:.2%}), "
        f"{limit_in_words}",
        remedy="Look for a lost source, a changed filter or a renamed class; collect more of what is "
        "rare, or mend the limit.",
        evidence={
            "column": seen.column,
            "class": seen.name,
            "observed_value": seen.share,
            "limit": limit,
            "unexpected_count": seen.found,
            "element_count": seen.rows,
        },
    )


def _doubt(seen: Class, limit_in_words: str, rows: int | None) -> Inconclusive:
    needed = f"about {rows:,} rows" if rows else "more rows than any table has"
    return Inconclusive(
        f"too few rows to tell whether the share of {seen.told} is {limit_in_words}: "
        f"{seen.found:,} of {seen.rows:,} rows ({seen.share:.2%})",
        f"Were the share to stay so, {needed} would settle it. Or move the limit away from it.",
    )


def _picture(column: str, here: Side, there: Side) -> Table:
    names = sorted({**here.counts, **there.counts}, key=lambda name: -here.counts.get(name, 0))
    header = [column, "rows", "share"] + ["share in the reference"] * bool(there.rows)
    rows = [
        [name, here.counts.get(name, 0), f"{here.counts.get(name, 0) / here.rows:.2%}"]
        + ([f"{there.counts.get(name, 0) / there.rows:.2%}"] if there.rows else [])
        for name in names[:30]
    ]
    return Table(title=f"{column}: the classes", header=header, rows=[list(row) for row in rows])
