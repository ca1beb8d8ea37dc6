"""Parquet notes the least and largest value of each part, where NaN counts for nothing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.data.peer import ours
from tests.data.tables import ask

NULLS = "expect_column_values_to_not_be_null"
BETWEEN = "expect_column_values_to_be_between"

ONE_VALUE = [math.nan, 3.5, None, 3.5]


def _written(folder: Path, values: Sequence[float | None], type_: pa.DataType, parts: int) -> str:
    rows = pa.table({"x": pa.array(values, type_), "at": range(len(values))})
    pq.write_table(rows, folder / "table.parquet", row_group_size=len(values) // parts)
    return "table.parquet"


@pytest.mark.parametrize("type_", [pa.float32(), pa.float64()], ids=str)
@pytest.mark.parametrize("parts", [1, 2])
def test_a_nan_beside_one_other_value_is_found(
    tmp_path: Path, type_: pa.DataType, parts: int
) -> None:
    name = _written(tmp_path, ONE_VALUE, type_, parts)
    assert ours(tmp_path, name, NULLS, column="x").rows == (1, 3)


@pytest.mark.parametrize(
    ("condition", "rows"),
    [
        ("x.isnull()", (1, 3)),
        ("x.notnull()", (2, 4)),
        ("x == 3.5", (2, 4)),
        ("x != 3.5", (1, 3)),
        ("x >= 0", (2, 4)),
    ],
)
@pytest.mark.parametrize("parts", [1, 2])
def test_a_row_condition_knows_it(
    tmp_path: Path, parts: int, condition: str, rows: tuple[int, ...]
) -> None:
    name = _written(tmp_path, ONE_VALUE, pa.float64(), parts)
    wanted = {"column": "at", "min_value": 100, "row_condition": condition}
    found = ours(tmp_path, name, BETWEEN, condition_parser="pandas", **wanted)
    assert found.rows == rows


def test_so_do_columns_of_which_one_is_called_as_the_engine_calls_rows(tmp_path: Path) -> None:
    rows = pa.table({"x": pa.array(ONE_VALUE), "file_row_number": range(4)})
    pq.write_table(rows, tmp_path / "table.parquet")
    (finding,) = ask(tmp_path, "table.parquet", NULLS, column="x")
    assert "first at rows 1, 3" in finding.message
