from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_digits

from smokealarm.errors import FatalError
from tests.data.tables import ask, count, table

CHECK = "array_between"
INF, NAN = float("inf"), float("nan")


def test_elements_in_their_range_pass(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", load_digits().images)
    assert not ask(tmp_path, "x.npy", CHECK, min_value=0, max_value=16)


def test_those_outside_are_counted_and_the_first_is_named(tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "d.npz", x=load_digits().images)
    (finding,) = ask(tmp_path, "d.npz", CHECK, array="x", max_value=15)
    assert finding.message == (
        "x: 10,456 of 115,008 elements are not at most 15 (9.1 %), first 16.0 at [1, 1, 4] "
        "(counted from 0); its numbers go from 0 to 16"
    )
    assert finding.evidence["unexpected_count"] == 10456


@pytest.mark.parametrize(
    ("values", "options", "outside"),
    [
        pytest.param([1.0, 2.0, 3.0], {"min_value": 1, "max_value": 3}, 0, id="both ends belong"),
        pytest.param([1.0, 2.0], {"min_value": 1, "strict_min": True}, 1, id="a strict minimum"),
        pytest.param([1.0, 2.0], {"max_value": 2, "strict_max": True}, 1, id="a strict maximum"),
        pytest.param([NAN, 1.0], {"max_value": 2}, 0, id="NaN lies nowhere"),
        pytest.param([INF, -INF], {"max_value": 2}, 1, id="an infinity on the open side"),
        pytest.param(np.array([0.1], "f4"), {"min_value": 0.1, "max_value": 0.1}, 0, id="32 bits"),
        pytest.param(np.array([9], "u1"), {"min_value": -5, "max_value": 300}, 0, id="wide bounds"),
        pytest.param(np.array([True, False]), {"min_value": 1}, 1, id="true is one"),
        pytest.param(np.array([7], ">i8"), {"max_value": 6.5}, 1, id="big-endian"),
        pytest.param([], {"max_value": 6.5}, 0, id="no elements"),
    ],
)
def test_each_kind_of_array_compares(
    tmp_path: Path, values: Any, options: dict[str, Any], outside: int
) -> None:
    np.save(tmp_path / "x.npy", np.asarray(values))
    found = ask(tmp_path, "x.npy", CHECK, **options)
    assert (count(found) if found else 0) == outside


def test_a_column_of_lists_is_judged_as_an_array(tmp_path: Path) -> None:
    name = table(tmp_path, {"e": [[0.5, 1.0], [0.0, 255.0]]})
    (finding,) = ask(tmp_path, name, CHECK, array="e", min_value=0, max_value=1)
    assert "255.0 at [1, 1]" in finding.message


def test_complex_numbers_have_no_order(tmp_path: Path) -> None:
    np.savez(tmp_path / "c.npz", c=np.array([1j]))
    (finding,) = ask(tmp_path, "c.npz", CHECK, array="c", min_value=0)
    assert "cannot be judged" in finding.message


def test_a_range_without_ends_is_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.zeros(1))
    with pytest.raises(FatalError, match="without ends"):
        ask(tmp_path, "x.npy", CHECK)
