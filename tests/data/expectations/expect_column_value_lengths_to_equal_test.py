from __future__ import annotations

from pathlib import Path

from tests.data.tables import ask, table

CHECK = "expect_column_value_lengths_to_equal"


def test_texts_of_one_length_pass(tmp_path: Path) -> None:
    name = table(tmp_path, {"x": ["de", "fr", None]})
    assert not ask(tmp_path, name, CHECK, column="x", value=2)


def test_another_length_is_counted_and_shown(tmp_path: Path, kind: str) -> None:
    name = table(tmp_path, {"x": ["de", "fra", "it"], "y": [1, 2, 3]}, kind)
    (finding,) = ask(tmp_path, name, CHECK, column="x", value=2)
    assert "1 of 3 values is not 2 long (33.3 %), first at row 2: 'fra'" in finding.message


def test_a_share_may_differ(tmp_path: Path) -> None:
    name = table(tmp_path, {"x": ["de", "fra", "it", "es"]})
    assert not ask(tmp_path, name, CHECK, column="x", value=2, mostly=0.75)
