from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smokealarm.data.statistics.ranks import between, ranks


@pytest.mark.parametrize("method", ["linear", "lower", "higher", "midpoint", "nearest"])
@given(
    values=st.lists(st.integers(-100, 100), min_size=1, max_size=30).map(sorted),
    level=st.sampled_from([0, 0.05, 0.1, 0.25, 1 / 3, 0.5, 2 / 3, 0.75, 0.95, 1]),
)
def test_a_quantile_is_numpy_s(method: str, values: list[int], level: float) -> None:
    low, high, share = ranks(level, len(values), method)
    numpys: Any = np.percentile  # its stubs know the methods only as literals
    found = between(values[low], values[high], share)
    assert found == pytest.approx(numpys(values, level * 100, method=method))


def test_texts_have_nothing_in_between() -> None:
    assert between("a", "b", 0.5) == "a"
