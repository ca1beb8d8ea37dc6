"""The check `text_not_blank`."""

from __future__ import annotations

from smokealarm.data.conditions.row_condition import RowCondition, parsed
from smokealarm.data.expectation import Expectation
from smokealarm.data.judging.texts import few_texts
from smokealarm.data.questions import Faulty, Mismatched
from smokealarm.data.values.text_damage import SPACE


def check(
    *,
    column: str,
    mostly: float = 1.0,
    row_condition: RowCondition = None,
    condition_parser: str | None = None,
) -> Expectation:
    """Every text of a column holds something to read.

        data:
          - name: reviews
            table: data/reviews.parquet
            checks:
              - text_not_blank: {column: text, mostly: 0.999}

    Options:
        column: a column of texts.
        mostly: the share of the texts that must not be blank, from 0 to 1; by default all.
        row_condition, condition_parser: which rows.

    Blank are the empty text and those of white space only, in the sense of Unicode, with characters that
    have no width. Nulls do not count: `expect_column_values_to_not_be_null` is about them.

    Source: str.isspace.
    """
    return few_texts(
        Faulty(
            column=column,
            fault=Mismatched((f"[^{SPACE}]",)),
            where=parsed(row_condition, condition_parser),
        ),
        mostly,
        "is blank",
        "Leave these rows out, or find the step that emptied them.",
    )
