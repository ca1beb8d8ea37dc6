"""The judge of drift: an alarm needs an effect that matters and a test that rules out chance."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from msgspec import Struct

from smokealarm.data.columns import listed
from smokealarm.data.expectation import Answers, Seen
from smokealarm.data.judging.rows import no_column, percent
from smokealarm.data.questions.comparisons import Paired, PairedColumns, Shares, Steps
from smokealarm.errors import FatalError, Inconclusive
from smokealarm.finding import Curve, Finding, Picture, Table
from smokealarm.loading import load

Power = Callable[[int, int, float], float]  # of rows there, rows here, and alpha


class Test(Struct, frozen=True, kw_only=True):
    """One way in which a column may have moved: by how much it did, and what chance says to it."""

    column: str
    what: str  # of a sentence: "the distribution of age"
    effect: float
    limit: float
    p: float
    power: Power
    there: int
    here: int
    seen: str
    observed: float
    picture: Picture | None = None


Tests = Callable[[str, Paired], Iterator[Test]]


def reference_of(reference: str, profile: str) -> str:
    """The table that is compared with; exactly one of the two is given."""
    if bool(reference) == bool(profile):
        raise FatalError(
            "there must be one of `reference:`, a table, and `profile:`, a stored profile",
            "Write `reference: data/reference.parquet`.",
        )
    return reference or profile


def judged(question: PairedColumns, tests: Tests, alpha: float, remedy: str) -> Any:
    """The judge: each test's finding and picture, then the doubt about those that had too few rows."""

    def judge(answers: Answers) -> Iterator[Seen]:
        pairs = answers.of(question)
        for name in question.names:
            if name not in pairs:
                yield no_column(name, answers.at(question.other))
        asked = [test for name, pair in pairs.items() for test in tests(name, pair)]
        if not asked:
            raise Inconclusive(*_nothing(pairs, question.other))
        significance = load("data.statistics.significance")
        adjusted = significance.holm([test.p for test in asked])
        quiet = []
        for test, p in zip(asked, adjusted):
            if test.effect >= test.limit and p < alpha:
                yield _finding(test, p, question.other, remedy)
                if test.picture:
                    yield test.picture
            else:
                quiet.append(test)
        blind = [t for t in quiet if t.power(t.there, t.here, alpha / len(asked)) < 0.8]
        if blind:
            raise Inconclusive(*_too_few(blind, question.other, alpha / len(asked)))

    return judge


def missing_tests(name: str, pair: Paired, limit: float) -> Iterator[Test]:
    """Whether more or fewer values are missing than in the reference; nothing where none is."""
    (gone, lost), (there, here) = pair.missing, (sum(p) for p in zip(pair.present, pair.missing))
    if not gone + lost or not there or not here:
        return
    significance, before, after = load("data.statistics.significance"), gone / there, lost / here
    effect = abs(after - before)
    yield Test(
        column=name,
        what=f"the share of missing values of {name}",
        effect=effect,
        limit=limit,
        p=significance.change_test(gone, there, lost, here) if effect >= limit else 1.0,
        power=lambda n, m, alpha: significance.change_power(limit, before, n, m, alpha),
        there=there,
        here=here,
        seen=f"it was {percent(gone, there)} and is {percent(lost, here)}",
        observed=effect,
    )


def steps_picture(name: str, steps: Steps) -> Picture | None:
    """The two histograms over one axis, as shares."""
    if not steps.edges:
        return None
    there, here = (_as_shares(counts) for counts in steps.counts)
    return Curve(
        title=f"{name}: the reference and this table",
        x_label=name,
        y_label="share of rows",
        x=list(steps.edges),
        series={"reference": there, "this table": here},
    )


def shares_picture(name: str, shares: Shares, at_most: int = 20) -> Picture:
    """The categories whose shares differ most, side by side."""
    there, here = _totals(shares)
    rows = [(value, a / there, b / here) for value, a, b in shares.values]
    rows.sort(key=lambda row: -abs(row[1] - row[2]))
    return Table(
        title=f"{name}: shares in the reference and in this table",
        header=[name, "reference", "this table"],
        rows=[[value, f"{a:.2%}", f"{b:.2%}"] for value, a, b in rows[:at_most]],
    )


def largest_moves(shares: Shares) -> str:
    """The categories that moved most, and those that are new or gone, for a sentence."""
    there, here = _totals(shares)
    moves = sorted(shares.values, key=lambda row: -abs(row[1] / there - row[2] / here))[:3]
    told = [f"{value!r} from {percent(a, there)} to {percent(b, here)}" for value, a, b in moves]
    new = [str(value) for value, a, b in shares.values if not a]
    gone = [str(value) for value, a, b in shares.values if not b]
    tail = f"; new: {listed(new, 5)}" if new else ""
    return ", ".join(told) + tail + (f"; gone: {listed(gone, 5)}" if gone else "")


def _totals(shares: Shares) -> tuple[int, int]:
    there, here = shares.rest
    return there + sum(a for _, a, _ in shares.values), here + sum(b for _, _, b in shares.values)


def _as_shares(counts: Sequence[int]) -> list[float | None]:
    total = sum(counts) or 1
    return [count / total for count in counts]


def _finding(test: Test, p: float, reference: str, remedy: str) -> Finding:
    return Finding(
        message=f"{test.what} is not that of {reference}: {test.seen} "
        f"(effect {test.effect:.3g}, at most {test.limit:g}; p = {p:.2g})",
        remedy=remedy,
        evidence={
            "column": test.column,
            "observed_value": test.observed,
            "effect": test.effect,
            "limit": test.limit,
            "p_value": p,
            "reference_rows": test.there,
            "rows": test.here,
        },
    )


def _nothing(pairs: dict[str, Paired], reference: str) -> tuple[str, str]:
    reasons = [f"{name}: {pair.left_out or 'it has no values'}" for name, pair in pairs.items()]
    shown = f" ({'; '.join(reasons[:5])})" if reasons else ""
    return (
        f"no column can be compared with {reference}{shown}",
        "Name the columns to compare in `columns:`.",
    )


def _too_few(blind: Sequence[Test], reference: str, alpha: float) -> tuple[str, str]:
    """For the column that needs most rows: how many here, or else in both tables."""
    needs = [(test, *_needed(test, alpha)) for test in blind]
    test, rows, where = max(needs, key=lambda need: need[1] or 10**18)
    others = f", and {len(blind) - 1} more" if len(blind) > 1 else ""
    needed = f"about {rows:,} rows {where}" if rows else "more rows than any table has"
    return (
        f"too few rows to tell whether {test.what} moved{others}: "
        f"{test.here:,} here, {test.there:,} in {reference}",
        f"To see an effect of {test.limit:g} four times in five, it takes {needed}. Collect "
        "more, name fewer columns, or raise the limit.",
    )


def _needed(test: Test, alpha: float) -> tuple[int | None, str]:
    rows_needed = load("data.statistics.significance").rows_needed
    if test.there and (rows := rows_needed(lambda m: test.power(test.there, m, alpha))):
        return rows, "here"
    return rows_needed(lambda both: test.power(both, both, alpha)), "in both"
