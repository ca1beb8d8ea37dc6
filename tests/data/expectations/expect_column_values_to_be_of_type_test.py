from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from smokealarm.errors import FatalError
from tests.data.tables import ask, table

CHECK = "expect_column_values_to_be_of_type"


def test_the_types_of_a_real_table_are_found(real: Path, kind: str) -> None:
    assert not ask(real, f"digits.{kind}", CHECK, column="label", type_="int64")
    assert not ask(real, f"digits.{kind}", CHECK, column="p3", type_="float")
    assert not ask(real, f"iris.{kind}", CHECK, column="kind", type_="str")


def test_another_type_is_told(real: Path, kind: str) -> None:
    (finding,) = ask(real, f"digits.{kind}", CHECK, column="label", type_="str")
    assert finding.message == "label is of type BIGINT, expected str"


@pytest.mark.parametrize(
    ("type_", "values"),
    [
        ("int32", pa.array([1], pa.int32())),
        ("INTEGER", pa.array([1], pa.int32())),
        ("float32", pa.array([1], pa.float32())),
        ("bool", [True]),
        ("datetime64[ns]", pa.array([0], pa.timestamp("ns"))),
        ("datetime64", pa.array([0], pa.timestamp("us"))),
        ("timestamptz", pa.array([0], pa.timestamp("us", "UTC"))),
        ("date", pa.array([0], pa.date32())),
        ("decimal", pa.array([1], pa.decimal128(10, 2))),
        ("DECIMAL(10, 2)", pa.array([1], pa.decimal128(10, 2))),
        ("TIMESTAMP WITH TIME ZONE", pa.array([0], pa.timestamp("us", "UTC"))),
        ("STRUCT", [{"a": 1}]),
        ("object", ["text"]),
    ],
)
def test_a_type_has_many_names(tmp_path: Path, type_: str, values: Any) -> None:
    assert not ask(tmp_path, table(tmp_path, {"x": values}), CHECK, column="x", type_=type_)


def test_an_unknown_type_is_told_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(FatalError, match="did you mean 'int64'") as told:
        ask(tmp_path, "x.csv", CHECK, column="x", type_="intt64")
    assert ".smokealarm.yaml:4:1" in str(told.value)


@pytest.mark.parametrize("type_", ["datetime64", "timestamp_ntz"])
def test_a_time_zone_that_appears_is_told(tmp_path: Path, type_: str) -> None:
    name = table(tmp_path, {"x": pa.array([0], pa.timestamp("us", "UTC"))})
    assert len(ask(tmp_path, name, CHECK, column="x", type_=type_)) == 1
