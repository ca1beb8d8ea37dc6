"""The check `expect_column_values_to_match_like_pattern_list`."""

from __future__ import annotations

from typing import Literal

from smokealarm.data.conditions.row_condition import RowCondition, parsed
from smokealarm.data.expectation import Expectation
from smokealarm.data.judging.rows import few_rows
from smokealarm.data.options import check_likes, shown
from smokealarm.data.questions import Faulty, Mismatched


def check(
    *,
    column: str,
    like_pattern_list: list[str],
    match_on: Literal["any", "all"] = "any",
    escape: str | None = None,
    mostly: float = 1.0,
    row_condition: RowCondition = None,
    condition_parser: str | None = None,
) -> Expectation:
    """Each value of the column matches one of several patterns of SQL's LIKE, or all of them.

        data:
          - name: train
            table: data/train.parquet
            checks:
              - expect_column_values_to_match_like_pattern_list:
                  column: path
                  like_pattern_list: ["%.png", "%.jpg"]

    Options:
        column: the column's name, as the file writes it.
        like_pattern_list: the patterns, at least one. Each is about the whole value.
        match_on: `any` where one of them must match, `all` where every one must.
        escape: one character that takes the meaning from the `%` or `_` after it; by default none.
        mostly: the share of the values that must match, from 0 to 1; by default all.
        row_condition, condition_parser: which rows are meant; by default all.

    Nulls and NaN do not count. What a pattern means, stands at expect_column_values_to_match_like_pattern.

    Source: great_expectations 1.24, ExpectColumnValuesToMatchLikePatternList.
    """
    check_likes(like_pattern_list, "like_pattern_list", escape)
    return few_rows(
        Faulty(
            column,
            Mismatched(tuple(like_pattern_list), "like", match_on, escape or ""),
            where=parsed(row_condition, condition_parser),
        ),
        mostly,
        f"does not match {match_on} of LIKE {shown(like_pattern_list)}",
        "Mend these values, or the patterns: they are about the whole value, % stands for any text.",
    )
