from __future__ import annotations

from pathlib import Path

import pytest

from smokealarm.errors import FatalError
from tests.data.tables import ask, table

CHECK = "expect_column_values_to_be_in_type_list"


def test_a_type_of_the_list_passes(real: Path, kind: str) -> None:
    options = {"type_list": ["BYTEINT", "IntegerType", "LongType", "nonsense"]}
    assert not ask(real, f"digits.{kind}", CHECK, column="label", **options)


def test_another_type_is_told(real: Path, kind: str) -> None:
    (finding,) = ask(real, f"iris.{kind}", CHECK, column="kind", type_list=["int", "float"])
    assert finding.message == "kind is of type VARCHAR, expected int, float"
    assert finding.evidence["observed_value"] == "str"


def test_an_empty_list_holds_no_type(tmp_path: Path) -> None:
    assert len(ask(tmp_path, table(tmp_path, {"x": [1]}), CHECK, column="x", type_list=[])) == 1


def test_a_list_without_any_type_is_told(tmp_path: Path) -> None:
    with pytest.raises(FatalError, match="is no type that a column can have"):
        ask(tmp_path, "x.csv", CHECK, column="x", type_list=["nonsense"])


def test_a_missing_column_is_told(tmp_path: Path) -> None:
    (finding,) = ask(tmp_path, table(tmp_path, {"x": [1]}), CHECK, column="y", type_list=["int"])
    assert "there is no column 'y'" in finding.message


def test_no_list_lets_every_type_pass(tmp_path: Path) -> None:
    """As great_expectations has it; suites that profilers wrote hold it as null."""
    name = table(tmp_path, {"x": [1]})
    assert not ask(tmp_path, name, CHECK, column="x", type_list=None)
    assert len(ask(tmp_path, name, CHECK, column="y", type_list=None)) == 1
