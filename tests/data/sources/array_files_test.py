from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save_file
from sklearn.datasets import load_digits

from smokealarm.errors import FatalError
from tests.data.sources.tensors import safetensors_file
from tests.data.tables import ask, asked

RANGE = "expect_column_values_to_be_between"
ROWS = "expect_table_row_count_to_be_between"
SET = "expect_column_values_to_be_in_set"


@pytest.fixture(params=["savez", "savez_compressed"])
def digits(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    data = load_digits()
    names = np.array(["even", "odd"])[data.target % 2]
    getattr(np, request.param)(
        tmp_path / "digits.npz", images=data.images, flat=data.data, label=data.target, name=names
    )
    return tmp_path


def test_arrays_that_share_their_first_axis_are_columns(digits: Path) -> None:
    assert (
        asked(
            digits,
            "digits.npz",
            (ROWS, {"min_value": 1797, "max_value": 1797}),
            (RANGE, {"column": "label", "min_value": 0, "max_value": 9}),
            (RANGE, {"column": "images.max", "min_value": 14, "max_value": 16}),
            (RANGE, {"column": "images.mean", "min_value": 1, "max_value": 9}),
            (RANGE, {"column": "images.missing", "max_value": 0}),
            (RANGE, {"column": "flat.63", "min_value": 0, "max_value": 16}),
            (SET, {"column": "name", "value_set": ["even", "odd"]}),
        )
        == [[]] * 7
    )


def test_a_wrong_value_is_found_in_its_row(digits: Path) -> None:
    (finding,) = ask(digits, "digits.npz", RANGE, column="flat.3", max_value=15)
    first = int(np.argmax(load_digits().data[:, 3] > 15)) + 1
    assert finding.evidence["row"] == first


def test_a_name_after_two_colons_means_one_array(digits: Path) -> None:
    assert not ask(digits, "digits.npz::label", RANGE, column="label", max_value=9)
    with pytest.raises(FatalError, match="did you mean 'label'"):
        ask(digits, "digits.npz::labels", RANGE, column="label", max_value=9)


def test_arrays_of_different_lengths_are_a_row_each(tmp_path: Path) -> None:
    np.savez(tmp_path / "mnist.npz", x_train=np.zeros((6, 2)), x_test=np.zeros((3, 2)))
    assert not ask(tmp_path, "mnist.npz", SET, column="array", value_set=["x_train", "x_test"])
    (finding,) = ask(tmp_path, "mnist.npz", RANGE, column="elements", max_value=6)
    assert finding.evidence["row"] == 1


def test_the_tensors_of_a_model_are_a_row_each(tmp_path: Path) -> None:
    save_file(
        {"w": np.zeros((3, 4), np.float16), "b": np.zeros(4, np.float32)},
        tmp_path / "m.safetensors",
    )
    (finding,) = ask(tmp_path, "m.safetensors", SET, column="dtype", value_set=["float32"])
    assert "'float16'" in finding.message
    assert not ask(tmp_path, "m.safetensors", SET, column="shape", value_set=["[3, 4]", "[4]"])


@pytest.mark.parametrize(
    ("array", "column", "value"),
    [
        pytest.param(np.array([1.5], "f2"), "arr_0", 1.5, id="half precision"),
        pytest.param(np.array([7], ">i4"), "arr_0", 7, id="big-endian"),
        pytest.param(np.array(["é"]), "arr_0", "é", id="text"),
        pytest.param(np.array([(1, 2.5)], [("a", "i4"), ("b", "f8")]), "b", 2.5, id="records"),
        pytest.param(np.array([True]), "arr_0", True, id="truth"),
    ],
)
def test_each_type_of_array_is_a_column(
    tmp_path: Path, array: Any, column: str, value: object
) -> None:
    np.save(tmp_path / "x.npy", array)
    assert not ask(tmp_path, "x.npy", SET, column=column, value_set=[value])
    assert ask(tmp_path, "x.npy", SET, column=column, value_set=["other", 99])


def test_what_is_pickled_is_refused_and_never_loaded(tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple[Any, ...]:
            return (Path.touch, (tmp_path / "sprung",))

    np.save(tmp_path / "x.npy", np.array([Trap()], object), allow_pickle=True)
    np.savez(tmp_path / "x.npz", a=np.array([Trap()], object))
    for name in ("x.npy", "x.npz"):
        (finding,) = ask(tmp_path, name, "array_finite")
        assert "pickled Python objects, which are never loaded" in finding.message
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize("name", ["x.npy", "x.npz", "x.safetensors"])
@pytest.mark.parametrize("left", [0.2, 0.6, 0.99], ids="cut at {}".format)
def test_a_file_that_is_cut_short_is_told_as_such(tmp_path: Path, name: str, left: float) -> None:
    array, path = np.random.default_rng(0).random(2000), tmp_path / name
    if name == "x.npy":
        np.save(path, array)
    elif name == "x.npz":
        np.savez_compressed(path, x=array)
    else:
        save_file({"x": array}, path)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * left)])
    (finding,) = ask(tmp_path, name, "array_finite")
    assert finding.message.startswith(f"{name} cannot be read as {name[2:]}: ")


def test_damaged_bytes_of_an_archive_are_noticed_while_they_are_read(tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "x.npz", x=np.random.default_rng(0).random(2000))
    damaged = bytearray((tmp_path / "x.npz").read_bytes())
    damaged[8000] ^= 255
    (tmp_path / "x.npz").write_bytes(damaged)
    for check, options in (("array_finite", {}), (RANGE, {"column": "x", "max_value": 1})):
        (finding,) = ask(tmp_path, "x.npz", check, **options)
        assert "its compressed bytes are damaged" in finding.message


def _npy(header: str, data: bytes = b"") -> bytes:
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode() + data


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param(b"hello", "holds no npy", id="text"),
        pytest.param(_npy("__import__('os')"), "header cannot be understood", id="code"),
        pytest.param(_npy("(" * 9000), "header cannot be understood", id="a deep header"),
        pytest.param(
            _npy("{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000,)}"),
            "it declares 8,000,000,000,000 bytes of elements and holds 0",
            id="a shape that is not there",
        ),
        pytest.param(
            _npy("{'descr': '<f8', 'fortran_order': False, 'shape': (-1,)}"), "(-1,)", id="negative"
        ),
        pytest.param(
            _npy("{'descr': '<f8', 'fortran_order': False, 'shape': (1,)}", b"0" * 9),
            "more bytes follow",
            id="something behind the array",
        ),
    ],
)
def test_a_hostile_header_is_one_clear_message(tmp_path: Path, content: bytes, told: str) -> None:
    (tmp_path / "x.npy").write_bytes(content)
    (finding,) = ask(tmp_path, "x.npy", "array_finite")
    assert told in finding.message


def test_a_zip_bomb_of_another_packing_is_refused(tmp_path: Path) -> None:
    inner = io.BytesIO()
    np.save(inner, np.zeros(1000))
    with zipfile.ZipFile(tmp_path / "x.npz", "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("x.npy", inner.getvalue())
    (finding,) = ask(tmp_path, "x.npz", "array_finite")
    assert "packed in a way that numpy never writes" in finding.message


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ({"x": {"dtype": "F32", "shape": [2], "data_offsets": [0, 4]}}, "does not stand where"),
        ({"x": {"dtype": "F32", "shape": [2], "data_offsets": [4, 12]}}, "does not stand where"),
        ({"x": {"dtype": "F31", "shape": [1], "data_offsets": [0, 4]}}, "unknown type 'F31'"),
        ({"x": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}, "more bytes follow"),
        ({"x": 7}, "header cannot be understood"),
    ],
    ids=["too small", "a hole", "a type", "a tail", "no tensor"],
)
def test_a_header_of_tensors_that_lies_is_told(tmp_path: Path, header: Any, told: str) -> None:
    safetensors_file(tmp_path / "x.safetensors", header, bytes(8))
    (finding,) = ask(tmp_path, "x.safetensors", "array_finite")
    assert told in finding.message


def test_an_array_saved_by_columns_is_judged_by_its_elements(tmp_path: Path) -> None:
    array = np.asfortranarray(np.arange(6.0).reshape(2, 3))
    np.save(tmp_path / "x.npy", array)
    (finding,) = ask(tmp_path, "x.npy", "array_between", max_value=4)
    assert finding.evidence["index"] == "1, 2"
