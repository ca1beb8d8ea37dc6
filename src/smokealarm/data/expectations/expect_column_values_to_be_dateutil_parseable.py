"""The check `expect_column_values_to_be_dateutil_parseable`."""

from __future__ import annotations

from smokealarm.data.columns import Kind
from smokealarm.data.conditions.row_condition import RowCondition, parsed
from smokealarm.data.expectation import Expectation
from smokealarm.data.judging.kinds import few_texts
from smokealarm.data.questions import Faulty, Refused


def check(
    *,
    column: str,
    mostly: float = 1.0,
    row_condition: RowCondition = None,
    condition_parser: str | None = None,
) -> Expectation:
    """Each text of the column is a date or time that dateutil can read.

        data:
          - name: train
            table: data/train.parquet
            checks:
              - expect_column_values_to_be_dateutil_parseable: {column: taken_on}

    Options:
        column: the column's name, as the file writes it.
        mostly: the share of the values that must be dates, from 0 to 1; by default all.
        row_condition, condition_parser: which rows are meant; by default all.

    dateutil guesses: it also reads "10", "May" and "1/2", whatever the order of day and month. To hold
    one format, use expect_column_values_to_match_strftime_format. Nulls and NaN do not count. A column of
    dates passes; a column of numbers is a failure; great_expectations raises on both. ISO dates are read at
    two million a second; what only dateutil can read costs 50 microseconds for each distinct text.

    Source: great_expectations 1.24, ExpectColumnValuesToBeDateutilParseable.
    """
    return few_texts(
        Faulty(column, Refused("dateutil"), where=parsed(row_condition, condition_parser)),
        mostly,
        "is no date that dateutil can read",
        "Mend these values; write dates as 2026-01-31.",
        need="only texts are read as dates",
        well=Kind.MOMENT,
    )
