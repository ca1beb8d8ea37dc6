"""The check `population_stability_index`."""

from __future__ import annotations

from collections.abc import Iterator

from smokealarm.data.conditions.row_condition import RowCondition, parsed
from smokealarm.data.expectation import Expectation
from smokealarm.data.judging.moved import Test, judged, largest_moves, reference_of, shares_picture
from smokealarm.data.options import check_share
from smokealarm.data.questions.comparisons import Paired, PairedColumns, Shares
from smokealarm.errors import FatalError
from smokealarm.loading import load


def check(
    *,
    reference: str = "",
    profile: str = "",
    columns: list[str] | None = None,
    ignore: list[str] | None = None,
    max_value: float = 0.25,
    bins: int = 10,
    alpha: float = 0.01,
    row_condition: RowCondition = None,
    condition_parser: str | None = None,
) -> Expectation:
    """The population stability index of the columns against a reference stays below a limit.

        data:
          - name: this month
            table: data/month.parquet
            checks:
              - population_stability_index: {reference: data/reference.parquet, columns: [score]}

    Options:
        reference, profile, columns, ignore, row_condition, condition_parser: as of `no_drift`.
        max_value: the index beyond which it is an alarm; by custom 0.1 is a small change, 0.25 a large one.
        bins: into how many bins of as many rows each the reference's numbers are cut.
        alpha: how often the check may alarm where nothing moved, all columns together (Holm).

    The index is the sum of (q - p) ln(q / p) over bins or categories, p of the reference and q of
    this table, with half a row added to each. What chance adds to it in tables of this size is taken off
    before it is compared, and chance must be ruled out (chi-square), so that small tables do not alarm;
    where an index of `max_value` would be missed more often than once in five, the check is inconclusive.
    Missing values do not count; `no_drift` compares their share.

    Source: Yurdakul and Naranjo, Journal of Risk Model Validation 14:4 (2020).
    """
    check_share("alpha", alpha)
    if max_value <= 0 or bins < 2:
        raise FatalError(
            f"`max_value: {max_value:g}` with `bins: {bins}` is out of range",
            "Write a limit above 0, as 0.25, and at least two bins.",
        )
    question = PairedColumns(
        names=tuple(columns or ()),
        ignore=tuple(ignore or ()),
        other=reference_of(reference, profile),
        profile=bool(profile),
        bins=bins,
        where=parsed(row_condition, condition_parser),
    )

    def tests(name: str, pair: Paired) -> Iterator[Test]:
        if isinstance(pair.seen, Shares):
            yield _test(name, pair, pair.seen, max_value)

    remedy = (
        "Look for a changed unit, source, filter or code; if the change is right, make this table the "
        "new reference, or raise `max_value`."
    )
    return Expectation(questions=(question,), judge=judged(question, tests, alpha, remedy))


def _test(name: str, pair: Paired, shares: Shares, limit: float) -> Test:
    significance = load("data.statistics.significance")
    counted = [row[1:] for row in shares.values] + [shares.rest] * any(shares.rest)
    there, here = [a for a, _ in counted], [b for _, b in counted]
    index, by_chance = significance.stability(there, here)
    effect, freedom = max(0.0, index - by_chance), max(1, len(counted) - 1)
    return Test(
        column=name,
        what=f"the population stability index of {name}",
        effect=effect,
        limit=limit,
        p=significance.shares_p(there, here) if effect >= limit else 1.0,
        power=lambda n, m, alpha: significance.stability_power(limit, n, m, alpha, freedom),
        there=pair.present[0],
        here=pair.present[1],
        seen=f"{index:.3g}, {largest_moves(shares)}",
        observed=index,
        picture=shares_picture(name, shares),
    )
