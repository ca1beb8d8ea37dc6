"""A table of several times the memory is answered all the same, and a full disk is told."""

from __future__ import annotations

import re
import tempfile
from hashlib import md5
from pathlib import Path
from typing import Any

import duckdb
import pytest

from smokealarm import data
from smokealarm.data.duck.connection import connected
from smokealarm.errors import FatalError, Inconclusive
from smokealarm.finding import Finding
from smokealarm.workspace import Changes, Workspace
from tests.data.tables import case_of

UNIQUE = "expect_column_values_to_be_unique"
NOT_NULL = "expect_column_values_to_not_be_null"
ROWS = 3_000_000
MEMORY = "80MB"


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a table of 192 MB of text that never repeats, but for its last row."""
    folder = tmp_path_factory.mktemp("large")
    rows = f"SELECT md5(CAST(i % {ROWS - 1} AS VARCHAR)) || md5('x' || i % {ROWS - 1}) AS s"
    with duckdb.connect() as connection:
        for kind in ("parquet", "csv"):
            connection.execute(f"COPY ({rows} FROM range({ROWS}) AS t(i)) TO '{folder}/a.{kind}'")
    return folder


def findings(
    folder: Path, name: str, memory: str, kind: str = UNIQUE, **options: Any
) -> list[Finding]:
    case = case_of(name, [(kind, {"column": "s", **options})])
    workspace = Workspace(root=folder, changes=Changes())
    with data.opened(case, workspace, table=name, memory=memory) as subject:
        return [seen for seen in subject.ask(case.asks[0]) if isinstance(seen, Finding)]


@pytest.mark.parametrize("name", ["a.parquet", "a.csv"])
def test_a_table_of_several_times_the_memory_is_answered(large: Path, name: str) -> None:
    (finding,) = findings(large, name, MEMORY)
    assert finding.evidence["unexpected_count"] == 2
    assert finding.evidence["rows"] == f"1, {ROWS}"


@pytest.mark.parametrize(
    "kind, options, value",
    [
        ("expect_column_unique_value_count_to_be_between", {"max_value": 2}, ROWS - 1),
        (
            "expect_column_most_common_value_to_be_in_set",
            {"value_set": ["a"]},
            repr(md5(b"0").hexdigest() + md5(b"x0").hexdigest()),
        ),
    ],
)
def test_the_values_of_such_a_table_are_counted(
    large: Path, kind: str, options: dict[str, Any], value: object
) -> None:
    (finding,) = findings(large, "a.parquet", MEMORY, kind, **options)
    assert finding.evidence["observed_value"] == value


def test_too_little_memory_is_inconclusive(large: Path) -> None:
    with pytest.raises(Inconclusive, match="does not fit into memory") as told:
        findings(large, "a.csv", "1MB")
    assert "`memory:`" in told.value.remedy


@pytest.mark.parametrize("memory", ["much", "2", "-1GB", "1GB; DROP TABLE t"])
def test_what_is_no_amount_is_told(large: Path, memory: str) -> None:
    with pytest.raises(FatalError, match=re.escape(f"`memory: {memory}` is no amount")):
        findings(large, "a.csv", memory)


def test_a_disk_that_is_full_is_inconclusive_and_left_clean(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(Inconclusive, match=f"does not fit into memory and {tmp_path}: "):
        with connected("50MB") as connection:
            connection.execute("SET max_temp_directory_size = '10MB'")
            connection.execute("CREATE TABLE t AS SELECT md5(i::VARCHAR) FROM range(9000000) t(i)")
    assert not list(tmp_path.iterdir())
