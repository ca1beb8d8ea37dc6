"""The check `expect_column_parameterized_distribution_ks_test_p_value_to_be_greater_than`."""

from __future__ import annotations

from collections.abc import Iterator

from smokealarm.data.columns import NUMBERS
from smokealarm.data.conditions.row_condition import RowCondition, parsed
from smokealarm.data.expectation import Answers, Expectation
from smokealarm.data.judging.rows import misfit
from smokealarm.data.judging.surprise import surprising
from smokealarm.data.options import check_p_value
from smokealarm.data.questions import Ordered
from smokealarm.data.statistics.distributions import parameters_of
from smokealarm.errors import Inconclusive
from smokealarm.finding import Finding
from smokealarm.loading import load


def check(
    *,
    column: str,
    distribution: str,
    p_value: float = 0.05,
    params: dict[str, float] | list[float] | None = None,
    row_condition: RowCondition = None,
    condition_parser: str | None = None,
) -> Expectation:
    """The column follows a distribution: the test of Kolmogorov and Smirnov finds no surprise.

        data:
          - name: train
            table: data/train.parquet
            checks:
              - expect_column_parameterized_distribution_ks_test_p_value_to_be_greater_than:
                  column: height
                  distribution: norm
                  params: {mean: 172, std_dev: 9}
                  p_value: 0.001

    Options:
        column: the column's name, as the file writes it.
        distribution: norm, beta, gamma, uniform, chi2 or expon.
        p_value: what must be reached, between 0 and 1: so often healthy data alarms.
        params: by name or in scipy's order. norm: mean, std_dev; beta: alpha, beta, loc, scale;
            gamma: alpha, loc, scale; uniform: min, max; chi2: df, loc, scale; expon: loc, scale.
            What has a default may be left out.
        row_condition, condition_parser: which rows are meant; by default all.

    Nulls and NaN do not count. The parameters must not come from the same rows, or the test is too
    kind. With fewer rows than would show a distance of one half it is inconclusive. With very many
    rows any change is a surprise. The p-value is exact for continuous values, and too small where
    values repeat. great_expectations 1.24 knows the name only and raises; the meaning is that of its
    last version that had it, 0.18, but for `min` and `max` of uniform, which are its ends here, and
    were its start and width there; a list has scipy's meaning in both.

    Source: great_expectations 0.18,
    expect_column_parameterized_distribution_ks_test_p_value_to_be_greater_than; scipy.stats.kstest.
    """
    check_p_value("p_value", p_value)
    arguments = parameters_of(distribution, params)
    question = Ordered(column, where=parsed(row_condition, condition_parser))

    def judge(answers: Answers) -> Iterator[Finding]:
        values, holds = answers.of(question), answers.columns[column]
        if holds.kind not in NUMBERS:
            yield misfit(holds, "only numbers follow such a distribution")
            return
        tests = load("data.statistics.goodness_of_fit")
        needed = tests.rows_for_distance(p_value)
        if len(values) == 0:
            raise Inconclusive(f"{column} has no values", f"The test takes {needed} of them.")
        distance, found = tests.kolmogorov_smirnov(values, tests.named(distribution, arguments))
        if found < p_value:
            yield surprising(
                column,
                f"its values do not follow {distribution}{arguments}",
                found,
                p_value,
                {"statistic": distance, "rows": len(values)},
            )
        elif len(values) < needed:
            raise Inconclusive(
                f"{column} has {len(values)} values, too few to tell its distribution",
                f"It takes {needed} to see even a distance of one half; bring more rows.",
            )

    return Expectation(questions=(question,), judge=judge)
