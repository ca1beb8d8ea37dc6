"""The check `expect_table_row_count_to_equal_other_table`."""

from __future__ import annotations

from collections.abc import Iterator

from smokealarm.data.conditions.row_condition import RowCondition, parsed
from smokealarm.data.expectation import Answers, Expectation
from smokealarm.data.questions import RowCount
from smokealarm.errors import FatalError
from smokealarm.finding import Finding


def check(
    *,
    other_table_name: str,
    row_condition: RowCondition = None,
    condition_parser: str | None = None,
) -> Expectation:
    """The table has as many rows as another one.

        data:
          - name: images
            table: data/images.parquet
            checks:
              - expect_table_row_count_to_equal_other_table:
                  other_table_name: data/labels.parquet

    Options:
        other_table_name: the other table, written as `table:` is.
        row_condition, condition_parser: which rows of the case's own table are counted; by default
            all. Of the other table all are.

    A CSV row may span lines; the header is no row. great_expectations finds the other table in a
    database by its name, and on pandas not at all.

    Source: great_expectations 1.24, ExpectTableRowCountToEqualOtherTable.
    """
    if not other_table_name.strip():
        raise FatalError("`other_table_name:` is empty", "Name a file, relative to the root.")
    own = RowCount(where=parsed(row_condition, condition_parser))
    other = RowCount(table=other_table_name)

    def judge(answers: Answers) -> Iterator[Finding]:
        here, there = answers.of(own), answers.of(other)
        if here != there:
            yield Finding(
                message=f"{answers.table} has {here:,} rows and {other_table_name} has {there:,}, "
                "expected as many",
                remedy="Find the rows that were lost or added in one of the two.",
                evidence={"observed_value": here, "self": here, "other": there},
            )

    return Expectation(questions=(own, other), judge=judge)
