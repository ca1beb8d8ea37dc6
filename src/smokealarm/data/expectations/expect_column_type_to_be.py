"""The check `expect_column_type_to_be`."""

from __future__ import annotations

from smokealarm.data.expectation import Expectation
from smokealarm.data.judging.types import of_types
from smokealarm.data.values.types import is_exactly


def check(*, column: str, type_: str) -> Expectation:
    """The column is of exactly the type: int64 is not int32.

        data:
          - name: train
            table: data/train.parquet
            checks:
              - expect_column_type_to_be: {column: label, type_: int64}

    Options:
        column: the column's name, as the file writes it.
        type_: a name as expect_column_values_to_be_of_type takes it, but of one width: int is int64,
            float is float64, object is what pandas holds as objects (and not text), datetime64[ns]
            counts nanoseconds. datetime64 without a unit means every unit.

    Only the schema is read. pandas turns whole numbers with nulls among them into float64; here they
    stay int64. Int64 and int64, string and str, are one type here, as a file has no two of them.
    Seconds, milliseconds and microseconds of a Parquet file are one type too.

    Source: great_expectations 1.24, ExpectColumnTypeToBe.
    """
    return of_types(column, [type_], "type_", is_exactly)
