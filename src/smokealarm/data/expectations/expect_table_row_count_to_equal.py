"""The check `expect_table_row_count_to_equal`."""

from __future__ import annotations

from collections.abc import Iterator

from smokealarm.data.conditions.row_condition import RowCondition, parsed
from smokealarm.data.expectation import Answers, Expectation
from smokealarm.data.judging.rows import another_number
from smokealarm.data.questions import RowCount
from smokealarm.finding import Finding


def check(
    *, value: int, row_condition: RowCondition = None, condition_parser: str | None = None
) -> Expectation:
    """The table has so many rows.

        data:
          - name: train
            table: data/train.parquet
            checks:
              - expect_table_row_count_to_equal: {value: 1797}

    Options:
        value: the number of rows.
        row_condition, condition_parser: which rows are counted; by default all.

    A CSV row may span lines; the header is no row.

    Source: great_expectations 1.24, ExpectTableRowCountToEqual.
    """
    question = RowCount(where=parsed(row_condition, condition_parser))

    def judge(answers: Answers) -> Iterator[Finding]:
        rows = answers.of(question)
        if rows != value:
            yield another_number(
                f"the number of rows of {answers.table}",
                rows,
                value,
                "Look for rows lost or loaded twice; mend `value:` if the table is meant to be so.",
            )

    return Expectation(questions=(question,), judge=judge)
