"""What goes wrong with a server is one clear message, and never shows a secret."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from smokealarm.data.remote.address import address_of
from smokealarm.errors import FatalError, Inconclusive, Place
from tests.data.remote.servers import PASSWORD, READER, SUPERUSER, Server
from tests.data.tables import ask, asked

PLACE = Place(".smokealarm.yaml", 2)
NOT_NULL = "expect_column_values_to_not_be_null"
BETWEEN = "expect_column_values_to_be_between"


@pytest.fixture(scope="module")
def people(server: Server) -> Server:
    """Tables to be read, or not; and one that takes its time."""
    server.run(
        "CREATE TABLE people (id int, age int)",
        "INSERT INTO people VALUES (17, -1), (18, 30), (19, NULL)",
        "CREATE TABLE secret (id int)",
        "CREATE VIEW slow AS SELECT id, pg_sleep(20)::text AS nap FROM people",
        f"CREATE ROLE {READER} LOGIN PASSWORD '{PASSWORD}'",
        f"GRANT SELECT ON people TO {READER}",
    )
    return server


def test_a_reader_with_a_password_of_the_environment_is_let_in(
    people: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    assert ask(tmp_path, people.url("people", READER), NOT_NULL, column="id") == []


def test_a_password_comes_from_a_variable_of_the_url(
    people: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("READERS_PASSWORD", PASSWORD)
    url = people.url("people", READER + ":${READERS_PASSWORD}")
    [[finding]] = asked(tmp_path, url, (NOT_NULL, {"column": "age"}), key=("id",))
    assert finding.evidence["unexpected_count"] == 1
    assert finding.evidence["file"] == url, "the variable, not its value"


def told(folder: Path, url: str) -> str:
    """The message and the remedy of what cannot be opened."""
    with pytest.raises((FatalError, Inconclusive)) as stopped:
        ask(folder, url, NOT_NULL, column="id")
    return f"{type(stopped.value).__name__}: {stopped.value.message} | {stopped.value.remedy}"


def test_a_wrong_password_is_told_without_it(
    people: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WRONG", "not it")
    message = told(tmp_path, people.url("people", READER + ":${WRONG}"))
    assert message.startswith("FatalError: the server of")
    assert "lets nobody in" in message
    assert "not it" not in message.replace("${WRONG}", "")


def test_no_password_at_all_is_told(people: Server, tmp_path: Path) -> None:
    assert "lets nobody in" in told(tmp_path, people.url("people", READER))


def test_a_server_that_is_down_is_inconclusive(tmp_path: Path) -> None:
    message = told(tmp_path, "postgresql://u@127.0.0.1:1/db?table=people")
    assert message.startswith("Inconclusive:") and "cannot be reached" in message


def test_a_host_that_is_unknown_is_inconclusive(tmp_path: Path) -> None:
    message = told(tmp_path, "postgresql://u@nowhere.invalid/db?table=people")
    assert message.startswith("Inconclusive:") and "cannot be reached" in message


def test_a_database_that_is_missing_is_told(people: Server, tmp_path: Path) -> None:
    url = people.url("people").replace("/postgres?", "/elsewhere?")
    assert "no such database" in told(tmp_path, url)


def test_a_table_that_is_missing_is_told_with_those_that_are_there(
    people: Server, tmp_path: Path
) -> None:
    message = told(tmp_path, people.url("poeple"))
    assert message.startswith("FatalError: there is no table 'poeple'; did you mean 'people'?")


def test_a_table_that_may_not_be_read_is_told(
    people: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    assert "may not read it" in told(tmp_path, people.url("secret", READER))


def test_a_query_that_takes_too_long_is_stopped_by_the_server(
    people: Server, tmp_path: Path
) -> None:
    with pytest.raises(Inconclusive, match="stopped after 0.5 seconds"):
        asked(tmp_path, people.url("slow"), (NOT_NULL, {"column": "nap"}), timeout=0.5)


def test_rows_are_told_by_their_key(people: Server, tmp_path: Path) -> None:
    [[finding]] = asked(
        tmp_path, people.url("people"), (BETWEEN, {"column": "age", "min_value": 0}), key=("id",)
    )
    assert finding.message.endswith("first at id 17: -1")
    assert finding.evidence["rows"] == "id 17"


def test_a_password_in_the_configuration_is_refused_and_not_repeated() -> None:
    for url in ("postgresql://u:hunter2@h/db?table=t", "snowflake://h/db?table=t&token=hunter2"):
        with pytest.raises(FatalError) as stopped:
            address_of(url, PLACE)
        assert "hunter2" not in str(stopped.value)


def test_a_variable_that_is_not_set_is_named() -> None:
    with pytest.raises(FatalError, match="needs the variable PG_HOST"):
        address_of("postgresql://${PG_HOST}/db?table=t", PLACE, {})


def test_a_url_without_a_table_is_told() -> None:
    with pytest.raises(FatalError, match="names no table"):
        address_of("postgresql://h/db", PLACE)


def test_a_setting_of_servers_is_refused_for_a_file(tmp_path: Path) -> None:
    with pytest.raises(FatalError, match="`timeout:` is for tables of a server"):
        asked(tmp_path, "a.parquet", (NOT_NULL, {"column": "x"}), timeout=3.0)


def running(server: Server) -> int:
    """How many queries of ours run on the server."""
    ours = "application_name = 'smokealarm' AND state = 'active'"
    with server.connect() as connection:
        found = connection.execute(f"SELECT count(*) FROM pg_stat_activity WHERE {ours}".encode())
        row = found.fetchone()
    return int(row[0]) if row else 0


def waited_for(server: Server, queries: int) -> bool:
    """Whether so many queries run before half a minute is over."""
    for _ in range(150):
        if running(server) == queries:
            return True
        time.sleep(0.2)
    return False


def test_an_interrupt_ends_the_query_on_the_server(people: Server, tmp_path: Path) -> None:
    check = f"{{{NOT_NULL}: {{column: nap}}}}"
    (tmp_path / ".smokealarm.yaml").write_text(
        f"data:\n  - table: {people.url('slow', SUPERUSER)}\n    checks: [{check}]\n"
    )
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    command = [sys.executable, "-m", "smokealarm", "check", "--all", "--stage", "data"]
    process = subprocess.Popen(command, cwd=tmp_path, env={**os.environ, "COLUMNS": "80"})
    try:
        assert waited_for(people, 1), "the query has begun"
        process.send_signal(signal.SIGINT)
        process.wait(timeout=15)
        assert waited_for(people, 0), "and it is gone"
    finally:
        process.kill()
