"""The check `expect_column_bootstrapped_ks_test_p_value_to_be_greater_than`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from smokealarm.data.columns import NUMBERS
from smokealarm.data.conditions.row_condition import RowCondition, parsed
from smokealarm.data.expectation import Answers, Expectation
from smokealarm.data.judging.rows import misfit
from smokealarm.data.judging.surprise import surprising
from smokealarm.data.options import check_p_value
from smokealarm.data.questions import Ordered
from smokealarm.data.statistics.partitions import bins_of
from smokealarm.errors import FatalError, Inconclusive
from smokealarm.finding import Finding
from smokealarm.loading import load


def check(
    *,
    column: str,
    partition_object: dict[str, Any],
    p: float = 0.05,
    bootstrap_samples: int | None = None,
    bootstrap_sample_size: int | None = None,
    row_condition: RowCondition = None,
    condition_parser: str | None = None,
) -> Expectation:
    """Small samples of the column mostly agree with the expected distribution, by Kolmogorov and Smirnov.

        data:
          - name: train
            table: data/train.parquet
            checks:
              - expect_column_bootstrapped_ks_test_p_value_to_be_greater_than:
                  column: age
                  partition_object: {bins: [0, 20, 40, 120], weights: [0.2, 0.5, 0.3]}
                  p: 0.05

    Options:
        column: the column's name, as the file writes it.
        partition_object: the expected shares, finite `bins` with `weights`; within a bin values are
            taken to be spread evenly.
        p: a sample agrees when its p-value reaches this, and the share of those that do must exceed it.
        bootstrap_samples: how many samples are drawn, with replacement; 1000 by default.
        bootstrap_sample_size: how many values each holds; by default twice as many as there are bins,
            few enough to overlook that bins are only a sketch of the distribution.
        row_condition, condition_parser: which rows are meant; by default all.

    A test of large differences only, and of those it is fond: with p: 0.05 it alarms when fewer than
    one sample in twenty agrees. Nulls and NaN do not count. The samples are the same every time.
    With fewer rows than a sample holds it is inconclusive. great_expectations 1.24 knows the name
    only and raises; the meaning is that of its last version that had it, 0.18.

    Source: great_expectations 0.18, expect_column_bootstrapped_ks_test_p_value_to_be_greater_than.
    """
    check_p_value("p", p)
    expected = bins_of(partition_object)
    samples = 1000 if bootstrap_samples is None else bootstrap_samples
    size = 2 * len(expected.weights) if bootstrap_sample_size is None else bootstrap_sample_size
    if samples < 1 or size < 1:
        raise FatalError("a bootstrap needs samples, and values in them", "Write numbers above 0.")
    question = Ordered(column, where=parsed(row_condition, condition_parser))

    def judge(answers: Answers) -> Iterator[Finding]:
        values, holds = answers.of(question), answers.columns[column]
        if holds.kind not in NUMBERS:
            yield misfit(holds, "only numbers fall into bins")
            return
        if len(values) < size:
            raise Inconclusive(
                f"{column} has {len(values)} values, too few for samples of {size}",
                f"Bring {size} or more, or set a smaller `bootstrap_sample_size:`.",
            )
        tests = load("data.statistics.goodness_of_fit")
        cdf = tests.piecewise(expected.edges, expected.weights)
        found = tests.bootstrapped(values, cdf, samples, size, p)
        if found <= p:
            yield surprising(
                column,
                f"hardly a sample of {size} agrees with the expected distribution",
                found,
                p,
                {"bootstrap_samples": samples, "bootstrap_sample_size": size},
            )

    return Expectation(questions=(question,), judge=judge)
