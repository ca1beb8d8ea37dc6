"""Fewer lines for wide tables, of which nobody would read one for every column and fault."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from smokealarm.data.proposing.candidate import Candidate

MANY_COLUMNS = 40
NOT_NULL = "expect_column_values_to_not_be_null"
MEAN = "expect_column_mean_to_be_between"


def few_about_missing(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Without lines about missing values of columns that had none and whose mean is watched.

    A column that is lost altogether has no mean, which alarms; a few missing values go unnoticed.
    """
    watched = _columns(one for one in candidates if one.check == MEAN)
    had_some = _columns(
        one for one in candidates if one.check == NOT_NULL and one.parts[:, 0].any()
    )
    return [
        one
        for one in candidates
        if one.check != NOT_NULL or one.column in had_some or one.column not in watched
    ]


def _columns(candidates: Iterable[Candidate]) -> set[str]:
    return {one.column for one in candidates}
