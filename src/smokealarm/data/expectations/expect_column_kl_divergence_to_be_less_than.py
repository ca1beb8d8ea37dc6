"""The check `expect_column_kl_divergence_to_be_less_than`."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from smokealarm.data.columns import NUMBERS
from smokealarm.data.conditions.row_condition import RowCondition, parsed
from smokealarm.data.expectation import Answers, Expectation
from smokealarm.data.judging.rows import misfit
from smokealarm.data.questions import Counts, Histogram
from smokealarm.data.statistics.partitions import (
    Categories,
    check_share,
    check_tails,
    divergence,
    partition_of,
    side_by_side,
    with_holdouts,
)
from smokealarm.errors import FatalError
from smokealarm.finding import Finding


def check(
    *,
    column: str,
    partition_object: dict[str, Any] | None = None,
    threshold: int | float | None = None,
    tail_weight_holdout: int | float = 0,
    internal_weight_holdout: int | float = 0,
    bucketize_data: bool = True,
    min_value: int | float | None = None,
    max_value: int | float | None = None,
    row_condition: RowCondition = None,
    condition_parser: str | None = None,
) -> Expectation:
    """The column is distributed as expected: its Kullback-Leibler divergence is at most a threshold.

        data:
          - name: train
            table: data/train.parquet
            checks:
              - expect_column_kl_divergence_to_be_less_than:
                  column: split
                  partition_object: {values: [train, test], weights: [0.8, 0.2]}
                  threshold: 0.1
              - expect_column_kl_divergence_to_be_less_than:
                  column: age
                  partition_object: {bins: [0, 20, 40, 120], weights: [0.2, 0.5, 0.3]}
                  threshold: 0.1
                  tail_weight_holdout: 0.01

    Options:
        column: the column's name, as the file writes it.
        partition_object: the expected shares: `values` with `weights`, or `bins` (edges; the last
            bin holds both of its own) with `weights` and maybe `tail_weights` for what is below and
            above. Without it the column is compared with itself, which says nothing and passes.
        threshold: the largest divergence that passes, in nats; 0.1 is a mild change, 1 a large one.
        tail_weight_holdout: the share that is expected outside of the bins, or shared out among
            values that nobody listed; without it one such row makes the divergence infinite.
        internal_weight_holdout: the share that is expected in bins of weight 0 together.
        bucketize_data: false says that there are no bins; they are then refused.
        min_value, max_value: without meaning, as in great_expectations; suites may hold them.
        row_condition, condition_parser: which rows are meant; by default all.

    Nulls and NaN do not count; a column without values is a failure.

    Source: great_expectations 1.24, ExpectColumnKLDivergenceToBeLessThan.
    """
    check_share("tail_weight_holdout", tail_weight_holdout)
    check_share("internal_weight_holdout", internal_weight_holdout)
    if threshold is not None and not threshold >= 0:
        raise FatalError(
            f"`threshold: {threshold}` lies below 0",
            "Write a number above 0, such as 0.1: the less, the stricter.",
        )
    where = parsed(row_condition, condition_parser)
    if partition_object is None:
        return Expectation(judge=lambda answers: ())
    expected = partition_of(partition_object)
    if isinstance(expected, Categories):
        if internal_weight_holdout:
            raise FatalError(
                "values have no bins between them",
                "Leave out `internal_weight_holdout:`, or give `bins:` in the place of `values:`.",
            )
        counts = Counts(column, where=where)

        def judge_values(answers: Answers) -> Iterator[Finding]:
            found = answers.of(counts)
            _, observed, weights = side_by_side(expected, found, tail_weight_holdout)
            yield from _judged(column, observed, weights, threshold)

        return Expectation(questions=(counts,), judge=judge_values)
    if not bucketize_data:
        raise FatalError("bins need `bucketize_data: true`", "Leave it out, or give `values:`.")
    check_tails(expected, tail_weight_holdout)
    histogram = Histogram(column, expected.edges, where=where)

    def judge_bins(answers: Answers) -> Iterator[Finding]:
        observed, holds = answers.of(histogram), answers.columns[column]
        if holds.kind not in NUMBERS:
            yield misfit(holds, "only numbers fall into bins")
            return
        weights = with_holdouts(expected, tail_weight_holdout, internal_weight_holdout)
        yield from _judged(column, observed, weights, threshold)

    return Expectation(questions=(histogram,), judge=judge_bins)


def _judged(
    column: str, observed: Sequence[int], weights: Sequence[float], threshold: float | None
) -> Iterator[Finding]:
    if not any(observed):
        wrong, found = "has no values to compare", math.nan
    else:
        found = divergence(observed, weights)
        wrong = f"diverges from what is expected by {found:.4g}"
    if threshold is not None and not found <= threshold:
        never = "; it holds values where none were expected at all" if found == math.inf else ""
        yield Finding(
            message=f"{column} {wrong}, at most {threshold:g} is right{never}",
            remedy="Look at which values became frequent or rare; bring `partition_object:` up to "
            "date if the new distribution is right"
            + (", or expect such values with `tail_weight_holdout:`." if never else "."),
            evidence={
                "column": column,
                "observed_value": found if math.isfinite(found) else None,
                "threshold": threshold,
                "observed_weights": _shares(observed),
                "expected_weights": _shares(weights),
            },
        )


def _shares(weights: Sequence[float], at_most: int = 30) -> str:
    total = math.fsum(weights) or 1.0
    shown = ", ".join(f"{weight / total:.4g}" for weight in weights[:at_most])
    return shown + (", …" if len(weights) > at_most else "")
