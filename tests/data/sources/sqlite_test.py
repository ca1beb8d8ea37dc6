"""Tables of SQLite: named after two colons, only read, typed by what they hold."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from smokealarm.errors import FatalError, Inconclusive
from tests.data.tables import ask, asked, count, text

NOT_NULL = "expect_column_values_to_not_be_null"
BETWEEN = "expect_column_values_to_be_between"
ROWS = "expect_table_row_count_to_be_between"
TYPE = "expect_column_values_to_be_of_type"
MATCH = "expect_column_values_to_match_regex"


def database(folder: Path, *statements: str, name: str = "app.db") -> str:
    with closing(sqlite3.connect(folder / name)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()
    return name


USERS = (
    "CREATE TABLE users (id INTEGER, name TEXT)",
    "INSERT INTO users VALUES (1,'a'), (-2,NULL)",
)
ODD = 'CREATE TABLE "o""d; DROP TABLE users --" (x INTEGER)'


def test_a_table_is_named_after_two_colons(tmp_path: Path) -> None:
    database(tmp_path, *USERS, ODD)
    (finding,) = ask(tmp_path, "app.db::users", BETWEEN, column="id", min_value=0)
    assert "row 2: -2" in finding.message
    assert count(ask(tmp_path, "app.db::users", NOT_NULL, column="name")) == 1
    assert not ask(tmp_path, 'app.db::o"d; DROP TABLE users --', ROWS, max_value=0)


def test_the_only_table_needs_no_name(tmp_path: Path) -> None:
    assert not ask(tmp_path, database(tmp_path, *USERS), ROWS, min_value=2, max_value=2)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("app.db", "app.db holds 2 tables, and `table:` does not say which"),
        ("app.db::user", "there is no table 'user' in app.db; did you mean 'users'?"),
        ("app.db::everyone", "there is no table 'everyone' in app.db"),
    ],
)
def test_a_table_that_cannot_be_meant_is_told(tmp_path: Path, name: str, message: str) -> None:
    database(tmp_path, *USERS, ODD, "CREATE VIEW everyone AS SELECT * FROM users")
    with pytest.raises(FatalError) as told:
        ask(tmp_path, name, ROWS, min_value=1)
    assert told.value.message == message
    assert "users" in told.value.remedy


@pytest.mark.parametrize(
    ("declared", "values", "type_"),
    [
        ("INTEGER", "1, NULL, 2", "BIGINT"),
        ("REAL", "1, 2.5", "DOUBLE"),
        ("NUMERIC", "1, 2.5", "DOUBLE"),
        ("TEXT", "'a', 'b'", "VARCHAR"),
        ("DATE", "'2024-01-01', '2024-01-02'", "VARCHAR"),
        ("BLOB", "x'00ff', NULL", "BLOB"),
        ("INTEGER", "1, 'many'", "VARCHAR"),
        ("", "1, x'ff'", "VARCHAR"),
        ("VARCHAR(9)", "NULL, NULL", "VARCHAR"),
        ("BIGINT", "NULL, NULL", "BIGINT"),
        ("BOOLEAN", "0, 1", "BIGINT"),
    ],
)
def test_types_are_those_of_the_values(
    tmp_path: Path, declared: str, values: str, type_: str
) -> None:
    rows = ", ".join(f"({value})" for value in values.split(", "))
    name = database(tmp_path, f"CREATE TABLE t (x {declared})", f"INSERT INTO t VALUES {rows}")
    assert not ask(tmp_path, name, TYPE, column="x", type_=type_)
    assert not ask(tmp_path, name, ROWS, min_value=1, max_value=3)


def test_a_text_among_numbers_is_not_lost(tmp_path: Path) -> None:
    name = database(tmp_path, "CREATE TABLE t (x INTEGER)", "INSERT INTO t VALUES (1), ('many')")
    (finding,) = ask(tmp_path, name, MATCH, column="x", regex="^[0-9]+$")
    assert "row 2: 'many'" in finding.message


def test_the_file_is_left_as_it_was(tmp_path: Path) -> None:
    database(tmp_path, *USERS)
    before = (tmp_path / "app.db").read_bytes()
    ask(tmp_path, "app.db", ROWS, min_value=1)
    assert [path.name for path in tmp_path.iterdir()] == ["app.db"]
    assert (tmp_path / "app.db").read_bytes() == before


def test_changes_that_are_not_in_the_file_yet_are_inconclusive(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "app.db")) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        for statement in USERS:
            connection.execute(statement)
        connection.commit()
        with pytest.raises(Inconclusive, match="app.db is in use: app.db-wal holds changes"):
            ask(tmp_path, "app.db", ROWS, min_value=1)


@pytest.mark.parametrize("damage", ["cut short", "zeros inside", "another format"])
def test_a_damaged_file_is_an_alarm(tmp_path: Path, damage: str) -> None:
    rows = ", ".join(f"({number}, '{number}')" for number in range(5000))
    name = database(tmp_path, "CREATE TABLE t (x, y)", f"INSERT INTO t VALUES {rows}")
    content = (tmp_path / name).read_bytes()
    zeros = content[:100] + bytes(len(content) - 100)
    new = {"cut short": content[:9000], "zeros inside": zeros, "another format": b"a,b\n1,2\n"}
    (tmp_path / name).write_bytes(new[damage])
    (finding,) = ask(tmp_path, name, NOT_NULL, column="x")
    assert finding.message.startswith("app.db ")
    assert finding.remedy


def test_a_thousand_columns(tmp_path: Path) -> None:
    names = ", ".join(f"c{at} INTEGER" for at in range(1000))
    values = ", ".join(map(str, range(1000)))
    name = database(tmp_path, f"CREATE TABLE t ({names})", f"INSERT INTO t VALUES ({values})")
    found = asked(
        tmp_path, name, *[(BETWEEN, {"column": f"c{at}", "max_value": 998}) for at in (0, 999)]
    )
    assert [len(each) for each in found] == [0, 1]


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (finding,) = ask(tmp_path, text(tmp_path, "a.sqlite", "a,b\n"), ROWS, min_value=1)
    assert finding.message.startswith("a.sqlite holds no SQLite, whatever its name says")
