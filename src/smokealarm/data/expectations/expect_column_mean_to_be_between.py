"""The check `expect_column_mean_to_be_between`."""

from __future__ import annotations

import math
from collections.abc import Iterator

from smokealarm.data.columns import Kind
from smokealarm.data.expectation import Answers, Expectation
from smokealarm.data.judge import misfit, out_of_range, within
from smokealarm.data.options import check_bounds
from smokealarm.data.questions import Number
from smokealarm.finding import Finding


def check(
    *,
    column: str,
    min_value: float | None = None,
    max_value: float | None = None,
    strict_min: bool = False,
    strict_max: bool = False,
) -> Expectation:
    """The mean of the column lies between two numbers.

        data:
          - name: train
            table: data/train.parquet
            checks:
              - expect_column_mean_to_be_between: {column: age, min_value: 30, max_value: 50}

    Options:
        column: the column's name, as the file writes it.
        min_value, max_value: the ends of the range, in the column's unit; one may be left out.
        strict_min, strict_max: true to exclude that end; by default both belong to the range.

    Nulls and NaN do not count. Without any value there is no mean, which is a failure; so is a mean of
    NaN, which infinities of both signs have. True counts as 1 and false as 0. Computed in 64-bit
    floating point. Dates have no mean here; great_expectations gives them one.

    Source: great_expectations 1.24, ExpectColumnMeanToBeBetween.
    """
    check_bounds(min_value, max_value)
    question = Number(column, "mean")

    def judge(answers: Answers) -> Iterator[Finding]:
        holds = answers.columns[column]
        mean = answers.of(question)
        assert not isinstance(mean, str), "means are taken of numbers only"
        if holds.kind not in (Kind.NUMBER, Kind.BOOLEAN):
            yield misfit(holds, "only numbers have a mean")
        elif mean is None or math.isnan(mean):
            yield Finding(
                message=f"{column} has no mean: "
                + ("it has no values" if mean is None else "it holds infinities of both signs"),
                remedy="Find out what emptied the column, or where the infinities come from.",
                evidence={"column": column, "observed_value": None},
            )
        elif not within(mean, min_value, max_value, strict_min, strict_max):
            bounds = (min_value, max_value, strict_min, strict_max)
            yield out_of_range(
                f"the mean of {column}",
                mean,
                bounds,
                "Look for a changed unit or scale and for missing parts of the data; widen the "
                "range if the new mean is right.",
            )

    return Expectation(questions=(question,), judge=judge)
