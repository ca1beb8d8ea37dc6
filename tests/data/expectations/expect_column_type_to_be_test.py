from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from smokealarm.errors import FatalError
from tests.data.tables import ask, table

CHECK = "expect_column_type_to_be"


def test_the_types_of_a_real_table_are_found(real: Path, kind: str) -> None:
    assert not ask(real, f"digits.{kind}", CHECK, column="label", type_="int64")
    assert not ask(real, f"iris.{kind}", CHECK, column="kind", type_="str")


@pytest.mark.parametrize(
    ("values", "right", "wrong"),
    [
        (pa.array([1], pa.int32()), ["int32", "INTEGER"], ["int", "int64", "float"]),
        (pa.array([1], pa.int64()), ["int", "int64", "LongType"], ["int32", "float64"]),
        (pa.array([1.0], pa.float32()), ["float32"], ["float", "float64", "object"]),
        (pa.array(["a"]), ["str", "string", "VARCHAR"], ["object", "bytes"]),
        (pa.array([0], pa.timestamp("us")), ["datetime64", "datetime64[us]"], ["datetime64[ns]"]),
        (pa.array([0], pa.timestamp("us", "UTC")), ["datetime64[us, UTC]"], ["datetime64[us]"]),
        (pa.array([[1]]), ["object", "list", "BIGINT[]"], ["dict", "int"]),
        (pa.array([1], pa.decimal128(9, 2)), ["DECIMAL", "DECIMAL(9,2)"], ["DECIMAL(9,3)", "float"]),
    ],
)  # fmt: skip
def test_one_width_is_not_another(
    tmp_path: Path, values: pa.Array, right: list[str], wrong: list[str]
) -> None:
    name = table(tmp_path, {"x": values})
    assert [type_ for type_ in right if ask(tmp_path, name, CHECK, column="x", type_=type_)] == []
    assert [
        type_ for type_ in wrong if ask(tmp_path, name, CHECK, column="x", type_=type_)
    ] == wrong


def test_an_unknown_type_is_told(tmp_path: Path) -> None:
    with pytest.raises(FatalError, match="did you mean 'int64'"):
        ask(tmp_path, "x.csv", CHECK, column="x", type_="intt64")
