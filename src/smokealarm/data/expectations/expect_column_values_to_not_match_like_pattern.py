"""The check `expect_column_values_to_not_match_like_pattern`."""

from __future__ import annotations

from smokealarm.data.conditions.row_condition import RowCondition, parsed
from smokealarm.data.expectation import Expectation
from smokealarm.data.judging.rows import few_rows
from smokealarm.data.options import check_likes
from smokealarm.data.questions import Faulty, Mismatched


def check(
    *,
    column: str,
    like_pattern: str,
    escape: str | None = None,
    mostly: float = 1.0,
    row_condition: RowCondition = None,
    condition_parser: str | None = None,
) -> Expectation:
    """No value of the column matches a pattern of SQL's LIKE.

        data:
          - name: train
            table: data/train.parquet
            checks:
              - expect_column_values_to_not_match_like_pattern: {column: comment, like_pattern: "%TODO%"}

    Options:
        column: the column's name, as the file writes it.
        like_pattern: `%` stands for any text and `_` for one character; the rest for itself. It is about
            the whole value.
        escape: one character that takes the meaning from the `%` or `_` after it; by default none.
        mostly: the share of the values that must not match, from 0 to 1; by default all.
        row_condition, condition_parser: which rows are meant; by default all.

    Nulls and NaN do not count. What a pattern means, stands at expect_column_values_to_match_like_pattern.

    Source: great_expectations 1.24, ExpectColumnValuesToNotMatchLikePattern.
    """
    check_likes([like_pattern], "like_pattern", escape)
    return few_rows(
        Faulty(
            column,
            Mismatched((like_pattern,), "like", "none", escape or ""),
            where=parsed(row_condition, condition_parser),
        ),
        mostly,
        f"does match LIKE {like_pattern!r}",
        "Mend these values, or the pattern: it is about the whole value, % stands for any text.",
    )
