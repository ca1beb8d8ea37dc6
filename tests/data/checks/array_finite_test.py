from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from safetensors.numpy import save_file
from sklearn.datasets import load_digits

from smokealarm.data.arrays import elements, npy, stored
from smokealarm.data.questions.arrays import NotFinite
from tests.data.sources.tensors import bfloat16_file
from tests.data.tables import ask, count, table

CHECK = "array_finite"
INF, NAN = float("inf"), float("nan")


def test_finite_arrays_pass_and_those_without_numbers_are_left_out(tmp_path: Path) -> None:
    data = load_digits()
    np.savez(tmp_path / "d.npz", x=data.images, y=data.target, names=np.array(["a", "b"]))
    assert not ask(tmp_path, "d.npz", CHECK)


@pytest.mark.parametrize("bad", [NAN, INF, -INF])
@pytest.mark.parametrize("order", ["C", "F"])
def test_the_first_one_is_told_with_its_index(tmp_path: Path, bad: float, order: Any) -> None:
    array = np.zeros((4, 3, 2))
    array[2, 1, 0] = bad
    np.savez_compressed(tmp_path / "d.npz", x=np.asarray(array, order=order))
    (finding,) = ask(tmp_path, "d.npz", CHECK)
    assert finding.message.startswith("x: 1 of 24 elements are NaN or infinite (4.2 %), first ")
    assert f"{bad} at [2, 1, 0]" in finding.message
    assert finding.evidence["index"] == "2, 1, 0"
    assert not ask(tmp_path, "d.npz", CHECK, mostly=0.9)


def test_every_tensor_of_a_model_is_looked_at(tmp_path: Path) -> None:
    tensors: dict[str, Any] = {
        "a.weight": np.zeros((2, 2), np.float16),
        "b": np.array([1, INF], np.float32),
    }
    save_file(tensors, tmp_path / "m.safetensors")
    (finding,) = ask(tmp_path, "m.safetensors", CHECK)
    assert finding.evidence["array"] == "b"


def test_bfloat16_is_read_as_what_it_is(tmp_path: Path) -> None:
    bfloat16_file(tmp_path / "m.safetensors", [1.0, -2.5, INF, NAN])
    assert count(ask(tmp_path, "m.safetensors", CHECK)) == 2


def test_complex_numbers_are_finite_in_both_parts(tmp_path: Path) -> None:
    np.save(tmp_path / "c.npy", np.array([1 + 2j, complex(1, INF)]))
    assert count(ask(tmp_path, "c.npy", CHECK)) == 1


def test_elements_of_a_column_of_lists_are_named_by_row_and_place(tmp_path: Path) -> None:
    name = table(tmp_path, {"e": [[1.0, 2.0], None, [], [3.0, 4.0, NAN]]})
    (finding,) = ask(tmp_path, name, CHECK, array="e")
    assert "1 of 5 elements" in finding.message
    assert finding.evidence["index"] == "3, 2"


def test_an_array_of_texts_that_is_named_is_a_failure(tmp_path: Path) -> None:
    np.savez(tmp_path / "d.npz", names=np.array(["a", "b"]))
    (finding,) = ask(tmp_path, "d.npz", CHECK, array="names")
    assert finding.message == "names holds <U1, which cannot be judged as numbers"


@settings(max_examples=60, derandomize=True, deadline=None)
@given(
    arrays.arrays(
        st.sampled_from(["f2", "f4", ">f8", "i4", "c8", "?"]),
        arrays.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=5),
    ),
    st.booleans(),
)
def test_numpy_counts_the_same_whatever_the_blocks(
    tmp_path_factory: pytest.TempPathFactory, array: Any, column_major: bool
) -> None:
    path = tmp_path_factory.mktemp("a") / "x.npy"
    np.save(path, np.asfortranarray(array) if column_major else array)
    before, stored.BLOCK = stored.BLOCK, 8
    try:
        found = elements.faulty(npy.arrays(path)["arr_0"], NotFinite())
    finally:
        stored.BLOCK = before
    wrong = ~np.isfinite(array)
    assert (found.count, found.faulty) == (array.size, int(wrong.sum()))
    assert found.missing == int(np.isnan(array).sum())
    if found.faulty:
        assert wrong[found.first]
