from __future__ import annotations

from pathlib import Path

import pytest

from tests.data.tables import ask, count, table, text

CHECK = "expect_column_values_to_not_be_null"


def test_a_full_column_of_a_real_table_passes(real: Path, kind: str) -> None:
    assert not ask(real, f"digits.{kind}", CHECK, column="label")


def test_nulls_are_counted_and_shown_with_their_rows(tmp_path: Path, kind: str) -> None:
    name = table(tmp_path, {"id": [1, 2, 3, 4], "label": [None, 1, None, 0]}, kind)
    (finding,) = ask(tmp_path, name, CHECK, column="label")
    where = {
        "parquet": "rows count from 1",
        "csv": "lines 2, 4 of table.csv",
        "jsonl": "lines 1, 3 of table.jsonl",
    }[kind]
    assert finding.message == (
        f"label: 2 of 4 values are null (50.0 %), first at rows 1, 3 ({where})"
    )
    assert finding.evidence["element_count"] == 4
    assert finding.evidence["rows"] == "1, 3"
    assert finding.path is None


@pytest.mark.parametrize(("mostly", "alarms"), [(0.5, 0), (0.75, 0), (0.76, 1), (1.0, 1)])
def test_mostly_is_the_share_that_must_be_there(tmp_path: Path, mostly: float, alarms: int) -> None:
    name = table(tmp_path, {"label": [None, 1, 2, 3]})
    assert len(ask(tmp_path, name, CHECK, column="label", mostly=mostly)) == alarms


def test_nan_is_missing_as_it_is_to_pandas(tmp_path: Path, kind: str) -> None:
    name = table(tmp_path, {"id": [1, 2, 3], "x": [1.0, float("nan"), float("inf")]}, kind)
    assert count(ask(tmp_path, name, CHECK, column="x")) == 1


@pytest.mark.parametrize("word", ["", "NA", "null", "NaN", "None", "n/a", '"NA"'])
def test_a_word_that_pandas_takes_for_missing_is_missing_in_csv(tmp_path: Path, word: str) -> None:
    name = text(tmp_path, "words.csv", f"id,x\n1,a\n2,{word}\n")
    assert count(ask(tmp_path, name, CHECK, column="x")) == 1


def test_an_empty_text_in_parquet_is_a_value(tmp_path: Path) -> None:
    assert not ask(tmp_path, table(tmp_path, {"x": ["", "a"]}), CHECK, column="x")


def test_a_table_without_rows_passes(tmp_path: Path) -> None:
    assert not ask(tmp_path, text(tmp_path, "empty.csv", "id,x\n"), CHECK, column="x")


def test_a_csv_row_that_spans_lines_is_mapped_to_its_first_line(tmp_path: Path) -> None:
    name = text(tmp_path, "poems.csv", 'poem,x\n"two\nlines",1\n"three\n\nlines",\nlast,\n')
    (finding,) = ask(tmp_path, name, CHECK, column="x")
    assert "rows 2, 3 (lines 4, 7 of poems.csv)" in finding.message
    assert (finding.evidence["row"], finding.evidence["line"]) == (2, 4)


def test_no_more_than_five_rows_are_shown(tmp_path: Path) -> None:
    (finding,) = ask(tmp_path, table(tmp_path, {"x": [1] + [None] * 9}), CHECK, column="x")
    assert "first at rows 2, 3, 4, 5, 6 (" in finding.message


def test_rows_with_nan_alone_are_shown_although_parquet_knows_no_nan_in_its_ranges(
    tmp_path: Path,
) -> None:
    (finding,) = ask(tmp_path, table(tmp_path, {"x": [0.0, 1.0, float("nan")]}), CHECK, column="x")
    assert "first at row 3 (" in finding.message
