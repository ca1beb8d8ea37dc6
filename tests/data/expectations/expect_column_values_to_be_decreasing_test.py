from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.data.tables import ask, count, table

CHECK = "expect_column_values_to_be_decreasing"


def test_numbers_in_order_pass(tmp_path: Path, kind: str) -> None:
    name = table(tmp_path, {"x": [3, 2, 2, 1], "y": [1, 2, 3, 4]}, kind)
    assert not ask(tmp_path, name, CHECK, column="x")


def test_a_step_back_is_shown_with_the_value_before(tmp_path: Path, kind: str) -> None:
    name = table(tmp_path, {"x": [5, 1, 3, 2], "y": [1, 2, 3, 4]}, kind)
    (finding,) = ask(tmp_path, name, CHECK, column="x")
    assert "1 of 4 values is out of order (25.0 %), first at row 3: 3 after 1" in finding.message


@pytest.mark.parametrize(
    ("values", "strictly", "faulty"),
    [
        pytest.param([3, 2, 2, 1], True, 1, id="no value follows on itself where it is strict"),
        pytest.param([3, None, 2, None, 1], True, 0, id="nulls are left out"),
        pytest.param([0, None, 1], False, 1, id="and do not hide a step back"),
        pytest.param(["ä", "b", "a"], True, 0, id="texts by code point"),
        pytest.param([9007199254740993, 9007199254740992], True, 0, id="to the last digit"),
        pytest.param([], False, 0, id="nothing"),
    ],
)
def test_what_is_in_order(tmp_path: Path, values: list[Any], strictly: bool, faulty: int) -> None:
    found = ask(tmp_path, table(tmp_path, {"x": values}), CHECK, column="x", strictly=strictly)
    assert (count(found) if found else 0) == faulty


def test_the_order_holds_across_the_row_groups_of_a_file(tmp_path: Path) -> None:
    rows = pa.table({"x": list(range(300_000))[::-1]})
    pq.write_table(rows, tmp_path / "long.parquet", row_group_size=1000)
    assert not ask(tmp_path, "long.parquet", CHECK, column="x", strictly=True)
