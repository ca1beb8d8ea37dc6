"""The check `expect_column_values_to_not_match_like_pattern_list`."""

from __future__ import annotations

from smokealarm.data.conditions.row_condition import RowCondition, parsed
from smokealarm.data.expectation import Expectation
from smokealarm.data.judging.rows import few_rows
from smokealarm.data.options import check_likes, shown
from smokealarm.data.questions import Faulty, Mismatched


def check(
    *,
    column: str,
    like_pattern_list: list[str],
    escape: str | None = None,
    mostly: float = 1.0,
    row_condition: RowCondition = None,
    condition_parser: str | None = None,
) -> Expectation:
    """No value of the column matches any of several patterns of SQL's LIKE.

        data:
          - name: train
            table: data/train.parquet
            checks:
              - expect_column_values_to_not_match_like_pattern_list:
                  column: path
                  like_pattern_list: ["/%", "%..%"]

    Options:
        column: the column's name, as the file writes it.
        like_pattern_list: the patterns, at least one. Each is about the whole value.
        escape: one character that takes the meaning from the `%` or `_` after it; by default none.
        mostly: the share of the values that must match none, from 0 to 1; by default all.
        row_condition, condition_parser: which rows are meant; by default all.

    Nulls and NaN do not count. What a pattern means, stands at expect_column_values_to_match_like_pattern.

    Source: great_expectations 1.24, ExpectColumnValuesToNotMatchLikePatternList.
    """
    check_likes(like_pattern_list, "like_pattern_list", escape)
    return few_rows(
        Faulty(
            column,
            Mismatched(tuple(like_pattern_list), "like", "none", escape or ""),
            where=parsed(row_condition, condition_parser),
        ),
        mostly,
        f"does match one of LIKE {shown(like_pattern_list)}",
        "Mend these values, or the patterns: they are about the whole value, % stands for any text.",
    )
