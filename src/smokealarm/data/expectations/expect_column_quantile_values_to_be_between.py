"""The check `expect_column_quantile_values_to_be_between`."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, Literal, Union, get_args

from smokealarm.data.columns import NUMBERS, Kind
from smokealarm.data.conditions.row_condition import RowCondition, parsed
from smokealarm.data.expectation import Answers, Expectation
from smokealarm.data.judging.rows import misfit
from smokealarm.data.questions import Bound, Quantiles
from smokealarm.data.values.moments import SECOND, nanoseconds
from smokealarm.errors import FatalError
from smokealarm.finding import Finding

Method = Literal["linear", "lower", "higher", "midpoint", "nearest"]
Quantile = Union[float, str, None]

RELATIVE, ABSOLUTE = 1e-4, 1e-8  # so near to an end is on it


def check(
    *,
    column: str,
    quantile_ranges: dict[str, Any],
    allow_relative_error: bool | str = False,
    row_condition: RowCondition = None,
    condition_parser: str | None = None,
) -> Expectation:
    """Each of some quantiles of the column lies in its range.

        data:
          - name: train
            table: data/train.parquet
            checks:
              - expect_column_quantile_values_to_be_between:
                  column: age
                  quantile_ranges:
                    quantiles: [0.05, 0.5, 0.95]
                    value_ranges: [[18, 22], [30, 50], [60, null]]

    Options:
        column: the column's name, as the file writes it.
        quantile_ranges: `quantiles`, levels from 0 to 1, and `value_ranges`, for each its two ends, in
            the column's unit; null leaves a side open.
        allow_relative_error: how a quantile between two values is taken: linear, lower, higher,
            midpoint or nearest, which is the default. True is the same: quantiles are exact here.
        row_condition, condition_parser: which rows are meant; by default all.

    Nulls and NaN do not count; a column without values has no quantiles, which is a failure. A value
    within a ten-thousandth of an end lies on it. Dates and their ends (in quotes, 2026-01-31) take
    lower, higher or nearest; great_expectations raises for them.

    Source: great_expectations 1.24, ExpectColumnQuantileValuesToBeBetween.
    """
    levels, ranges = _understood(quantile_ranges)
    method = _method(allow_relative_error)
    where = parsed(row_condition, condition_parser)
    question = Quantiles(column, levels, method=method, where=where)

    def judge(answers: Answers) -> Iterator[Finding]:
        holds, values = answers.columns[column], answers.of(question)
        between = method not in ("lower", "higher", "nearest")  # what dates have nothing of
        kinds = NUMBERS if between else (*NUMBERS, Kind.MOMENT)
        texts = {isinstance(end, str) for pair in ranges for end in pair if end is not None}
        if None in values:
            yield _finding(column, levels, values, "has no quantiles: it holds no values")
        elif holds.kind not in kinds:
            yield misfit(holds, f"it has no {method} quantiles")
        elif not texts <= {holds.kind is Kind.MOMENT}:
            yield misfit(holds, "its quantiles do not compare with these ranges")
        else:
            wrong = [
                f"{value if isinstance(value, str) else format(value or 0, '.6g')} at {level:g}, "
                f"expected {_in_words(pair)}"
                for level, value, pair in zip(levels, values, ranges)
                if not _on_or_between(value, pair)
            ]
            if wrong:
                yield _finding(column, levels, values, f"has the quantiles {'; '.join(wrong)}")

    return Expectation(questions=(question,), judge=judge)


def _understood(
    quantile_ranges: dict[str, Any],
) -> tuple[tuple[float, ...], tuple[tuple[Bound, Bound], ...]]:
    try:
        levels = tuple(float(level) for level in quantile_ranges["quantiles"])
        ranges = tuple((low, high) for low, high in quantile_ranges["value_ranges"])
    except (KeyError, TypeError, ValueError):
        levels, ranges = (), ()
    if not levels or len(levels) != len(ranges) or not all(0 <= level <= 1 for level in levels):
        raise FatalError(
            "`quantile_ranges` is not understood",
            "Write as many levels from 0 to 1 as ranges: "
            "{quantiles: [0.1, 0.9], value_ranges: [[0, 5], [90, null]]}.",
        )
    for low, high in ranges:
        if low is not None and high is not None and _comparable(low) > _comparable(high):
            raise FatalError(f"no value lies between {low} and {high}", "Swap the two.")
    return levels, ranges


def _method(allow_relative_error: bool | str) -> Method:
    if isinstance(allow_relative_error, bool):
        return "nearest"
    for method in get_args(Method):
        if method == allow_relative_error:
            return method  # type: ignore[no-any-return]  # one of the literals
    raise FatalError(
        f"`allow_relative_error: {allow_relative_error}` is no way to take a quantile",
        f"Write one of {', '.join(get_args(Method))}.",
    )


def _comparable(value: Bound | Quantile) -> float:
    if isinstance(value, str):
        when = nanoseconds(value)
        if when is None:
            raise FatalError(
                f"{value!r} is neither a number nor a date", "Write dates as 2026-01-31."
            )
        return when / SECOND
    return float(value or 0)


def _on_or_between(value: Quantile, pair: tuple[Bound, Bound]) -> bool:
    found = _comparable(value)
    low, high = (
        infinite if end is None else _comparable(end)
        for end, infinite in zip(pair, (-math.inf, math.inf))
    )
    near = not isinstance(value, str) and any(_close(found, end) for end in (low, high))
    return low <= found <= high or near


def _close(value: float, end: float) -> bool:
    return math.isfinite(end) and abs(value - end) <= ABSOLUTE + RELATIVE * abs(end)


def _in_words(pair: tuple[Bound, Bound]) -> str:
    low, high = pair
    if low is None or high is None:
        return f"at most {high}" if high is not None else f"at least {low}"
    return f"{low} to {high}"


def _finding(
    column: str, levels: tuple[float, ...], values: tuple[Quantile, ...], wrong: str
) -> Finding:
    return Finding(
        message=f"{column} {wrong}",
        remedy="Look for a changed unit, scale or mix of rows; widen the ranges if they are right.",
        evidence={
            "column": column,
            "quantiles": ", ".join(f"{level:g}" for level in levels),
            "observed_value": ", ".join(map(str, values)),
        },
    )
