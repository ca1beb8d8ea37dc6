"""Files that are not the tables they should be: one clear alarm, or a clear word to the user."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from smokealarm import data
from smokealarm.errors import FatalError, Inconclusive
from smokealarm.workspace import Changes, Workspace
from tests.data.tables import ask, case_of, table, text

NOT_NULL = "expect_column_values_to_not_be_null"
ROWS = "expect_table_row_count_to_be_between"

BROKEN = {
    "an empty file": ("a.csv", b"", "a.csv is empty (0 bytes)"),
    "nothing but blanks": ("a.jsonl", b"\n \n", "holds only blanks"),
    "CSV that is named Parquet": ("a.parquet", b"a,b\n1,2\n", "holds no Parquet"),
    "Parquet that is cut short": ("a.parquet", b"PAR1" + b"\0" * 99, "is cut short"),
    "Parquet that is nonsense": ("a.pq", b"PAR1" + b"\0" * 99 + b"PAR1", "as Parquet"),
    "Parquet that is named CSV": ("a.csv", b"PAR1\0\0", "holds Parquet"),
    "UTF-16": ("a.csv", "a,b\n1,2\n".encode("utf-16"), "UTF-16"),
    "Latin-1": ("a.csv", "a,b\n1,2\né,3\n".encode("latin-1"), "line 3 is not UTF-8: byte 0xe9"),
    "a row too short": ("a.csv", b"a,b\n1,2\n3\n", "line 3 has 1 value where the header has 2"),
    "a row too long": ("a.csv", b"a,b\n1,2,3\n", "line 2 has 3 values where the header has 2"),
    "an open quote": ("a.csv", b'a,b\n1,2\n"3,4\n', "line 3: a quote is never closed"),
    "a JSON array": ("a.jsonl", b'[{"a": 1}]\n', "holds no JSON objects, one per line"),
    "JSON that breaks off": ("a.jsonl", b'{"a": 1}\n\n{"a":\n', "line 3 is no JSON"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_file_is_one_alarm_however_many_checks(tmp_path: Path, what: str) -> None:
    name, content, message = BROKEN[what]
    case = case_of(
        text(tmp_path, name, content), [(ROWS, {"min_value": 1}), (NOT_NULL, {"column": "a"})]
    )
    with data.opened(case, Workspace(root=tmp_path, changes=Changes()), table=name) as subject:
        (finding,) = subject.ask(case.asks[0])
        assert message in finding.message  # type: ignore[union-attr]  # no check draws pictures
        assert str(tmp_path) not in finding.message  # type: ignore[union-attr]  # as above
        assert finding.remedy  # type: ignore[union-attr]  # as above
        with pytest.raises(Inconclusive, match="could not be read"):
            list(subject.ask(case.asks[1]))


def test_a_folder_without_tables_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").mkdir()
    with pytest.raises(FatalError, match="there is no table in the folder 'a.parquet'"):
        ask(tmp_path, "a.parquet", ROWS, min_value=1)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("trian.csv", "there is no table 'trian.csv'; did you mean 'train.csv'?"),
        ("../train.csv", "is outside the repository"),
        ("/etc/hosts.csv", "is outside the repository"),
        ("loop.csv", "cannot be followed to a file"),
        ("notes.txt", "is of no known kind: it ends in .txt"),
        ("https://example.org/a.csv", "the URL names no table"),
    ],
)
def test_a_table_that_cannot_be_meant_is_told_with_its_line(
    tmp_path: Path, name: str, message: str
) -> None:
    text(tmp_path, "train.csv", "a\n1\n")
    text(tmp_path, "notes.txt", "a\n1\n")
    (tmp_path / "loop.csv").symlink_to("loop.csv")
    with pytest.raises(FatalError, match=re.escape(message)) as told:
        ask(tmp_path, name, ROWS, min_value=1)
    assert told.value.place and told.value.place.line == 2
    assert told.value.remedy


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n"),
        ("a.csv.dvc", "outs:\n- path: a.csv\n"),
    ],
    ids=["Git LFS", "DVC"],
)
def test_a_table_that_was_not_fetched_is_inconclusive(
    tmp_path: Path, name: str, content: str
) -> None:
    text(tmp_path, name, content)
    with pytest.raises(Inconclusive, match="was not fetched") as told:
        ask(tmp_path, "a.csv", ROWS, min_value=1)
    assert "pull" in told.value.remedy


@pytest.mark.parametrize("name", ["we[i]rd *?'é.csv", "data/日本.csv", "a.CSV", "{x},y.csv"])
def test_a_name_may_hold_anything(tmp_path: Path, name: str) -> None:
    (tmp_path / "data").mkdir()
    text(tmp_path, name, "a\n1\n")
    assert not ask(tmp_path, name, ROWS, min_value=1, max_value=1)


def test_a_link_to_a_table_is_followed(tmp_path: Path) -> None:
    text(tmp_path, "real.csv", "a\n1\n")
    (tmp_path / "link.csv").symlink_to("real.csv")
    assert not ask(tmp_path, "link.csv", ROWS, min_value=1)


def test_tabs_part_the_values_of_tsv(tmp_path: Path) -> None:
    assert not ask(tmp_path, text(tmp_path, "a.tsv", "a\tb\n1,5\t2\n"), NOT_NULL, column="b")


@pytest.mark.parametrize(
    "content", ["\ufeffa,b\n1,2\n", "a,b\r\n1,2\r\n", "a,b\r\n1,2\n3,4\n", "a,b\n1,2"]
)
def test_ways_of_writing_csv_that_are_fine(tmp_path: Path, content: str) -> None:
    assert not ask(tmp_path, text(tmp_path, "a.csv", content), NOT_NULL, column="a")


def test_parquet_with_damaged_pages_is_an_alarm(tmp_path: Path) -> None:
    name = table(tmp_path, {"x": [str(number) for number in range(9999)]})
    content = bytearray((tmp_path / name).read_bytes())
    content[200:4000] = bytes(3800)
    (tmp_path / name).write_bytes(content)
    (finding,) = ask(tmp_path, name, NOT_NULL, column="x")
    assert finding.message.startswith("table.parquet cannot be read as Parquet: ")
