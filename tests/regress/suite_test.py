"""Suites as people write them, and every way to get a line wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from smokealarm.errors import FatalError, FatalErrors
from smokealarm.regress.suite import content_id, read
from tests.regress.repository import line, parity


def written(root: Path, content: str | bytes) -> Path:
    raw = content if isinstance(content, bytes) else content.encode()
    (root / "suite.jsonl").write_bytes(raw)
    return root


def test_a_good_suite_is_read_in_order_with_its_lines(tmp_path: Path) -> None:
    suite = read(written(tmp_path, parity(3) + "\n" + line("é", True, tags=["x"])), "suite.jsonl")
    assert [row.line for row in suite.rows.values()] == [1, 2, 3, 5]
    assert suite.rows[content_id("é")].example.tags == ("x",)


def test_the_id_is_of_the_content_and_not_of_its_spelling(tmp_path: Path) -> None:
    pretty = '{"id": "%s", "input": {"b": [1, 2],  "a": "\\u00e9"}, "expected": 1}'
    spelled = pretty % content_id({"a": "é", "b": [1, 2]})
    assert len(read(written(tmp_path, spelled), "suite.jsonl").rows) == 1


def test_windows_line_ends_and_a_byte_order_mark_are_read(tmp_path: Path) -> None:
    content = b"\xef\xbb\xbf" + parity(3).replace("\n", "\r\n").encode()
    assert len(read(written(tmp_path, content), "suite.jsonl").rows) == 3


BARE = {"id": content_id([1]), "input": [1], "expected": 1}


@pytest.mark.parametrize(
    ("content", "column", "message"),
    [
        pytest.param("", 1, "has no examples", id="an empty file"),
        pytest.param("{'id': 1}", 2, "not JSON", id="single quotes"),
        pytest.param(json.dumps(BARE)[:-1], 1, "not JSON: input data was truncated", id="cut off"),
        pytest.param("<<<<<<< HEAD", 1, "a merge conflict is left", id="a merge conflict"),
        pytest.param('{"id": "a", "input": 1}', 1, "missing required field `expected`", id="a gap"),
        pytest.param(json.dumps({**BARE, "id": 3}), 2, "expected `str`, got `int`", id="a type"),
        pytest.param(
            json.dumps({**BARE, "tag": 3}), 53, "unknown field `tag`", id="a typing error"
        ),
        pytest.param(json.dumps({**BARE, "id": "a"}), 2, f"makes it '{BARE['id']}'", id="an id"),
        pytest.param(
            json.dumps({**BARE, "path": "a"}), 1, "both `input` and `path`", id="two inputs"
        ),
        pytest.param('{"id": "a", "expected": 1}', 1, "neither `input` nor `path`", id="no input"),
        pytest.param(
            '{"id":"a","path":"b","sha256":"c","expected":1}', 22, "64 digits", id="a hash"
        ),
        pytest.param(json.dumps({**BARE, "added_on": "today"}), 53, "RFC3339", id="a day"),
    ],
)
def test_a_bad_line_is_refused_at_its_column(
    tmp_path: Path, content: str, column: int, message: str
) -> None:
    with pytest.raises(FatalError, match=message) as caught:
        read(written(tmp_path, content), "suite.jsonl")
    assert caught.value.place == ("suite.jsonl", 1, column)
    assert caught.value.remedy


def test_an_example_that_stands_twice_is_refused_on_the_second_line(tmp_path: Path) -> None:
    with pytest.raises(FatalError, match="stands on line 1 already") as caught:
        read(written(tmp_path, parity(2) + parity(1)), "suite.jsonl")
    assert caught.value.place == ("suite.jsonl", 3, 2)


def test_all_bad_lines_are_told_at_once_up_to_twenty(tmp_path: Path) -> None:
    with pytest.raises(FatalErrors) as caught:
        read(written(tmp_path, "{\n" * 30), "suite.jsonl")
    assert [error.place.line for error in caught.value.errors if error.place] == [*range(1, 21)]


def test_a_symbolic_link_out_of_the_repository_is_refused(tmp_path: Path) -> None:
    repository = tmp_path / "repository"
    repository.mkdir()
    written(tmp_path, parity(3))
    (repository / "suite.jsonl").symlink_to(tmp_path / "suite.jsonl")
    with pytest.raises(FatalError, match="outside the repository"):
        read(repository, "suite.jsonl")
