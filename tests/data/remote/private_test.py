"""Private columns of a server's table: no value is shown, no key, and nothing that the driver quotes."""

from __future__ import annotations

from pathlib import Path

import pytest

from smokealarm.errors import FatalError
from tests.data.remote.servers import Server
from tests.data.tables import asked

REGEX = ("expect_column_values_to_match_regex", {"column": "email", "regex": "^x"})


@pytest.fixture
def people(server: Server) -> str:
    """The URL of a table of one person."""
    server.run(
        "DROP TABLE IF EXISTS persons", "CREATE TABLE persons (id int, email text)",
        "INSERT INTO persons VALUES (17, 'ada@example.org')",
    )  # fmt: skip
    return server.url("persons")


def test_a_private_column_is_no_key(people: str, tmp_path: Path) -> None:
    key = ("id", "email")
    [[shown]] = asked(tmp_path, people, REGEX, key=key)
    assert "id 17, email 'ada@example.org'" in shown.message
    [[finding]] = asked(tmp_path, people, REGEX, key=key, private=("email",))
    assert "first at id 17: (private)" in finding.message
    assert "ada" not in f"{finding.message}{finding.evidence}"


def test_what_the_driver_quotes_is_left_out(people: str, tmp_path: Path) -> None:
    query = {"unexpected_rows_query": "SELECT email::int FROM {batch}"}
    ask = ("unexpected_rows_expectation", query)
    with pytest.raises(Exception, match="ada@example.org"):
        asked(tmp_path, people, ask)
    with pytest.raises(Exception, match="invalid input syntax for type integer: …"):
        asked(tmp_path, people, ask, private=("email",))


def test_a_private_column_that_is_not_there_is_an_error(people: str, tmp_path: Path) -> None:
    with pytest.raises(FatalError, match="did you mean 'email'"):
        asked(tmp_path, people, REGEX, private=("emial",))
