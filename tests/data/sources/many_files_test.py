"""Many files as one table: folders and patterns, partitions, and where a row of it stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.feather as feather
import pytest

from smokealarm.errors import FatalError
from tests.data.tables import Columns, ask, asked, count, table, text

NOT_NULL = "expect_column_values_to_not_be_null"
BETWEEN = "expect_column_values_to_be_between"
UNIQUE = "expect_column_values_to_be_unique"
ROWS = "expect_table_row_count_to_be_between"
TYPE = "expect_column_values_to_be_of_type"
IN_SET = "expect_column_values_to_be_in_set"


def written(folder: Path, name: str, columns: Columns) -> None:
    """The columns as a file of the kind that its name says."""
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    kind = name.rpartition(".")[2]
    if kind == "arrow":
        feather.write_feather(pa.table(dict(columns)), folder / name)
    else:
        made = table(folder, columns, kind)
        (folder / made).rename(folder / name)


@pytest.fixture(params=["parquet", "csv", "jsonl", "arrow"])
def kind(request: pytest.FixtureRequest) -> str:
    """Every format of which many files may be one table."""
    return str(request.param)


def three(folder: Path, kind: str) -> None:
    """Files of 3, 0 and 2 rows, written in another order than that of their names."""
    written(folder, f"data/b.{kind}", {"x": [4, -5], "s": ["d", "e"]})
    written(folder, f"data/a.{kind}", {"x": [1, 2, 3], "s": ["a", "b", None]})
    if kind != "jsonl":
        empty = {"x": pa.array([], pa.int64()), "s": pa.array([], pa.string())}
        written(folder, f"data/aa.{kind}", empty)


@pytest.mark.parametrize("named", ["data", "data/", "data/*.{kind}", "**/?*.{kind}", "d[a-c]ta/*"])
def test_all_files_are_one_table(tmp_path: Path, kind: str, named: str) -> None:
    three(tmp_path, kind)
    name = named.format(kind=kind)
    assert not ask(tmp_path, name, ROWS, min_value=5, max_value=5)
    assert count(ask(tmp_path, name, NOT_NULL, column="s")) == 1


def test_a_finding_names_the_file_and_the_row_in_it(tmp_path: Path, kind: str) -> None:
    three(tmp_path, kind)
    (finding,) = ask(tmp_path, "data", BETWEEN, column="x", min_value=2)
    line = {"csv": " (line {})", "jsonl": " (line {})"}.get(kind, "")
    first, second = (1, 2) if kind == "jsonl" else (2, 3)
    assert (
        f"row 1 of data/a.{kind}{line.format(first)}: 1, "
        f"row 2 of data/b.{kind}{line.format(second)}: -5" in finding.message
    )
    assert (finding.evidence["file"], finding.evidence["row"]) == (f"data/a.{kind}", 1)


def test_values_repeat_across_files(tmp_path: Path, kind: str) -> None:
    written(tmp_path, f"data/1.{kind}", {"x": [1, 2]})
    written(tmp_path, f"data/2.{kind}", {"x": [3, 1]})
    assert count(ask(tmp_path, "data", UNIQUE, column="x")) == 2


def test_folders_that_are_called_as_values_are_columns(tmp_path: Path, kind: str) -> None:
    for year in (2023, 2024):
        for day in ("2024-01-01", "b%20c"):
            written(tmp_path, f"data/year={year}/day={day}/a.{kind}", {"x": [1, 2]})
    found = asked(
        tmp_path,
        "data",
        (BETWEEN, {"column": "year", "min_value": 2024}),
        (IN_SET, {"column": "day", "value_set": ["b c"]}),
        (TYPE, {"column": "day", "type_": "str"}),
    )
    assert [len(each) for each in found] == [1, 1, 0]
    assert count(found[0]) == 4
    assert f"row 1 of data/year=2023/day=2024-01-01/a.{kind}" in found[0][0].message


def test_a_folder_of_nulls_is_a_null(tmp_path: Path) -> None:
    written(tmp_path, "data/day=2024-01-01/a.parquet", {"x": [1]})
    written(tmp_path, "data/day=__HIVE_DEFAULT_PARTITION__/a.parquet", {"x": [1]})
    assert count(ask(tmp_path, "data", NOT_NULL, column="day")) == 1
    assert not ask(tmp_path, "data", TYPE, column="day", type_="DATE")


OTHER_SCHEMAS: Mapping[str, tuple[Columns, str]] = {
    "a column less": ({"x": [1]}, "data/a.parquet has a column 's', data/b.parquet has not"),
    "a column more": ({"x": [1], "s": ["a"], "t": [1]}, "data/b.parquet has a column 't', data/a"),
    "another type": ({"x": ["1"], "s": ["a"]}, "the column 'x' is "),
    "another type inside": (
        {"x": [1], "s": [{"a": 1}]},
        "the column 's' is ",
    ),
}


@pytest.mark.parametrize("what", OTHER_SCHEMAS)
def test_a_file_of_another_schema_is_an_alarm(tmp_path: Path, what: str) -> None:
    columns, message = OTHER_SCHEMAS[what]
    written(tmp_path, "data/a.parquet", {"x": [1], "s": ["a"]})
    written(tmp_path, "data/b.parquet", columns)
    (finding,) = ask(tmp_path, "data", ROWS, min_value=1)
    assert finding.message.startswith("data/a.parquet and data/b.parquet are not of one table: ")
    assert message in finding.message


@pytest.mark.parametrize("kind", ["parquet", "arrow", "csv"])
def test_another_order_of_the_columns_and_a_file_of_nulls_are_fine(
    tmp_path: Path, kind: str
) -> None:
    written(tmp_path, f"data/a.{kind}", {"s": pa.array([None, None]), "x": [1, 2]})
    written(tmp_path, f"data/b.{kind}", {"x": [3], "s": ["c"]})
    written(tmp_path, f"data/c.{kind}", {"x": [4], "s": pa.array([None])})
    found = asked(
        tmp_path,
        "data",
        (BETWEEN, {"column": "x", "min_value": 1, "max_value": 4}),
        (IN_SET, {"column": "s", "value_set": ["c"]}),
        (NOT_NULL, {"column": "s"}),
    )
    assert [len(each) for each in found] == [0, 0, 1]
    assert count(found[2]) == 3


def test_numbers_of_csv_that_are_whole_in_one_file_only_are_numbers(tmp_path: Path) -> None:
    for name, value in {"a": "1", "b": "0.5", "c": "", "d": "007"}.items():
        (tmp_path / "data").mkdir(exist_ok=True)
        text(tmp_path, f"data/{name}.csv", f"k,x\n1,{value}\n")
    assert not ask(tmp_path, "data", BETWEEN, column="x", min_value=0.5, max_value=7)


def test_columns_called_as_the_readers_own_are_read(tmp_path: Path) -> None:
    for name in "ab":
        columns = {"file_row_number": [7, 8], "file_index": [1, 2], "filename": ["u", "v"]}
        written(tmp_path, f"data/{name}.parquet", columns)
    (finding,) = ask(tmp_path, "data", BETWEEN, column="file_row_number", max_value=7)
    assert "row 2 of data/a.parquet: 8, row 2 of data/b.parquet: 8" in finding.message


def test_what_is_no_table_is_left_aside(tmp_path: Path) -> None:
    written(tmp_path, "data/a.parquet", {"x": [1]})
    for other in ("_SUCCESS", ".a.parquet.crc", "README.md", "_delta_log.parquet"):
        text(tmp_path, f"data/{other}", "x")
    assert not ask(tmp_path, "data", ROWS, min_value=1, max_value=1)


def packed(folder: Path, pack: Callable[[bytes], bytes], name: str, rows: str) -> str:
    (folder / name).write_bytes(pack(rows.encode()))
    return name


def zstd(content: bytes) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as stream:
        stream.write(content)
    return bytes(sink.getvalue())


def gz(content: bytes) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "gzip") as stream:
        stream.write(content)
    return bytes(sink.getvalue())


@pytest.mark.parametrize(
    "name", ["a.csv.gz", "a.csv.zst", "a.jsonl.gz", "a.ndjson.zst", "A.CSV.GZ"]
)
def test_packed_text_is_read(tmp_path: Path, name: str) -> None:
    rows = "x,y\n1,a\n-2,b\n" if "csv" in name.lower() else '{"x": 1}\n{"x": -2}\n'
    packed(tmp_path, zstd if name.endswith("zst") else gz, name, rows)
    (finding,) = ask(tmp_path, name, BETWEEN, column="x", min_value=0)
    assert finding.evidence["line"] == (3 if "csv" in name.lower() else 2)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("data/*.csv", "no table is called as 'data/*.csv' says"),
        ("both", "holds files of several kinds: CSV, Parquet"),
        ("data::x", "names a part of a folder, which has none"),
        ("data/a.parquet::x", "names a part of Parquet, which has none"),
    ],
)
def test_files_that_cannot_be_meant_are_told(tmp_path: Path, name: str, message: str) -> None:
    written(tmp_path, "data/a.parquet", {"x": [1]})
    written(tmp_path, "both/a.csv", {"x": [1]})
    written(tmp_path, "both/b.parquet", {"x": [1]})
    with pytest.raises(FatalError) as told:
        ask(tmp_path, name, ROWS, min_value=1)
    assert message in told.value.message
    assert told.value.place and told.value.remedy
