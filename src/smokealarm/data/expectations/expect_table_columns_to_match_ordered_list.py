"""The check `expect_table_columns_to_match_ordered_list`."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest

from smokealarm.data.expectation import Answers, Expectation
from smokealarm.finding import Finding

SHOWN = 5  # positions in a message


def check(*, column_list: list[str] | None) -> Expectation:
    """The table has exactly these columns, in this order.

        data:
          - name: train
            table: data/train.parquet
            checks:
              - expect_table_columns_to_match_ordered_list: {column_list: [id, age, label]}

    Options:
        column_list: the names, as the file writes them, in their order; case counts. Null, as suites
            may have it, asks nothing.

    Only the schema is read.

    Source: great_expectations 1.24, ExpectTableColumnsToMatchOrderedList.
    """

    def judge(answers: Answers) -> Iterator[Finding]:
        found = list(answers.columns)
        if column_list is not None and found != column_list:
            yield _mismatch(answers.table, column_list, found)

    return Expectation(judge=judge)


def _mismatch(table: str, expected: list[str], found: list[str]) -> Finding:
    wrong = [
        f"position {at} has {_named(there)}, expected {_named(wanted)}"
        for at, (wanted, there) in enumerate(zip_longest(expected, found))
        if wanted != there
    ]
    more = f"; and {len(wrong) - SHOWN} more" if len(wrong) > SHOWN else ""
    return Finding(
        message=f"the columns of {table} are not the expected ones in their order: "
        f"{'; '.join(wrong[:SHOWN])}{more} (positions count from 0)",
        remedy="Code that reads columns by position now reads others: restore the order, or mend "
        "`column_list:`.",
        evidence={"observed_value": ", ".join(found), "expected": ", ".join(expected)},
    )


def _named(column: str | None) -> str:
    return "nothing" if column is None else repr(column)
