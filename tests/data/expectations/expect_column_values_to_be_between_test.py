from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from smokealarm.errors import FatalError
from tests.data.tables import ask, count, table, text

CHECK = "expect_column_values_to_be_between"
INF = float("inf")


def test_values_of_a_real_table_in_their_range_pass(real: Path, kind: str) -> None:
    assert not ask(real, f"digits.{kind}", CHECK, column="label", min_value=0, max_value=9)


def test_values_outside_are_counted_and_shown(real: Path, kind: str) -> None:
    (finding,) = ask(real, f"digits.{kind}", CHECK, column="label", max_value=8)
    assert finding.message.startswith("label: 180 of 1,797 values are not at most 8 (10.0 %)")
    assert "row 10: 9, row 20: 9" in finding.message


@pytest.mark.parametrize(
    ("options", "outside"),
    [
        ({"min_value": 1, "max_value": 3}, 0),
        ({"min_value": 1, "max_value": 3, "strict_min": True}, 1),
        ({"min_value": 1, "max_value": 3, "strict_max": True}, 1),
        ({"min_value": 1.5}, 1),
        ({"max_value": 1.5}, 2),
        ({"min_value": 0.5, "max_value": 3.5}, 0),
    ],
)
def test_the_ends_belong_to_the_range_unless_strict(
    tmp_path: Path, kind: str, options: dict[str, Any], outside: int
) -> None:
    found = ask(tmp_path, table(tmp_path, {"x": [1, 2, 3]}, kind), CHECK, column="x", **options)
    assert (count(found) if found else 0) == outside


def test_nulls_and_nan_do_not_count(tmp_path: Path) -> None:
    name = table(tmp_path, {"x": [None, float("nan"), 1.0, 9.0]})
    (finding,) = ask(tmp_path, name, CHECK, column="x", max_value=5)
    assert "1 of 2 values" in finding.message
    assert finding.evidence["missing_count"] == 2
    assert finding.evidence["unexpected_percent"] == 50


@pytest.mark.parametrize(
    ("options", "outside"), [({"min_value": 0}, 1), ({"min_value": 0, "max_value": 9}, 2)]
)
def test_infinities_lie_outside_unless_their_side_is_open(
    tmp_path: Path, options: dict[str, Any], outside: int
) -> None:
    name = table(tmp_path, {"x": [1.0, INF, -INF]})
    assert count(ask(tmp_path, name, CHECK, column="x", **options)) == outside


@pytest.mark.parametrize(
    ("values", "low", "high", "outside"),
    [
        pytest.param([True, False], 1, None, 1, id="booleans are 1 and 0"),
        pytest.param([Decimal("0.1"), Decimal("0.3")], 0.1, 0.2, 1, id="decimals"),
        pytest.param([dt.date(2020, 1, 1), dt.date(2021, 1, 1)], "2020-06-01", None, 1, id="dates"),
        pytest.param([dt.datetime(2020, 1, 1, 12)], "2020-01-01 12:30:00", None, 1, id="moments"),
        pytest.param(["a", "ä", "z"], "a", "z", 1, id="texts, by code point"),
        pytest.param([2**53, 2**53 + 1], None, 2**53, 1, id="whole numbers, to the last digit"),
        pytest.param(pa.array([0.1], pa.float32()), 0.1, 0.1, 0, id="32-bit numbers"),
        pytest.param(pa.array([1, 250], pa.uint8()), 0, 300, 0, id="bounds beyond the type"),
    ],
)
def test_each_kind_of_column_compares(
    tmp_path: Path, values: Any, low: Any, high: Any, outside: int
) -> None:
    name = table(tmp_path, {"x": values})
    found = ask(tmp_path, name, CHECK, column="x", min_value=low, max_value=high)
    assert (count(found) if found else 0) == outside


def test_text_among_numbers_is_named_with_its_line(tmp_path: Path) -> None:
    name = text(tmp_path, "late.csv", "x\n" + "5\n" * 30_000 + "five\n")
    (finding,) = ask(tmp_path, name, CHECK, column="x", min_value=0)
    assert finding.message == (
        "x holds text, type VARCHAR: it does not compare with 0, a number; "
        "what does not fit is first at row 30001: 'five' (line 30002 of late.csv)"
    )


def test_numbers_do_not_compare_with_a_text(tmp_path: Path) -> None:
    (finding,) = ask(tmp_path, table(tmp_path, {"x": [1]}), CHECK, column="x", min_value="0")
    assert "x holds numbers, type BIGINT: it does not compare with '0', a text" in finding.message


@pytest.mark.parametrize(
    ("options", "wrong"),
    [
        ({}, "without ends"),
        ({"min_value": 2, "max_value": 1}, "no value lies between"),
        ({"min_value": 2, "max_value": "3"}, "of two kinds"),
        ({"min_value": float("nan")}, "NaN"),
        ({"min_value": 0, "mostly": 1.5}, "no fraction"),
    ],
)
def test_a_range_that_cannot_be_meant_is_told_with_its_line(
    tmp_path: Path, options: dict[str, Any], wrong: str
) -> None:
    with pytest.raises(FatalError, match=wrong) as told:
        ask(tmp_path, "not-there.parquet", CHECK, column="x", **options)
    assert ".smokealarm.yaml:4:1" in str(told.value)


def test_a_bound_of_a_date_that_is_no_date_is_told_with_its_line(tmp_path: Path) -> None:
    name = table(tmp_path, {"x": [dt.date(2020, 1, 1)]})
    with pytest.raises(FatalError, match="'2020-13-01' is not a date") as told:
        ask(tmp_path, name, CHECK, column="x", min_value="2020-13-01")
    assert told.value.place and told.value.place.line == 4


@pytest.mark.parametrize("content", ["id,x\n", "id,x\n1,\n", "id,x\n1,NaN\n"])
def test_a_column_without_values_passes_whatever_its_type(tmp_path: Path, content: str) -> None:
    assert not ask(tmp_path, text(tmp_path, "a.csv", content), CHECK, column="x", min_value=0)
