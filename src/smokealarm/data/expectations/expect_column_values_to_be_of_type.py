"""The check `expect_column_values_to_be_of_type`."""

from __future__ import annotations

from smokealarm.data.conditions.row_condition import RowCondition, parsed
from smokealarm.data.expectation import Expectation
from smokealarm.data.judging.types import of_types
from smokealarm.data.options import check_mostly


def check(
    *,
    column: str,
    type_: str,
    mostly: float = 1.0,
    row_condition: RowCondition = None,
    condition_parser: str | None = None,
) -> Expectation:
    """The column is of the type.

        data:
          - name: train
            table: data/train.parquet
            checks:
              - expect_column_values_to_be_of_type: {column: label, type_: int64}

    Options:
        column: the column's name, as the file writes it.
        type_: a name of Python (int, float, str, bool), of numpy and pandas (int64, float32, object,
            datetime64), of SQL and Spark (TEXT, NUMERIC, LongType), or of DuckDB (BIGINT, DOUBLE,
            VARCHAR, DECIMAL(10,2)). Python's names mean every width: int is any whole number.
        mostly, row_condition, condition_parser: accepted as great_expectations accepts them; a column
            of a table has one type, so they change nothing.

    Only the schema is read for Parquet. CSV has no types: whole numbers are int64, other numbers
    float64, True and False bool, all else (dates too) text. In JSONL a column of several types is JSON.
    pandas turns whole numbers with nulls among them into float64; here they stay int64.
    great_expectations asks each value of a column of Python objects; object is here what pandas holds
    as objects, and text, which was one of them before pandas 3.

    Source: great_expectations 1.24, ExpectColumnValuesToBeOfType.
    """
    check_mostly(mostly)
    parsed(row_condition, condition_parser)
    return of_types(column, [type_], "type_")
