from __future__ import annotations

from pathlib import Path

import pytest

from smokealarm.errors import FatalError
from tests.data.tables import ask

CHECK = "expect_table_row_count_to_equal_other_table"


def test_as_many_rows_pass(real: Path, kind: str) -> None:
    assert not ask(real, f"iris.{kind}", CHECK, other_table_name="iris.csv")


def test_fewer_rows_are_told(real: Path, kind: str) -> None:
    (finding,) = ask(real, f"iris.{kind}", CHECK, other_table_name="digits.parquet")
    assert finding.message == (
        f"iris.{kind} has 150 rows and digits.parquet has 1,797, expected as many"
    )
    assert (finding.evidence["self"], finding.evidence["other"]) == (150, 1797)


def test_rows_of_the_own_table_that_are_not_meant_are_left_out(real: Path) -> None:
    options = {"other_table_name": "iris.csv", "row_condition": 'kind == "setosa"'}
    (finding,) = ask(real, "iris.parquet", CHECK, **options, condition_parser="pandas")
    assert finding.evidence["self"] == 50


def test_a_table_that_is_not_there_is_told_with_the_line(real: Path) -> None:
    with pytest.raises(FatalError, match="there is no table 'lost.csv'") as told:
        ask(real, "iris.csv", CHECK, other_table_name="lost.csv")
    assert told.value.place and told.value.place.line == 4


def test_a_table_without_a_name_is_refused(real: Path) -> None:
    with pytest.raises(FatalError, match="is empty"):
        ask(real, "iris.csv", CHECK, other_table_name=" ")
