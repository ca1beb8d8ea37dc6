"""The check `text_trimmed`."""

from __future__ import annotations

from smokealarm.data.conditions.row_condition import RowCondition, parsed
from smokealarm.data.expectation import Expectation
from smokealarm.data.judging.texts import few_texts
from smokealarm.data.questions import Faulty, Mismatched
from smokealarm.data.values.text_damage import EDGES


def check(
    *,
    column: str,
    mostly: float = 1.0,
    row_condition: RowCondition = None,
    condition_parser: str | None = None,
) -> Expectation:
    """No text of a column begins or ends with white space.

        data:
          - name: labels
            table: data/train.csv
            checks:
              - text_trimmed: {column: label}

    Options:
        column: a column of texts. Most useful for labels and keys, where "cat " is another than "cat".
        mostly: the share of the texts that must be trimmed, from 0 to 1; by default all.
        row_condition, condition_parser: which rows.

    White space is that of Unicode, without the wide space with which paragraphs begin in Chinese and
    Japanese. Blank texts that are not empty count as not trimmed. Nulls do not count.

    Source: str.strip.
    """
    return few_texts(
        Faulty(
            column=column,
            fault=Mismatched((f"^[{EDGES}]", f"[{EDGES}]$"), obeys="none"),
            where=parsed(row_condition, condition_parser),
        ),
        mostly,
        "is not trimmed",
        "Strip them where they are read: text.strip().",
    )
