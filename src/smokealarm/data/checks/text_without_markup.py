"""The check `text_without_markup`."""

from __future__ import annotations

from smokealarm.data.conditions.row_condition import RowCondition, parsed
from smokealarm.data.expectation import Expectation
from smokealarm.data.judging.texts import few_texts
from smokealarm.data.questions import Faulty, Mismatched
from smokealarm.data.values.text_damage import ENTITY, TAG


def check(
    *,
    column: str,
    mostly: float = 1.0,
    row_condition: RowCondition = None,
    condition_parser: str | None = None,
) -> Expectation:
    """No text of a column holds remnants of HTML.

        data:
          - name: reviews
            table: data/reviews.parquet
            checks:
              - text_without_markup: {column: text, mostly: 0.99}

    Options:
        column: a column of texts that people wrote; code and HTML hold markup rightly.
        mostly: the share of the texts that must be free of it, from 0 to 1; by default all.
        row_condition, condition_parser: which rows.

    Looked for are entities (`&amp;`, `&nbsp;`, `&#39;`) and the tags that pages are made of (`<br />`,
    `</div>`, `<p class="x">`, `<a href`). Other words between angle brackets, as `<name>` or `a < b`, are
    no markup. Nulls do not count.

    Source: https://html.spec.whatwg.org/multipage/indices.html.
    """
    return few_texts(
        Faulty(
            column=column,
            fault=Mismatched((ENTITY, TAG), obeys="none"),
            where=parsed(row_condition, condition_parser),
        ),
        mostly,
        "is not free of HTML",
        "Take the markup out where the text is read: html.unescape, and a parser of HTML for tags.",
    )
