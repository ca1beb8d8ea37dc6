"""A CSV file is the table that pandas, and so great_expectations, would read from it."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smokealarm.data.duck.connection import connected
from smokealarm.data.duck.table import Everything
from smokealarm.data.sources.opening import view
from smokealarm.data.sources.source import source_of
from smokealarm.errors import Place
from tests.data.tables import text

Read = dict[str, tuple[str, list[Any]]]

KINDS = {"i": "number", "u": "number", "f": "number", "b": "truth"}


@pytest.fixture(scope="module")
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    """One connection for all tables, each of which replaces the one before."""
    with connected() as connection:
        yield connection


def ours(connection: duckdb.DuckDBPyConnection, folder: Path, name: str) -> Read:
    """Every column with its kind and values, as the engine has them."""
    table = view(connection, source_of(name, folder, Place("x")), Everything(), "t")
    found = {}
    for column, key in table.keys.items():
        rows = connection.execute(f"SELECT {key} FROM t ORDER BY rowid").fetchall()
        kind = {"VARCHAR": "text", "BOOLEAN": "truth"}.get(table.columns[column].type, "number")
        found[column] = (kind, [value for (value,) in rows])
    return found


def pandas(folder: Path, name: str) -> Read:
    """The same of pandas. A column of objects holds truths, large integers or texts."""
    frame = pd.read_csv(folder / name, low_memory=False)
    return {name: (_kind(frame[name]), _values(frame[name])) for name in frame.columns}


def _kind(column: Any) -> str:
    present = column.dropna()
    if column.dtype.kind in KINDS:
        return KINDS[column.dtype.kind]
    if len(present) and all(isinstance(value, bool) for value in present):
        return "truth"
    return "number" if len(present) and all(isinstance(v, int) for v in present) else "text"


def _values(column: Any) -> list[Any]:
    return [None if pd.isna(value) else value for value in column]


def same(one: Read, other: Read) -> None:
    assert list(one) == list(other)
    for name, (kind, values) in one.items():
        assert (name, kind) == (name, other[name][0]), (values, other[name][1])
        assert len(values) == len(other[name][1])
        for mine, theirs in zip(values, other[name][1]):
            assert mine == theirs or (
                mine is not None and math.isclose(mine, theirs, rel_tol=1e-15)
            )


words = st.sampled_from(
    ["", "NA", "null", "NaN", "None", "n/a", "na", "N/a", "-", "?", "inf", "-inf", "Infinity"]
    + ["0x10", "1_000", "1,000", "1e3", "1E-2", "+5", "-7", "007", "5.", ".5", "1.50", "1e400"]
    + ["True", "true", "FALSE", "t", "f", "yes", "1", "0", "2024-01-31", "12:30", "31/01/2024"]
    + ["99999999999999999999", "18446744073709551615", "-9223372036854775808", "9" * 30]
    + [" 1", "2 ", " x", "é", "a b", "1d5", "$1", "1%", "'1'", "#1", "--", "1-2", "e5", "."]
)
whole = st.integers(-(2**63), 2**63 - 1).map(str)
real = st.floats(allow_nan=False, allow_infinity=False).map(repr)
letters = st.text(st.characters(codec="utf-8", exclude_characters="\0\r\n"), max_size=5)
column = st.one_of(
    st.lists(words, min_size=1, max_size=8),
    st.lists(st.one_of(whole, st.just("")), min_size=1, max_size=8),
    st.lists(st.one_of(real, st.sampled_from(["", "NA", "1", "inf"])), min_size=1, max_size=8),
    st.lists(st.sampled_from(["True", "False", "", "true", "0"]), min_size=1, max_size=8),
    st.lists(letters, min_size=1, max_size=8),
)
tables = st.lists(column, min_size=1, max_size=4)


def written(columns: list[list[str]], quoting: int, ending: str) -> str:
    """CSV with the columns side by side, cut to the shortest."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator=ending, quoting=quoting)  # type: ignore[arg-type]  # a constant
    writer.writerow([f"n{at}" for at in range(len(columns))])
    writer.writerows(zip(*columns))
    return file.getvalue()


@settings(
    max_examples=150,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(tables, st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]), st.sampled_from(["\n", "\r\n"]))
def test_generated_tables_are_read_as_pandas_reads_them(
    engine: duckdb.DuckDBPyConnection,
    tmp_path: Path,
    columns: list[list[str]],
    quoting: int,
    ending: str,
) -> None:
    name = text(tmp_path, "a.csv", written(columns, quoting, ending))
    same(ours(engine, tmp_path, name), pandas(tmp_path, name))


@pytest.mark.parametrize(
    "content",
    [
        "a,b\n1,2\n",
        ",b\n1,2\n",
        "a,,b,\n1,2,3,\n",
        "a,a,a.1,a\n1,2,3,4\n",
        "a\n1\n\n2\n\n\n",
        'a\n1\n""\n2\n',
        "\n\na,b\n1,2\n",
        "a,b\n",
        "\ufeffa,b\n1,2\n",
        'a,b\n"1,000",2\n',
        "a,b\r1,2\r3,4\r",
        "a,b\n1,2\r\n3,4\n",
        'a,b\n"x\ny",2\n"z ""q""",3\n',
        "a,b\n,1\n,2\n",
        "a,b\n1\0,2\n3,4\n",
        " a , b\n1,2\n",
        '"a,b","c\nd"\n1,2\n',
        "1,2\n3,4\n",
        "a,b\n1,2\n\n3,4\n",
    ],
)
def test_ways_of_writing_are_read_as_pandas_reads_them(
    engine: duckdb.DuckDBPyConnection, tmp_path: Path, content: str
) -> None:
    name = text(tmp_path, "a.csv", content)
    same(ours(engine, tmp_path, name), pandas(tmp_path, name))


@pytest.mark.parametrize(
    "late, kind",
    [
        ("0.5", "number"),
        ("1.0", "number"),
        ("1e3", "number"),
        ("NA", "number"),
        ("nan", "number"),
        ("x", "text"),
        ("0x1F", "text"),
        ("1_000", "text"),
    ],
)
def test_a_type_that_shows_only_after_the_first_rows_is_found(
    engine: duckdb.DuckDBPyConnection, tmp_path: Path, late: str, kind: str
) -> None:
    rows = "".join(f"{row},1\n" for row in range(30_000))
    name = text(tmp_path, "a.csv", f"a,b\n{rows}{late},1\n")
    assert ours(engine, tmp_path, name)["a"][0] == kind
    same(ours(engine, tmp_path, name), pandas(tmp_path, name))


@pytest.mark.parametrize("word", ["NA", "nan", "-nan", "NULL", "-1.#IND", "", '""'])
def test_a_missing_value_among_fractions_texts_and_truths_is_missing(
    engine: duckdb.DuckDBPyConnection, tmp_path: Path, word: str
) -> None:
    rows = "0.5,x,True\n" * 30_000
    content = f"a,b,c\n{rows}{word},{word},{word}\n{rows}"
    name = text(tmp_path, "a.csv", content)
    same(ours(engine, tmp_path, name), pandas(tmp_path, name))
