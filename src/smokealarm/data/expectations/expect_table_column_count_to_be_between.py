"""The check `expect_table_column_count_to_be_between`."""

from __future__ import annotations

from collections.abc import Iterator

from smokealarm.data.expectation import Answers, Expectation
from smokealarm.data.judging.rows import out_of_range, within
from smokealarm.data.options import check_bounds
from smokealarm.finding import Finding


def check(*, min_value: int | None = None, max_value: int | None = None) -> Expectation:
    """The table has a number of columns in the range.

        data:
          - name: train
            table: data/train.parquet
            checks:
              - expect_table_column_count_to_be_between: {min_value: 12, max_value: 20}

    Options:
        min_value, max_value: the ends of the range, which belong to it; one may be left out.

    Only the schema is read.

    Source: great_expectations 1.24, ExpectTableColumnCountToBeBetween.
    """
    check_bounds(min_value, max_value, open_ended=True)

    def judge(answers: Answers) -> Iterator[Finding]:
        columns = len(answers.columns)
        if not within(columns, min_value, max_value, False, False):
            yield out_of_range(
                f"the number of columns of {answers.table}",
                columns,
                (min_value, max_value, False, False),
                "Look for columns lost or added; widen the range if the table is meant to be so.",
            )

    return Expectation(judge=judge)
