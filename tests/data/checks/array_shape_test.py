from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_digits

from smokealarm.errors import FatalError
from tests.data.tables import ask, table

CHECK = "array_shape"


@pytest.fixture
def digits(tmp_path: Path) -> Path:
    data = load_digits()
    np.savez_compressed(tmp_path / "digits.npz", x=data.images, y=data.target)
    return tmp_path


@pytest.mark.parametrize("shape", [[1797, 8, 8], [None, 8, 8], [None, None, None]], ids=str)
def test_a_shape_that_fits_passes(digits: Path, shape: list[int | None]) -> None:
    assert not ask(digits, "digits.npz", CHECK, array="x", shape=shape)


@pytest.mark.parametrize("shape", [[None, 8], [None, 1, 8, 8], [None, 8, 9], []], ids=str)
def test_another_shape_is_told(digits: Path, shape: list[int | None]) -> None:
    (finding,) = ask(digits, "digits.npz", CHECK, array="x", shape=shape)
    assert finding.message.startswith("x has the shape [1797, 8, 8], expected [")
    assert finding.evidence["observed_value"] == "[1797, 8, 8]"


def test_without_a_name_every_array_is_meant(digits: Path) -> None:
    (finding,) = ask(digits, "digits.npz", CHECK, shape=[None])
    assert finding.evidence["array"] == "x"


def test_the_only_array_of_an_npy_file_needs_no_name(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.zeros((2, 3)))
    assert not ask(tmp_path, "x.npy", CHECK, shape=[2, 3])


def test_an_array_that_is_not_there_is_told_with_those_that_are(digits: Path) -> None:
    (finding,) = ask(digits, "digits.npz", CHECK, array="xs", shape=[None])
    assert finding.message == "there is no array 'xs' in digits.npz; did you mean 'x'?"
    assert "x, y" in finding.remedy


@pytest.mark.parametrize("kind", ["parquet", "jsonl"])
def test_a_column_of_lists_is_an_array_whose_first_axis_is_the_rows(
    tmp_path: Path, kind: str
) -> None:
    name = table(tmp_path, {"e": [[[1.0, 2.0]], [[3.0, 4.0]]]}, kind)
    assert not ask(tmp_path, name, CHECK, array="e", shape=[2, 1, 2])


@pytest.mark.parametrize(
    ("lists", "told"),
    [
        pytest.param([[1.0, 2.0]] * 9 + [[1.0]], "9 of length 2, 1 of length 1", id="one is short"),
        pytest.param([[], [1.0, 2.0]], "1 of length 0, 1 of length 2", id="one is empty"),
    ],
)
def test_lists_of_different_lengths_are_counted(tmp_path: Path, lists: Any, told: str) -> None:
    name = table(tmp_path, {"e": lists})
    (finding,) = ask(tmp_path, name, CHECK, array="e", shape=[None, 2])
    assert finding.message.endswith(told)


def test_null_lists_have_no_length(tmp_path: Path) -> None:
    name = table(tmp_path, {"e": [[1.0, 2.0], None]})
    assert not ask(tmp_path, name, CHECK, array="e", shape=[None, 2])


def test_a_table_without_arrays_says_so(tmp_path: Path) -> None:
    (finding,) = ask(tmp_path, table(tmp_path, {"a": [1]}), CHECK, array="a", shape=[None])
    assert finding.message == "there is no array in table.parquet, nor a column of lists"


def test_a_negative_length_is_refused(digits: Path) -> None:
    with pytest.raises(FatalError, match="negative length"):
        ask(digits, "digits.npz", CHECK, shape=[-1, 8, 8])
