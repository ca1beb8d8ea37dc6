from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from smokealarm.commands.suggesting_kept import locked
from smokealarm.data.proposing.reference import reference
from smokealarm.errors import FatalError
from tests.data.checks.asking import written
from tests.data.tables import FORMATS, ask, table, text

CHECK = "schema_lock"
COLUMNS = {"age": [1, 2, 3], "label": ["a", "b", "a"], "score": [0.5, None, 1.5]}


def lock_of(folder: Path, name: str, *categories: str) -> str:
    with reference(name, folder) as relation:
        return text(folder, "lock.json", locked(relation, categories))


@pytest.mark.parametrize("kind", FORMATS)
def test_a_table_keeps_its_own_lock(tmp_path: Path, kind: str) -> None:
    name = table(tmp_path, COLUMNS, kind)
    assert not ask(tmp_path, name, CHECK, lock=lock_of(tmp_path, name, "label"))


@pytest.mark.parametrize(
    ("changed", "line", "told"),
    [
        pytest.param({"label": None}, 5, "label is gone", id="removed"),
        pytest.param({"more": [1, 2, 3]}, 6, "more is new (BIGINT)", id="added"),
        pytest.param({"age": ["1", "2", "x"]}, 4, "age was BIGINT and is VARCHAR", id="retyped"),
        pytest.param(
            {"age": [1, None, 3]}, 4, "values of age are missing, and none was", id="nulls"
        ),
        pytest.param(
            {"label": ["a", "c", "a"]}, 5, "label has values that are not locked: c", id="category"
        ),
        pytest.param({"score": [0.5, 1.0, 1.5]}, None, "", id="fewer nulls are no change"),
        pytest.param({"label": ["a", "a", "a"]}, None, "", id="fewer categories are no change"),
    ],
)
def test_each_change_is_told_on_its_line(
    tmp_path: Path, changed: Any, line: int | None, told: str
) -> None:
    lock = lock_of(tmp_path, written(tmp_path, "old.parquet", COLUMNS), "label")
    columns = {
        name: values for name, values in {**COLUMNS, **changed}.items() if values is not None
    }
    found = ask(tmp_path, table(tmp_path, columns), CHECK, lock=lock)
    assert [finding.message for finding in found] == [told] * bool(told)
    assert [(finding.path, finding.line) for finding in found] == [("lock.json", line)] * bool(told)


def test_a_column_of_a_like_name_was_renamed(tmp_path: Path) -> None:
    lock = lock_of(tmp_path, written(tmp_path, "old.parquet", {"user_age": [1], "x": [0.5]}))
    found = ask(tmp_path, table(tmp_path, {"userAge": [1], "x": [0.5]}), CHECK, lock=lock)
    assert [one.message for one in found] == ["user_age is gone; was it renamed to userAge?"]


def test_columns_that_changed_places_are_told_unless_the_order_is_free(tmp_path: Path) -> None:
    lock = lock_of(tmp_path, written(tmp_path, "old.parquet", {"a": [1], "b": [1], "c": [1]}))
    name = table(tmp_path, {"a": [1], "c": [1], "b": [1]})
    (finding,) = ask(tmp_path, name, CHECK, lock=lock)
    assert (finding.message, finding.line) == ("the order of the columns changed: it is a, c, b", 5)
    assert not ask(tmp_path, name, CHECK, lock=lock, order=False)


def test_a_lock_that_is_not_there_is_told_with_the_way_to_write_it(tmp_path: Path) -> None:
    name = table(tmp_path, COLUMNS)
    (finding,) = ask(tmp_path, name, CHECK, lock="lock.json")
    assert finding.remedy.endswith("smokealarm suggest lock table.parquet --write lock.json")


def test_a_lock_in_yaml_says_as_little_as_it_likes(tmp_path: Path) -> None:
    lock = text(
        tmp_path, "lock.yaml", "columns:\n  - name: age\n  - name: label\n    type: BIGINT\n"
    )
    found = ask(tmp_path, table(tmp_path, COLUMNS), CHECK, lock=lock)
    assert [(one.line, one.message) for one in found] == [
        (3, "label was BIGINT and is VARCHAR"),
        (3, "score is new (DOUBLE)"),
    ]


def test_names_of_any_kind_are_locked(tmp_path: Path) -> None:
    columns = {'a "b"': [1], "ä: {x}": ["y"], "#c": [[1, 2]], "true": [None, 1.5][:1]}
    columns["true"] = pa.array([1.5])
    name = table(tmp_path, columns)
    lock = lock_of(tmp_path, name)
    assert [one["name"] for one in json.loads((tmp_path / lock).read_text())["columns"]] == list(
        columns
    )
    assert not ask(tmp_path, name, CHECK, lock=lock)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("{", "cannot be read"),
        ("[]", "has no list of `columns`"),
        ('{"columns": [\n{"type": "x"}]}', "lock.json:2: this is no column with a name"),
        ('{"columns": [{"name": "a", "typ": "x"}]}', "`typ` is nothing that a lock says"),
        ('{"columns": [{"name": "a", "nullable": "no"}]}', "`nullable` is true or false"),
    ],
)
def test_a_lock_that_is_broken_is_the_user_s_to_mend(
    tmp_path: Path, content: str, told: str
) -> None:
    name, lock = table(tmp_path, COLUMNS), text(tmp_path, "lock.json", content)
    with pytest.raises(FatalError, match=told):
        ask(tmp_path, name, CHECK, lock=lock)
