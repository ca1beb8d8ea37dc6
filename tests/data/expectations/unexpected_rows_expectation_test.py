from __future__ import annotations

import threading
from pathlib import Path

import pytest

from smokealarm.data.duck import selected
from smokealarm.errors import FatalError, Inconclusive
from tests.data.tables import ask, table, text

CHECK = "unexpected_rows_expectation"
COLUMNS = {"a": [1, 2, 3], "two words": ["x", None, "it's"], "f": [0.5, float("nan"), None]}


def test_a_query_without_rows_passes(tmp_path: Path, kind: str) -> None:
    name = table(tmp_path, COLUMNS, kind)
    query = "SELECT * FROM {batch} WHERE a > 3;"
    assert not ask(tmp_path, name, CHECK, unexpected_rows_query=query)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM {batch} WHERE a > 1 AND \"two words\" IS DISTINCT FROM 'x'",
        "WITH big AS (SELECT a FROM {batch} b WHERE b.a >= 2) SELECT * FROM big -- a comment",
        "SELECT a FROM {active_batch} WHERE 'a{{b' = 'a{{b' AND a <> 1",
    ],
)
def test_its_rows_are_counted_and_shown(tmp_path: Path, kind: str, query: str) -> None:
    (finding,) = ask(tmp_path, table(tmp_path, COLUMNS, kind), CHECK, unexpected_rows_query=query)
    assert finding.evidence["observed_value"] == 2
    assert finding.message.startswith("the query returns 2 rows that should not be there, first 2")


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("SELECT 1", "does not name {batch}"),
        ("SELECT * FROM {batch} WHERE a = {limit}", "names {limit}"),
        ("SELECT * FROM {batch", "'}' before end"),
        ("SELECT nothing FROM {batch}", 'cannot be run: .*"nothing" not found'),
        ("SELECT * FORM {batch}", "cannot be run: Parser Error"),
        ("DROP VIEW {batch}", "is DROP, not one SELECT"),
        ("SELECT * FROM {batch}; DROP VIEW {batch}", "is SELECT and DROP, not one"),
        ("COPY (FROM {batch}) TO 'out.csv'", "is COPY, not one SELECT"),
        ("INSTALL httpfs; SELECT * FROM {batch}", "not one SELECT"),
        ("SET memory_limit = '1TB'; FROM {batch}", "not one SELECT"),
        ("SELECT * FROM {batch}, read_text('secret.txt')", "Cannot access file"),
        ("SELECT * FROM {batch}, '/etc/passwd'", "cannot be run"),
        ("SELECT * FROM {batch}, glob('/*')", "Cannot access file"),
        ("SELECT * FROM {batch}, read_csv('https://example.org/a.csv')", "cannot be run"),
        ("SELECT * FROM {batch}, relation", "does not exist"),
        ("SELECT getenv('HOME') FROM {batch}", "cannot be run"),
        ("SELECT * FROM {batch}) UNION (SELECT 1", "cannot be run"),
    ],
)
def test_what_is_no_question_about_the_table_is_refused_on_its_line(
    tmp_path: Path, query: str, wrong: str
) -> None:
    text(tmp_path, "secret.txt", "secret")
    name = table(tmp_path, COLUMNS)
    with pytest.raises(FatalError, match=wrong) as told:
        ask(tmp_path, name, CHECK, unexpected_rows_query=query)
    assert ".smokealarm.yaml:4:1" in str(told.value)
    assert not (tmp_path / "out.csv").exists()


def test_a_query_without_end_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selected, "MAX_SECONDS", 0.3)
    endless = "SELECT count(*) FROM {batch}, range(10000000000) AS x, range(1000000) AS y"
    with pytest.raises(Inconclusive, match="took more than 0 seconds"):
        ask(tmp_path, table(tmp_path, COLUMNS), CHECK, unexpected_rows_query=endless)
    assert threading.active_count() < 50


def test_the_second_of_two_columns_that_differ_by_case_is_numbered(tmp_path: Path) -> None:
    name = table(tmp_path, {"a": [1], "A": [2]})
    (finding,) = ask(
        tmp_path, name, CHECK, unexpected_rows_query="SELECT a, A_1 FROM {batch} WHERE A_1 = 2"
    )
    assert finding.message.endswith("first 1, 2")
