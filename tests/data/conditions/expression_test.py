from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings

from smokealarm.data.conditions.row_condition import parsed
from smokealarm.errors import FatalError
from tests.data.conditions.meant import ours, theirs
from tests.data.conditions.tables import conditions, written
from tests.data.peer import Peer
from tests.data.tables import table


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("conditions")
    written(folder)
    return folder


@given(condition=conditions())
@settings(
    max_examples=80,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_the_same_rows_are_meant_as_pandas_means(folder: Path, peer: Peer, condition: str) -> None:
    frame = pd.read_parquet(folder / "table.parquet")
    assert ours(folder, "table.parquet", condition) == theirs(peer, frame, condition)


@pytest.mark.parametrize(
    "condition",
    ['col("gappy") > 1', 'col("text") == "a"', 'col("gappy").notnull()', 'col("real") != 5.0'],
)
def test_great_expectations_own_language_means_the_same(
    folder: Path, peer: Peer, condition: str
) -> None:
    frame, parser = pd.read_parquet(folder / "table.parquet"), "great_expectations"
    expected = theirs(peer, frame, condition, parser)
    assert ours(folder, "table.parquet", condition, parser) == expected


@pytest.mark.parametrize(
    ("condition", "rows"),
    [
        pytest.param("moment == '2020-01-01'", [1], id="a date equals its text"),
        pytest.param("moment in ['2020-01-01']", [1], id="a date is in a set of texts"),
        pytest.param("moment != '2020-01-01'", [2, 3, 4, 5, 6, 7, 8], id="and nulls are unequal"),
        pytest.param("small in [0.1]", [1], id="a 32-bit number is in a set of decimals"),
        pytest.param("whole > 10 ** 0", None, id="arithmetic is refused"),
        pytest.param("text == 'a' # comment", None, id="a comment is refused"),
        pytest.param("text == None", None, id="None is refused"),
        pytest.param("whole > @limit", None, id="a variable is refused"),
        pytest.param("__import__('os').system('true') == 0", None, id="a call is refused"),
        pytest.param("text.str.upper() == 'A'", None, id="a method that is not known"),
        pytest.param("f'{whole}' == 'a'", None, id="a format string"),
        pytest.param("whole == 1; flag", None, id="two conditions"),
        pytest.param("(" * 3000 + "flag" + ")" * 3000, None, id="three thousand parentheses"),
        pytest.param("not " * 2000 + "flag", None, id="two thousand nots"),
        pytest.param("flag or " * 3000 + "flag", None, id="far too long"),
        pytest.param("flag\0", None, id="a control character"),
    ],
)
def test_what_pandas_gets_wrong_is_right_here_and_the_rest_is_refused(
    folder: Path, condition: str, rows: list[int] | None
) -> None:
    if rows is None:
        with pytest.raises(FatalError, match="row condition is not understood"):
            parsed(condition)
    else:
        assert ours(folder, "table.parquet", condition) == rows


def test_the_place_that_is_not_understood_is_told() -> None:
    with pytest.raises(FatalError) as told:
        parsed("`ä b` > 1 & 'ö' == text & whole + 1 > 2", "pandas")
    assert told.value.message == (
        "the row condition is not understood at character 27, "
        "\"…> 1 & 'ö' == text & »whole + 1 > 2\": this is neither a column nor a value"
    )
    assert "age > 5" in told.value.remedy


def test_a_parser_that_is_not_known_is_told() -> None:
    with pytest.raises(FatalError, match="condition_parser: polars. is not known"):
        parsed("a > 1", "polars")


def test_an_empty_condition_means_all_rows(folder: Path) -> None:
    assert ours(folder, "table.parquet", "", "pandas") == list(range(1, 9))


def test_a_column_that_is_text_does_not_order_against_numbers(folder: Path) -> None:
    with pytest.raises(FatalError, match="asks for text > 1, but text holds text") as told:
        ours(folder, "table.parquet", "text > 1")
    assert told.value.place and told.value.place.line == 4


def test_a_date_that_is_no_date_is_told(folder: Path) -> None:
    with pytest.raises(FatalError, match="'2020-13-01' is not a date"):
        ours(folder, "table.parquet", "flag and moment > '2020-13-01'")


@pytest.mark.parametrize(
    "name", ['say "hi"', "it's; DROP TABLE t0 --", "from", "`".replace("`", "tick"), "a.b", "ä ö"]
)
def test_names_of_columns_are_never_sql(tmp_path: Path, kind: str, name: str) -> None:
    written = table(tmp_path, {"id": [1, 2, 3], name: [1, None, 3]}, kind)
    assert ours(tmp_path, written, f"`{name}` > 1") == [3]


def test_values_are_never_sql(tmp_path: Path, kind: str) -> None:
    written = table(tmp_path, {"id": [1, 2], "x": ["'; DROP TABLE t0; --", "b"]}, kind)
    assert ours(tmp_path, written, 'x == "\'; DROP TABLE t0; --"') == [1]
