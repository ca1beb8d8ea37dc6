"""The check `expect_column_chisquare_test_p_value_to_be_greater_than`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from smokealarm.data.conditions.row_condition import RowCondition, parsed
from smokealarm.data.expectation import Answers, Expectation
from smokealarm.data.judging.surprise import surprising
from smokealarm.data.options import check_p_value
from smokealarm.data.questions import Counts
from smokealarm.data.statistics.partitions import categories_of, check_share, side_by_side
from smokealarm.errors import Inconclusive
from smokealarm.finding import Finding
from smokealarm.loading import load


def check(
    *,
    column: str,
    partition_object: dict[str, Any],
    p: float = 0.05,
    tail_weight_holdout: int | float = 0,
    row_condition: RowCondition = None,
    condition_parser: str | None = None,
) -> Expectation:
    """The column's values are as frequent as expected: Pearson's chi-square test finds no surprise.

        data:
          - name: train
            table: data/train.parquet
            checks:
              - expect_column_chisquare_test_p_value_to_be_greater_than:
                  column: split
                  partition_object: {values: [train, test], weights: [0.8, 0.2]}
                  p: 0.001

    Options:
        column: the column's name, as the file writes it.
        partition_object: the expected shares, `values` with `weights`.
        p: the p-value that must be exceeded: so often healthy data alarms, 0.05 being one in twenty.
        tail_weight_holdout: the share that is expected of values that are not listed, together;
            without it one such row is a failure.
        row_condition, condition_parser: which rows are meant; by default all.

    Nulls and NaN do not count. With too few rows for the test (Cochran's rule: an expected count
    below 1, or more than a fifth of them below 5) it is inconclusive. With very many rows any change
    is a surprise; ask for the size of the change then: expect_column_kl_divergence_to_be_less_than.
    great_expectations 1.24 knows the name only and raises; the meaning is that of its last version
    that had it, 0.18.

    Source: great_expectations 0.18, expect_column_chisquare_test_p_value_to_be_greater_than; Cochran,
    Biometrics 10:417, 1954.
    """
    check_p_value("p", p)
    check_share("tail_weight_holdout", tail_weight_holdout)
    expected = categories_of(partition_object)
    question = Counts(column, where=parsed(row_condition, condition_parser))

    def judge(answers: Answers) -> Iterator[Finding]:
        tests = load("data.statistics.goodness_of_fit")
        counts = answers.of(question)
        _, observed, weights = side_by_side(expected, counts, tail_weight_holdout)
        rows, needed = sum(observed), tests.rows_for_chi_square(weights)
        total = sum(weights)
        statistic, found = tests.chi_square(observed, [rows * w / total for w in weights])
        strangers = statistic == float("inf")
        if rows < needed and not strangers:
            raise Inconclusive(
                f"{column} has {rows:,} values, too few for a chi-square test against these shares",
                f"It takes {needed:,}. Bring more rows, or put rare values together.",
            )
        if found <= p:
            yield surprising(
                column,
                (
                    "it holds values that nobody expected"
                    if strangers
                    else "the shares of its values are not the expected ones"
                ),
                found,
                p,
                {"statistic": None if strangers else statistic, "rows": rows},
            )

    return Expectation(questions=(question,), judge=judge)
