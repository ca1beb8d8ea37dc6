"""The check `expect_column_values_to_match_strftime_format`."""

from __future__ import annotations

from datetime import datetime, timezone

from smokealarm.data.conditions.row_condition import RowCondition, parsed
from smokealarm.data.expectation import Expectation
from smokealarm.data.judging.kinds import few_texts
from smokealarm.data.questions import Faulty, Refused
from smokealarm.errors import FatalError


def check(
    *,
    column: str,
    strftime_format: str,
    mostly: float = 1.0,
    row_condition: RowCondition = None,
    condition_parser: str | None = None,
) -> Expectation:
    """Each text of the column is a date or time of the format.

        data:
          - name: train
            table: data/train.parquet
            checks:
              - expect_column_values_to_match_strftime_format: {column: taken_on, strftime_format: "%d.%m.%Y"}

    Options:
        column: the column's name, as the file writes it.
        strftime_format: the format, as Python's `datetime.strptime` reads it.
        mostly: the share of the values that must be of the format, from 0 to 1; by default all.
        row_condition, condition_parser: which rows are meant; by default all.

    Python is not strict: `%d` reads 3 as well as 03. Names of months and days are those of the machine's
    language. Nulls and NaN do not count. A column of dates or numbers has no format and is a failure;
    great_expectations raises there. In a CSV file dates are texts. Each distinct text is read once, at 5
    microseconds.

    Source: great_expectations 1.24, ExpectColumnValuesToMatchStrftimeFormat;
    https://docs.python.org/3/library/datetime.html#format-codes
    """
    _refuse_broken(strftime_format)
    return few_texts(
        Faulty(
            column,
            Refused("strftime", strftime_format),
            where=parsed(row_condition, condition_parser),
        ),
        mostly,
        f"is not of the format {strftime_format}",
        "Mend these values, or the format.",
        need="only texts have a format; ask expect_column_values_to_be_of_type instead",
    )


def _refuse_broken(strftime_format: str) -> None:
    """A format that cannot read what it writes, such as %D, reads nothing."""
    now = datetime.now(tz=timezone.utc)
    try:
        datetime.strptime(now.strftime(strftime_format), strftime_format)
    except ValueError as error:
        raise FatalError(
            f"`strftime_format: {strftime_format}` reads nothing: {error}",
            "See https://docs.python.org/3/library/datetime.html#format-codes",
        ) from None
