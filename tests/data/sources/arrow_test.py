"""Arrow files and streams, Feather of both versions, and the folders of Hugging Face's `datasets`."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.feather as feather
import pytest

from smokealarm.errors import FatalError, Inconclusive
from tests.data.tables import ask, asked, count, text

NOT_NULL = "expect_column_values_to_not_be_null"
BETWEEN = "expect_column_values_to_be_between"
ROWS = "expect_table_row_count_to_be_between"
TYPE = "expect_column_values_to_be_of_type"
IN_SET = "expect_column_values_to_be_in_set"


def stream(rows: pa.Table, path: Path, compression: str | None = None) -> None:
    options = pa.ipc.IpcWriteOptions(compression=compression)
    with pa.ipc.new_stream(path, rows.schema, options=options) as writer:
        writer.write_table(rows, max_chunksize=100)


def file(rows: pa.Table, path: Path) -> None:
    with pa.ipc.new_file(path, rows.schema) as writer:
        writer.write_table(rows, max_chunksize=100)


WAYS: Mapping[str, Callable[[pa.Table, Path], Any]] = {
    "a file": file,
    "a stream": stream,
    "a packed stream": lambda rows, path: stream(rows, path, "zstd"),
    "Feather": lambda rows, path: feather.write_feather(rows, path),
    "Feather 1": lambda rows, path: feather.write_feather(rows, path, version=1),
}


@pytest.fixture(params=WAYS)
def write(request: pytest.FixtureRequest) -> Callable[[pa.Table, Path], Any]:
    return WAYS[request.param]


def test_rows_stand_in_their_order(tmp_path: Path, write: Callable[[pa.Table, Path], Any]) -> None:
    numbers = list(range(1000))
    write(pa.table({"x": numbers, "s": [None, *map(str, numbers[1:])]}), tmp_path / "a.arrow")
    found = asked(
        tmp_path,
        "a.arrow",
        (BETWEEN, {"column": "x", "max_value": 997}),
        (NOT_NULL, {"column": "s"}),
        (ROWS, {"min_value": 1000, "max_value": 1000}),
    )
    assert "row 999: 998, row 1000: 999" in found[0][0].message
    assert "row 1" in found[1][0].message
    assert not found[2]


def test_a_table_of_which_no_column_is_asked_has_rows(
    tmp_path: Path, write: Callable[[pa.Table, Path], Any]
) -> None:
    write(pa.table({"x": [1, 2, 3]}), tmp_path / "a.feather")
    assert not ask(tmp_path, "a.feather", ROWS, min_value=3, max_value=3)


def test_the_types_of_arrow_are_those_of_the_engine(tmp_path: Path) -> None:
    rows = pa.table(
        {
            "small": pa.array([1], pa.int8()),
            "half": pa.array([1.5], pa.float16()).cast(pa.float32()),
            "money": [Decimal("1.50")],
            "when": [datetime(2024, 1, 1, tzinfo=timezone.utc)],
            "word": pa.array(["a"]).dictionary_encode(),
            "large": pa.array(["a"], pa.large_string()),
            "list": [[1, 2]],
            "view": pa.array(["a"], pa.string_view()),
            "none": pa.nulls(1),
        }
    )
    feather.write_feather(rows, tmp_path / "a.arrow")
    types = {"small": "int8", "half": "float32", "money": "Decimal", "word": "str", "large": "str"}
    for column, type_ in types.items():
        assert not ask(tmp_path, "a.arrow", TYPE, column=column, type_=type_)
    for column in rows.column_names:
        assert len(ask(tmp_path, "a.arrow", NOT_NULL, column=column)) == (column == "none")


def test_two_columns_of_one_name_are_an_alarm(tmp_path: Path) -> None:
    rows = pa.table([pa.array([1]), pa.array([2])], names=["x", "x"])
    file(rows, tmp_path / "a.arrow")
    (finding,) = ask(tmp_path, "a.arrow", ROWS, min_value=1)
    assert "it has two columns called 'x'" in finding.message


@pytest.mark.parametrize("damage", ["cut short", "zeros inside", "another format"])
def test_a_damaged_file_is_an_alarm(
    tmp_path: Path, write: Callable[[pa.Table, Path], Any], damage: str
) -> None:
    path = tmp_path / "a.arrow"
    write(pa.table({"s": [str(number) * 9 for number in range(3000)]}), path)
    content = path.read_bytes()
    half = len(content) // 2
    zeros = content[:40] + bytes(len(content) - 80) + content[-40:]
    new = {"cut short": content[:half], "zeros inside": zeros, "another format": b"a,b\n1,2\n"}
    path.write_bytes(new[damage])
    (finding,) = ask(tmp_path, "a.arrow", NOT_NULL, column="s")
    assert finding.message.startswith("a.arrow ")
    assert str(tmp_path) not in finding.message
    assert finding.remedy


def dataset(folder: Path, *shards: pa.Table) -> None:
    """As `datasets.Dataset.save_to_disk` writes it."""
    folder.mkdir(parents=True)
    names = [f"data-{at:05}-of-{len(shards):05}.arrow" for at in range(len(shards))]
    for name, rows in zip(names, shards):
        stream(rows, folder / name)
    files = [{"filename": name} for name in names]
    state = {"_data_files": files, "_fingerprint": "0", "_split": "train"}
    (folder / "state.json").write_text(json.dumps(state))
    (folder / "dataset_info.json").write_text(json.dumps({"features": {}}))


def test_a_dataset_is_read_shard_by_shard(tmp_path: Path) -> None:
    dataset(tmp_path / "ds", pa.table({"x": [1, 2]}), pa.table({"x": [3, 4]}))
    (finding,) = ask(tmp_path, "ds", BETWEEN, column="x", max_value=3)
    assert "row 2 of ds/data-00001-of-00002.arrow: 4" in finding.message
    assert not ask(tmp_path, "ds/", ROWS, min_value=4, max_value=4)


def splits(folder: Path) -> None:
    for split in ("train", "test"):
        dataset(folder / split, pa.table({"x": [1]}))
    (folder / "dataset_dict.json").write_text('{"splits": ["train", "test"]}')


def test_one_split_of_several_is_named(tmp_path: Path) -> None:
    splits(tmp_path / "ds")
    assert not ask(tmp_path, "ds/train", ROWS, min_value=1, max_value=1)
    with pytest.raises(FatalError, match="a dataset of several splits: test, train") as told:
        ask(tmp_path, "ds", ROWS, min_value=1)
    assert "`table: ds/test`" in told.value.remedy
    with pytest.raises(FatalError, match="did you mean 'train'"):
        ask(tmp_path, "ds/trian", ROWS, min_value=1)


def test_a_dataset_that_is_not_whole_is_an_alarm(tmp_path: Path) -> None:
    dataset(tmp_path / "ds", pa.table({"x": [1]}), pa.table({"x": [2]}))
    (tmp_path / "ds/data-00001-of-00002.arrow").unlink()
    (finding,) = ask(tmp_path, "ds", ROWS, min_value=1)
    assert "its state.json names data-00001-of-00002.arrow, which is not there" in finding.message
    text(tmp_path, "ds/state.json", '{"_data_files": 3}')
    (finding,) = ask(tmp_path, "ds", ROWS, min_value=1)
    assert "ds/state.json cannot be read as the state of a dataset" in finding.message


def test_a_shard_that_was_not_fetched_is_inconclusive(tmp_path: Path) -> None:
    dataset(tmp_path / "ds", pa.table({"x": [1]}))
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n"
    text(tmp_path, "ds/data-00000-of-00001.arrow", pointer)
    with pytest.raises(Inconclusive, match="ds/data-00000-of-00001.arrow was not fetched"):
        ask(tmp_path, "ds", ROWS, min_value=1)


def test_an_arrow_table_has_a_count(tmp_path: Path) -> None:
    file(pa.table({"x": [1, None]}), tmp_path / "a.ipc")
    assert count(ask(tmp_path, "a.ipc", NOT_NULL, column="x")) == 1
