"""The check `expect_column_values_to_be_in_type_list`."""

from __future__ import annotations

from smokealarm.data.conditions.row_condition import RowCondition, parsed
from smokealarm.data.expectation import Expectation
from smokealarm.data.judging.types import of_types, there
from smokealarm.data.options import check_mostly


def check(
    *,
    column: str,
    type_list: list[str] | None,
    mostly: float = 1.0,
    row_condition: RowCondition = None,
    condition_parser: str | None = None,
) -> Expectation:
    """The column is of one of several types.

        data:
          - name: train
            table: data/train.parquet
            checks:
              - expect_column_values_to_be_in_type_list: {column: age, type_list: [int, float]}

    Options:
        column: the column's name, as the file writes it.
        type_list: names of types, as expect_column_values_to_be_of_type takes them. A name that no
            type goes by is passed over, because suites name the types of many engines, but not all
            may be such. None at all (null) lets every type pass.
        mostly, row_condition, condition_parser: accepted as great_expectations accepts them; a column
            of a table has one type, so they change nothing.

    Only the schema is read for Parquet. CSV has no types: whole numbers are int64, other numbers
    float64, True and False bool, all else (dates too) text. In JSONL a column of several types is JSON.
    pandas turns whole numbers with nulls among them into float64; here they stay int64.

    Source: great_expectations 1.24, ExpectColumnValuesToBeInTypeList.
    """
    check_mostly(mostly)
    parsed(row_condition, condition_parser)
    if type_list is None:
        return there(column)
    return of_types(column, type_list, "type_list")
