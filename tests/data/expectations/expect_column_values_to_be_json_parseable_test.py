from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.data.tables import ask, count, table, text

CHECK = "expect_column_values_to_be_json_parseable"


def test_json_passes(tmp_path: Path) -> None:
    name = table(tmp_path, {"x": ['{"a": [1, null]}', "1", "NaN", None]})
    assert not ask(tmp_path, name, CHECK, column="x")


def test_what_is_no_json_is_counted_and_shown(tmp_path: Path, kind: str) -> None:
    name = table(tmp_path, {"x": ["{'a': 1}", '{"a": 1}', "[1,]"], "y": [1, 2, 3]}, kind)
    (finding,) = ask(tmp_path, name, CHECK, column="x")
    assert "2 of 3 values are no JSON (66.7 %), first at row 1" in finding.message
    assert finding.evidence["rows"] == "1, 3"


@pytest.mark.parametrize(
    ("values", "faulty"),
    [
        pytest.param([1, 2], 2, id="a number is no text of JSON"),
        pytest.param([{"a": 1}], 1, id="nor a struct"),
        pytest.param([b"[1]", b"[1"], 1, id="bytes are read"),
        pytest.param(["[" * 100_000], 1, id="a text that is too deep"),
    ],
)
def test_what_json_is(tmp_path: Path, values: list[Any], faulty: int) -> None:
    assert count(ask(tmp_path, table(tmp_path, {"x": values}), CHECK, column="x")) == faulty


def test_a_text_among_other_values_of_jsonl_is_read_as_it_is(tmp_path: Path) -> None:
    name = text(tmp_path, "mixed.jsonl", '{"x": "[1]"}\n{"x": "["}\n{"x": {"a": 1}}\n')
    assert count(ask(tmp_path, name, CHECK, column="x")) == 2
