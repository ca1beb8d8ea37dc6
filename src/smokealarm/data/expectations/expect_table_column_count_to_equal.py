"""The check `expect_table_column_count_to_equal`."""

from __future__ import annotations

from collections.abc import Iterator

from smokealarm.data.expectation import Answers, Expectation
from smokealarm.data.judging.rows import another_number
from smokealarm.finding import Finding


def check(*, value: int) -> Expectation:
    """The table has so many columns.

        data:
          - name: train
            table: data/train.parquet
            checks:
              - expect_table_column_count_to_equal: {value: 12}

    Options:
        value: the number of columns.

    Only the schema is read.

    Source: great_expectations 1.24, ExpectTableColumnCountToEqual.
    """

    def judge(answers: Answers) -> Iterator[Finding]:
        columns = len(answers.columns)
        if columns != value:
            yield another_number(
                f"the number of columns of {answers.table}",
                columns,
                value,
                "Look for columns lost or added; mend `value:` if the table is meant to be so.",
            )

    return Expectation(judge=judge)
