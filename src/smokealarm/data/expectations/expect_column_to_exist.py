"""The check `expect_column_to_exist`."""

from __future__ import annotations

from collections.abc import Iterator

from smokealarm.data.expectation import Answers, Expectation
from smokealarm.data.judging.rows import no_column
from smokealarm.finding import Finding


def check(*, column: str, column_index: int | None = None) -> Expectation:
    """The table has the column.

        data:
          - name: train
            table: data/train.parquet
            checks:
              - expect_column_to_exist: {column: label}

    Options:
        column: the column's name, as the file writes it; case counts.
        column_index: where it should stand, from 0, or from the end if negative; anywhere by default.

    Only the schema is read. great_expectations takes `column_index: 0` for "anywhere"; here it means
    the first column.

    Source: great_expectations 1.24, ExpectColumnToExist.
    """

    def judge(answers: Answers) -> Iterator[Finding]:
        names = list(answers.columns)
        if column not in names:
            yield no_column(column, answers)
        elif column_index not in (None, names.index(column), names.index(column) - len(names)):
            yield _misplaced(column, column_index, names.index(column))

    return Expectation(judge=judge)


def _misplaced(column: str, expected: int | None, observed: int) -> Finding:
    return Finding(
        message=f"the column {column} stands at position {observed}, expected at {expected} "
        "(positions count from 0)",
        remedy="Code that reads columns by position now reads others: restore the order, "
        "or mend `column_index:`.",
        evidence={"column": column, "observed_value": observed, "expected": expected},
    )
