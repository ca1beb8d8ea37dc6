"""The check `no_drift`."""

from __future__ import annotations

from collections.abc import Iterator

from smokealarm.data.conditions.row_condition import RowCondition, parsed
from smokealarm.data.expectation import Expectation
from smokealarm.data.judging.moved import (
    Test,
    judged,
    largest_moves,
    missing_tests,
    reference_of,
    shares_picture,
    steps_picture,
)
from smokealarm.data.options import check_share
from smokealarm.data.questions.comparisons import Paired, PairedColumns, Shares, Steps
from smokealarm.loading import load


def check(
    *,
    reference: str = "",
    profile: str = "",
    columns: list[str] | None = None,
    ignore: list[str] | None = None,
    effect: float = 0.2,
    missing: float = 0.1,
    alpha: float = 0.01,
    row_condition: RowCondition = None,
    condition_parser: str | None = None,
) -> Expectation:
    """The columns are distributed as in a reference.

        data:
          - name: this week
            table: data/week.parquet
            checks:
              - no_drift: {reference: data/reference.parquet}
              - no_drift:
                  profile: data/reference.profile.csv
                  columns: [age, country]
                  effect: 0.1

    Options:
        reference: the table to compare with.
        profile: instead of it, a profile as `smokealarm suggest profile TABLE --write FILE` writes it.
        columns: which columns; by default all that both have, but for dates, values that are neither
            numbers nor texts, and columns whose values are nearly all different, as ids and free texts.
        ignore: columns to leave out.
        effect: the share of the rows that may have moved, from 0 to 1. For numbers and dates it is
            Kolmogorov's and Smirnov's distance, for categories the total variation distance.
            A normal distribution that moves by half its width has 0.2, by a quarter 0.1.
        missing: by how much the share of missing values may change.
        alpha: how often the check may alarm where nothing moved, all columns together (Holm).
        row_condition, condition_parser: which rows, of both tables.

    An alarm needs both: an effect over the limit, and a test that rules out chance. So a trivial
    shift in a million rows does not alarm, nor does chance in forty; with too few rows to see an
    effect of the limit's size four times in five, the check is inconclusive and says how many it takes.

    Numbers are compared by the test of Kolmogorov and Smirnov, on the steps of the distinct values; where
    values repeat, it is cautious. Whole numbers with up to 20 different values, booleans and texts are
    categories: Pearson's chi-square test, by drawing anew where it expects fewer than five rows. New and
    vanished categories count and are named; beyond the 200 most frequent, values count together. Of
    tables of more than two million rows, about a million is compared for numbers.

    Source: Massey, Journal of the American Statistical Association 46:68 (1951); Holm, Scandinavian
    Journal of Statistics 6:65 (1979).
    """
    check_share("effect", effect)
    check_share("missing", missing)
    check_share("alpha", alpha)
    question = PairedColumns(
        names=tuple(columns or ()),
        ignore=tuple(ignore or ()),
        other=reference_of(reference, profile),
        profile=bool(profile),
        where=parsed(row_condition, condition_parser),
    )

    def tests(name: str, pair: Paired) -> Iterator[Test]:
        if not pair.left_out:
            yield from missing_tests(name, pair, missing)
        if isinstance(pair.seen, Steps):
            yield _of_steps(name, pair, pair.seen, effect)
        elif isinstance(pair.seen, Shares):
            yield _of_shares(name, pair, pair.seen, effect)

    remedy = (
        "Look for a changed unit, source, filter or code; if the change is right, make this table the "
        "new reference, or raise the limit."
    )
    return Expectation(questions=(question,), judge=judged(question, tests, alpha, remedy))


def _of_steps(name: str, pair: Paired, steps: Steps, limit: float) -> Test:
    significance = load("data.statistics.significance")
    more = "more" if steps.more_below else "fewer"
    return Test(
        column=name,
        what=f"the distribution of {name}",
        effect=steps.distance,
        limit=limit,
        p=significance.steps_p(steps.distance, *pair.present),
        power=lambda n, m, alpha: significance.steps_power(limit, n, m, alpha),
        there=pair.present[0],
        here=pair.present[1],
        seen=f"up to {steps.at} lie {100 * steps.distance:.1f} % {more} of the rows",
        observed=steps.distance,
        picture=steps_picture(name, steps),
    )


def _of_shares(name: str, pair: Paired, shares: Shares, limit: float) -> Test:
    significance = load("data.statistics.significance")
    there = [row[1] for row in shares.values] + [shares.rest[0]]
    here = [row[2] for row in shares.values] + [shares.rest[1]]
    moved, _, freedom = significance.shares_test(there, here)
    return Test(
        column=name,
        what=f"the distribution of {name}",
        effect=moved,
        limit=limit,
        p=significance.shares_p(there, here) if moved >= limit else 1.0,
        power=lambda n, m, alpha: significance.shares_power(limit, n, m, alpha, freedom),
        there=pair.present[0],
        here=pair.present[1],
        seen=largest_moves(shares),
        observed=moved,
        picture=shares_picture(name, shares),
    )
