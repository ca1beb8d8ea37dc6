"""The check `expect_table_row_count_to_be_between`."""

from __future__ import annotations

from collections.abc import Iterator

from smokealarm.data.conditions.row_condition import RowCondition, parsed
from smokealarm.data.expectation import Answers, Expectation
from smokealarm.data.judging.rows import out_of_range, within
from smokealarm.data.options import check_bounds
from smokealarm.data.questions import RowCount
from smokealarm.finding import Finding


def check(
    *,
    min_value: int | None = None,
    max_value: int | None = None,
    strict_min: bool = False,
    strict_max: bool = False,
    row_condition: RowCondition = None,
    condition_parser: str | None = None,
) -> Expectation:
    """The table has a number of rows in the range.

        data:
          - name: train
            table: data/train.parquet
            checks:
              - expect_table_row_count_to_be_between: {min_value: 1000, max_value: 2000}

    Options:
        min_value, max_value: the ends of the range; one may be left out.
        strict_min, strict_max: true to exclude that end; by default both belong to the range.
        row_condition, condition_parser: which rows are counted; by default all.

    A CSV row may span lines; the header is no row.

    Source: great_expectations 1.24, ExpectTableRowCountToBeBetween.
    """
    check_bounds(min_value, max_value, open_ended=True)
    question = RowCount(where=parsed(row_condition, condition_parser))

    def judge(answers: Answers) -> Iterator[Finding]:
        rows = answers.of(question)
        if not within(rows, min_value, max_value, strict_min, strict_max):
            bounds = (min_value, max_value, strict_min, strict_max)
            yield out_of_range(
                f"the number of rows of {answers.table}",
                rows,
                bounds,
                "Look for rows lost or loaded twice; widen the range if the table is meant to "
                "have this size.",
            )

    return Expectation(questions=(question,), judge=judge)
