"""The check `expect_column_values_to_be_json_parseable`."""

from __future__ import annotations

from smokealarm.data.conditions.row_condition import RowCondition, parsed
from smokealarm.data.expectation import Expectation
from smokealarm.data.judging.rows import few_rows
from smokealarm.data.questions import Faulty, Refused


def check(
    *,
    column: str,
    mostly: float = 1.0,
    row_condition: RowCondition = None,
    condition_parser: str | None = None,
) -> Expectation:
    """Each value of the column is a text of JSON.

        data:
          - name: train
            table: data/train.parquet
            checks:
              - expect_column_values_to_be_json_parseable: {column: metadata}

    Options:
        column: the column's name, as the file writes it.
        mostly: the share of the values that must be JSON, from 0 to 1; by default all.
        row_condition, condition_parser: which rows are meant; by default all.

    JSON is what Python's `json.loads` reads: NaN and Infinity too. Nulls do not count. What is no text (a
    number, a date, a struct) is no text of JSON. Bytes are read as UTF-8, UTF-16 or UTF-32.

    Source: great_expectations 1.24, ExpectColumnValuesToBeJsonParseable.
    """
    return few_rows(
        Faulty(column, Refused("json"), where=parsed(row_condition, condition_parser)),
        mostly,
        "is no JSON",
        "Mend what writes the column: single quotes, a cut text and a trailing comma are no JSON.",
    )
