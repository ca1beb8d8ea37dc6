from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from tests.data.sources.tensors import bfloat16_file
from tests.data.tables import ask, table

CHECK = "array_dtype"


@pytest.mark.parametrize("dtype", ["float32", ">f4", "int64", "uint8", "bool", "<U3"])
def test_the_type_that_an_array_has_passes(tmp_path: Path, dtype: str) -> None:
    np.save(tmp_path / "x.npy", np.zeros(3, dtype))
    assert not ask(tmp_path, "x.npy", CHECK, dtype=["<U3", np.dtype(dtype).name])


def test_another_type_is_told_with_what_to_do(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", a=np.zeros(3), b=np.zeros(3, np.float32))
    (finding,) = ask(tmp_path, "x.npz", CHECK, dtype="float32")
    assert finding.message == "a holds float64, expected float32"
    assert "astype('float32')" in finding.remedy


def test_bfloat16_is_known_by_its_name(tmp_path: Path) -> None:
    bfloat16_file(tmp_path / "m.safetensors", [1.0])
    assert not ask(tmp_path, "m.safetensors", CHECK, array="w", dtype="bfloat16")


def test_a_column_of_lists_has_the_type_of_their_elements(tmp_path: Path) -> None:
    name = table(tmp_path, {"e": pa.array([[1.0]], pa.list_(pa.float32()))})
    assert not ask(tmp_path, name, CHECK, array="e", dtype="float32")
    (finding,) = ask(tmp_path, name, CHECK, array="e", dtype="float64")
    assert finding.evidence["observed_value"] == "float32"
