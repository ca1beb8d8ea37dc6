from __future__ import annotations

from pathlib import Path

import pytest

from smokealarm.errors import FatalError
from tests.data.tables import ask, table

CHECK = "expect_column_values_to_match_json_schema"


BOX = {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 4}


def test_json_of_the_schema_passes(tmp_path: Path) -> None:
    name = table(tmp_path, {"x": ["[0, 0, 1.5, 2]", None]})
    assert not ask(tmp_path, name, CHECK, column="x", json_schema=BOX)


def test_what_does_not_obey_is_counted_and_shown(tmp_path: Path, kind: str) -> None:
    name = table(tmp_path, {"x": ["[0, 0, 1, 2]", "[0]", "no JSON"], "y": [1, 2, 3]}, kind)
    (finding,) = ask(tmp_path, name, CHECK, column="x", json_schema=BOX)
    assert "2 of 3 values do not obey the JSON schema (66.7 %)" in finding.message
    assert "row 2: '[0]', row 3: 'no JSON'" in finding.message


def test_a_schema_that_is_none_is_told_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(FatalError, match="no JSON schema") as told:
        ask(tmp_path, "x.csv", CHECK, column="x", json_schema={"type": "nonsense"})
    assert ".smokealarm.yaml:4:1" in str(told.value)


def test_nothing_is_fetched_for_a_schema(tmp_path: Path) -> None:
    schema = {"$ref": "http://127.0.0.1:9/schema.json"}
    with pytest.raises(FatalError, match="which is not in it"):
        ask(tmp_path, table(tmp_path, {"x": ["1"]}), CHECK, column="x", json_schema=schema)


def test_a_column_of_numbers_is_a_failure(tmp_path: Path) -> None:
    (finding,) = ask(tmp_path, table(tmp_path, {"x": [1]}), CHECK, column="x", json_schema={})
    assert finding.message.endswith("only texts are read as JSON")
