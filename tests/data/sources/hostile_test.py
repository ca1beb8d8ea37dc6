"""Files that mean harm, or that harm befell: one clear message, nothing executed, nothing lost."""

from __future__ import annotations

import gzip
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq
import pytest

from smokealarm import data
from smokealarm.data.duck.connection import connected
from smokealarm.data.duck.table import Tables
from smokealarm.data.questions import Faulty, Missing
from smokealarm.data.sources.bombs import refuse_inflated
from smokealarm.data.sources.files import Part
from smokealarm.data.sources.source import source_of
from smokealarm.errors import FatalError, Inconclusive, Place
from smokealarm.finding import Finding
from smokealarm.workspace import Changes, Workspace
from tests.data.tables import ask, asked, case_of, table, text

NOT_NULL = "expect_column_values_to_not_be_null"
BETWEEN = "expect_column_values_to_be_between"
IN_SET = "expect_column_values_to_be_in_set"
UNIQUE = "expect_column_values_to_be_unique"
ROWS = "expect_table_row_count_to_be_between"

SQL = "'; DROP TABLE t0; -- \" ) SELECT $1 ? {x} \\"


# --- Names and values that look like something else -----------------------------------------------


@pytest.mark.parametrize("kind", ["parquet", "csv", "jsonl", "arrow"])
def test_sql_in_names_and_values_is_text(tmp_path: Path, kind: str) -> None:
    columns = {SQL: ["a", SQL], "b": [1, 2]}
    if kind == "arrow":
        feather.write_feather(pa.table(columns), tmp_path / "table.arrow")
    else:
        table(tmp_path, columns, kind)
    found = asked(
        tmp_path,
        f"table.{kind}",
        (IN_SET, {"column": SQL, "value_set": [SQL, "a"]}),
        (IN_SET, {"column": SQL, "value_set": ["a"]}),
        (UNIQUE, {"column": SQL}),
    )
    assert [len(each) for each in found] == [0, 1, 0]
    assert repr(SQL) in found[1][0].message


@pytest.mark.parametrize("ending", ["parquet", "csv", "jsonl", "arrow", "db", "csv.gz"])
@pytest.mark.parametrize(
    "stem",
    [
        "-rf",
        "we[i]rd *?'é",
        'qu"ote',
        "new\nline",
        " ",
        "a;b--",
        "{a,b}",
        "$HOME",
        "x" * 200,
        "%41#?",
    ],
)
def test_a_path_may_hold_anything(tmp_path: Path, stem: str, ending: str) -> None:
    name = f"{stem}.{ending}"
    if ending == "db":
        with closing(sqlite3.connect(tmp_path / "plain")) as made:
            made.execute("CREATE TABLE t (x)")
            made.execute("INSERT INTO t VALUES (1)")
            made.commit()
        (tmp_path / "plain").rename(tmp_path / name)
    elif ending == "arrow":
        feather.write_feather(pa.table({"x": [1]}), tmp_path / name)
    elif ending == "csv.gz":
        (tmp_path / name).write_bytes(gzip.compress(b"x\n1\n"))
    else:
        (tmp_path / table(tmp_path, {"x": [1]}, ending)).rename(tmp_path / name)
    assert not ask(tmp_path, name, BETWEEN, column="x", min_value=1, max_value=1)


def test_a_name_that_is_not_utf8_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    with open(os.fsencode(tmp_path / "data") + b"/\xff.csv", "wb") as file:
        file.write(b"x\n1\n")
    with pytest.raises(FatalError, match=r"has a name that is not UTF-8: b'data/\\xff.csv'"):
        ask(tmp_path, "data", ROWS, min_value=1)


def test_a_name_with_a_null_byte_is_told(tmp_path: Path) -> None:
    with pytest.raises(FatalError, match="cannot be the name of a file"):
        ask(tmp_path, "a\0.csv", ROWS, min_value=1)


# --- Links ----------------------------------------------------------------------------------------


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[Path]:
    """A repository beside which lies a table that is not its own."""
    (tmp_path / "repository" / "data").mkdir(parents=True)
    text(tmp_path, "secret.csv", "x\n1\n")
    (tmp_path / "elsewhere").mkdir()
    text(tmp_path / "elsewhere", "secret.csv", "x\n1\n")
    yield tmp_path / "repository"


def outside(folder: Path, name: str) -> list[Finding]:
    """The findings about a table that may lie outside."""
    case = case_of(name, [(ROWS, {"min_value": 1})])
    workspace = Workspace(root=folder, changes=Changes())
    with data.opened(case, workspace, table=name, outside=True) as subject:
        return [seen for seen in subject.ask(case.asks[0]) if isinstance(seen, Finding)]


OUTSIDE = ["link.csv", "data", "data/*.csv", "folder", "../secret.csv"]


@pytest.mark.parametrize("name", OUTSIDE)
def test_what_lies_outside_is_refused_unless_it_is_asked_for(repository: Path, name: str) -> None:
    (repository / "link.csv").symlink_to("../secret.csv")
    (repository / "data/a.csv").symlink_to("../../secret.csv")
    (repository / "folder").symlink_to("../elsewhere")
    with pytest.raises(FatalError, match="is outside the repository") as told:
        ask(repository, name, ROWS, min_value=1)
    assert "`outside: true`" in told.value.remedy
    assert not outside(repository, name)


def test_a_circle_of_folders_ends(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / "data" / name).mkdir(parents=True)
        text(tmp_path, f"data/{name}/x.csv", "x\n1\n")
        for back in ("one", "two", "three"):
            (tmp_path / "data" / name / back).symlink_to("../..")
    for named in ("data", "data/**/*.csv"):
        assert not ask(tmp_path, named, ROWS, min_value=2, max_value=2)


# --- Not files ------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["csv", "parquet", "jsonl", "arrow", "db", "csv.gz"])
def test_a_pipe_is_an_alarm_and_not_waited_for(tmp_path: Path, ending: str) -> None:
    os.mkfifo(tmp_path / f"a.{ending}")
    (finding,) = ask(tmp_path, f"a.{ending}", ROWS, min_value=1)
    assert finding.message == f"a.{ending} is a pipe or a device, not a file"


def test_a_device_is_an_alarm(tmp_path: Path) -> None:
    (tmp_path / "a.csv").symlink_to("/dev/zero")
    (finding,) = outside(tmp_path, "a.csv")
    assert finding.message == "a.csv is a pipe or a device, not a file"


def test_a_file_that_may_not_be_read_is_an_alarm(tmp_path: Path) -> None:
    """A file of /proc refuses its reader even where this is root, whom permissions do not bind."""
    (tmp_path / "a.csv").symlink_to("/proc/self/mem")
    (finding,) = outside(tmp_path, "a.csv")
    assert finding.message.startswith("a.csv cannot be read: ")
    assert finding.remedy == "Look at the file's permissions."


# --- Files that are damaged -----------------------------------------------------------------------

NOISE = gzip.compress(b"x\n" + os.urandom(9999).hex().encode())
JSON_ROWS = gzip.compress(b'{"x": 1}\n' * 9999)

BROKEN = {
    "gzip that ends early": ("a.csv.gz", NOISE[:999], "is cut short"),
    "gzip that ends at once": ("a.csv.gz", b"\x1f\x8b\x08\0", "is cut short"),
    "gzip of JSON that ends early": ("a.jsonl.gz", JSON_ROWS[:-30], "is cut short"),
    "gzip that is none": ("a.csv.gz", b"x\n1\n", "it does not begin as such a file does"),
    "gzip of nothing": ("a.csv.gz", gzip.compress(b""), "there is nothing in it"),
    "gzip with damage": ("a.csv.gz", gzip.compress(b"x\n1\n")[:-8] + bytes(8), "cannot be read as gzip: "),
    "zstd with damage": ("a.csv.zst", b"\x28\xb5\x2f\xfd" + b"\xff" * 99, "cannot be read as zstd: "),
    "gzip that is called CSV": ("a.csv", gzip.compress(b"x\n1\n"), "holds something packed with gzip"),
    "zip that is called CSV": ("a.csv", b"PK\x03\x04" + bytes(99), "holds a zip archive"),
    "zip that is called Parquet": ("a.parquet", b"PK\x03\x04" + bytes(99), "it holds a zip archive"),
    "SQLite that is called Arrow": ("a.arrow", b"SQLite format 3\0" + bytes(99), "it holds SQLite"),
    "no name in the header twice over": ("a.csv", b"x,y\n1,2\n3\n4,5\n", "line 3 has 1 value where"),
    "a merge conflict": ("a.csv", b"x,y\n<<<<<<< ours\n1,2\n", "a merge conflict is left on line 2"),
    "an open quote in the header": ("a.csv", b'"x,y\n1,2\n', "a quote is never closed"),
    "JSON deep as a well": ("a.jsonl", b'{"x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}\n", "JSONL: "),
    "JSON with a null byte": ("a.jsonl", b'{"x": 1\0}\n', "line 1 is no JSON"),
}  # fmt: skip


@pytest.mark.parametrize("what", BROKEN)
def test_a_damaged_file_is_one_alarm(tmp_path: Path, what: str) -> None:
    name, content, message = BROKEN[what]
    (finding,) = ask(tmp_path, text(tmp_path, name, content), NOT_NULL, column="x")
    assert message in finding.message
    assert str(tmp_path) not in finding.message
    assert len(finding.message) < 300


def test_parquet_with_any_byte_wrong_is_never_a_crash(tmp_path: Path) -> None:
    name = table(tmp_path, {"x": list(range(500)), "s": list(map(str, range(500)))})
    content = (tmp_path / name).read_bytes()
    for at in range(4, len(content) - 4, len(content) // 60):
        damaged = bytearray(content)
        damaged[at] ^= 0xFF
        (tmp_path / name).write_bytes(damaged)
        try:
            findings = ask(tmp_path, name, NOT_NULL, column="s")
        except Inconclusive as told:
            assert told.remedy
        else:
            assert all(finding.message and finding.remedy for finding in findings)


# --- Too large ------------------------------------------------------------------------------------


def test_ten_thousand_columns(tmp_path: Path) -> None:
    columns = {f"column {at}": pa.array([1, 2], pa.int8()) for at in range(10_000)}
    pq.write_table(pa.table(columns), tmp_path / "wide.parquet")
    found = asked(
        tmp_path,
        "wide.parquet",
        *[(BETWEEN, {"column": f"column {at}", "max_value": 1}) for at in range(0, 10_000, 1000)],
        (NOT_NULL, {"column": "column 10000"}),
    )
    assert [len(each) for each in found] == [1] * 11
    assert "did you mean 'column 1000'?" in found[-1][0].message


@pytest.mark.parametrize("kind", ["csv", "parquet", "jsonl", "arrow"])
def test_a_cell_of_a_hundred_megabytes(tmp_path: Path, kind: str) -> None:
    size = 100_000_000
    columns = {"x": [1, 2], "s": ["a" * size, "b"]}
    if kind == "csv":
        text(tmp_path, "table.csv", f"x,s\n1,{'a' * size}\n2,b\n")
    elif kind == "jsonl":
        text(tmp_path, "table.jsonl", f'{{"x": 1, "s": "{"a" * size}"}}\n{{"x": 2, "s": "b"}}\n')
        with pytest.raises(Inconclusive, match="has a line of more than 16 MB"):
            ask(tmp_path, "table.jsonl", ROWS, min_value=1)
        return
    elif kind == "arrow":
        feather.write_feather(pa.table(columns), tmp_path / "table.arrow")
    else:
        table(tmp_path, columns)
    (finding,) = ask(tmp_path, f"table.{kind}", IN_SET, column="s", value_set=["b"])
    assert "row 1: 'aaa" in finding.message
    assert len(finding.message) < 300


def test_gzip_that_inflates_without_measure_is_refused(tmp_path: Path) -> None:
    member = gzip.compress(bytes(50_000_000))
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(b"x\n") + member * 25)
    with pytest.raises(Inconclusive, match="inflates to 1 GB or more: it was not read"):
        ask(tmp_path, "a.csv.gz", ROWS, min_value=1)


def test_parquet_that_inflates_without_measure_is_refused(tmp_path: Path) -> None:
    table(tmp_path, {"x": [0] * 1000})
    part = Part(name="a.parquet", path=tmp_path / "table.parquet")
    with connected() as connection:
        refuse_inflated(connection, part, rows=1_000_000_000)
        with pytest.raises(Inconclusive, match="inflates to 24 GB or more: it was not read"):
            refuse_inflated(connection, part, rows=3_000_000_000)


# --- Changed meanwhile ----------------------------------------------------------------------------

CHANGES = ("written to", "cut short", "replaced", "taken away")


def change(path: Path, how: str) -> None:
    if how == "written to":
        with path.open("ab") as file:
            file.write(b"\n")
    elif how == "cut short":
        os.truncate(path, 20)
    elif how == "replaced":
        path.with_name("new").write_bytes(path.read_bytes())
        path.with_name("new").replace(path)
    else:
        path.unlink()


@pytest.mark.parametrize("kind", ["parquet", "csv"])
@pytest.mark.parametrize("how", CHANGES)
def test_a_table_that_changes_while_it_is_read_is_inconclusive(
    tmp_path: Path, kind: str, how: str
) -> None:
    name = table(tmp_path, {"x": list(range(100))}, kind)
    source = source_of(name, tmp_path, Place("x"))
    question = Faulty("x", Missing())
    with connected() as connection:
        tables = Tables(connection, [question], tmp_path)
        tables.open("", source)
        change(tmp_path / name, how)
        with pytest.raises(Inconclusive, match=f"{name} was changed while it was read"):
            tables.answer()


@pytest.mark.parametrize("how", CHANGES)
def test_examples_of_a_table_that_changed_are_not_shown(tmp_path: Path, how: str) -> None:
    name = table(tmp_path, {"x": [None, *range(100)]})
    question = Faulty("x", Missing())
    with connected() as connection:
        tables = Tables(connection, [question], tmp_path)
        tables.open("", source_of(name, tmp_path, Place("x")))
        tables.answer()
        assert tables[""].of(question).faulty == 1
        change(tmp_path / name, how)
        with pytest.raises(Inconclusive, match=f"{name} was changed while it was read"):
            tables[""].examples(question)
