from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from tests.data.tables import ask, count, table, text

CHECK = "expect_column_values_to_be_in_set"


def test_the_kinds_of_a_real_table_are_in_their_set(real: Path, kind: str) -> None:
    kinds = ["setosa", "versicolor", "virginica"]
    assert not ask(real, f"iris.{kind}", CHECK, column="kind", value_set=kinds)


def test_values_outside_the_set_are_counted_and_shown(real: Path, kind: str) -> None:
    found = ask(real, f"iris.{kind}", CHECK, column="kind", value_set=["setosa", "virginica"])
    assert count(found) == 50
    assert "values are none of 'setosa', 'virginica' (33.3 %)" in found[0].message
    assert "row 51: 'versicolor'" in found[0].message


@pytest.mark.parametrize(
    ("values", "value_set", "outside"),
    [
        pytest.param([1, 2, None], [1, 2], 0, id="nulls do not count"),
        pytest.param([1.0, 2.5], [1, 2.5], 0, id="1 is 1.0"),
        pytest.param([1, 2], ["1", "2"], 2, id="numbers are no texts"),
        pytest.param(["1", "2"], [1, 2], 2, id="texts are no numbers"),
        pytest.param(["1", "x"], [1, "x"], 1, id="a set of both kinds"),
        pytest.param([True, False], [True], 1, id="booleans"),
        pytest.param([dt.date(2020, 1, 1)], ["2020-01-01"], 0, id="dates"),
        pytest.param([1, 2], [], 2, id="an empty set holds nothing"),
        pytest.param(["it's", "ü\n"], ["it's", "ü\n"], 0, id="quotes and newlines"),
        pytest.param([2**53 + 1], [2**53, 1.0], 1, id="to the last digit"),
    ],
)
def test_a_value_is_in_the_set_or_not(
    tmp_path: Path, values: list[Any], value_set: list[Any], outside: int
) -> None:
    found = ask(tmp_path, table(tmp_path, {"x": values}), CHECK, column="x", value_set=value_set)
    assert (count(found) if found else 0) == outside


def test_mostly_lets_some_values_be_others(tmp_path: Path) -> None:
    name = table(tmp_path, {"x": ["a"] * 9 + ["b"]})
    assert not ask(tmp_path, name, CHECK, column="x", value_set=["a"], mostly=0.9)


def test_t_and_f_in_csv_are_letters(tmp_path: Path) -> None:
    name = text(tmp_path, "letters.csv", "x,y\nt,True\nf,False\n")
    assert not ask(tmp_path, name, CHECK, column="x", value_set=["t", "f"])
    assert not ask(tmp_path, name, CHECK, column="y", value_set=[True, False])


def test_values_of_several_types_in_jsonl_keep_their_types(tmp_path: Path) -> None:
    name = text(tmp_path, "mixed.jsonl", '{"x": 1}\n{"x": "1"}\n{"x": "a"}\n{"x": null}\n')
    assert not ask(tmp_path, name, CHECK, column="x", value_set=[1, "1", "a"])
    assert count(ask(tmp_path, name, CHECK, column="x", value_set=[2, "a"])) == 2
