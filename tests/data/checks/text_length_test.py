from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smokealarm.errors import FatalError
from tests.data.tables import ask, count, table

CHECK = "text_length"
TEXTS = ["one two", "drei", "日本 語です\u3000ね", "", None, "🚀"]


@pytest.mark.parametrize(
    ("unit", "low", "high"), [("characters", 0, 8), ("bytes", 0, 22), ("words", 0, 3)]
)
def test_texts_in_the_range_pass(
    tmp_path: Path, kind: str, unit: str, low: float, high: float
) -> None:
    name = table(tmp_path, {"t": TEXTS}, kind)
    assert not ask(tmp_path, name, CHECK, column="t", unit=unit, min_value=low, max_value=high)


@pytest.mark.parametrize(
    ("unit", "high", "outside"),
    [("characters", 4, 2), ("bytes", 4, 2), ("words", 1, 2), ("words", 2, 1)],
)
def test_texts_outside_are_counted(tmp_path: Path, unit: str, high: float, outside: int) -> None:
    name = table(tmp_path, {"t": TEXTS})
    assert count(ask(tmp_path, name, CHECK, column="t", unit=unit, max_value=high)) == outside


def test_the_share_that_must_be_right_can_be_lowered(tmp_path: Path) -> None:
    name = table(tmp_path, {"t": ["a"] * 9 + ["long text"]})
    assert ask(tmp_path, name, CHECK, column="t", max_value=5)
    assert not ask(tmp_path, name, CHECK, column="t", max_value=5, mostly=0.9)


@settings(max_examples=25, derandomize=True, deadline=None)
@given(st.lists(st.text(max_size=9), min_size=1, max_size=9), st.floats(0, 1))
def test_a_quantile_is_that_of_numpy(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], level: float
) -> None:
    folder = tmp_path_factory.mktemp("t")
    name = table(folder, {"t": texts})
    expected = float(np.quantile([len(t) for t in texts], level, method="inverted_cdf"))
    options: dict[str, Any] = {"column": "t", "quantile": level}
    assert not ask(folder, name, CHECK, min_value=expected, max_value=expected, **options)
    assert ask(folder, name, CHECK, min_value=expected + 1, **options)


@settings(max_examples=40, derandomize=True, deadline=None)
@given(st.text(max_size=30))
def test_words_are_those_of_python(tmp_path_factory: pytest.TempPathFactory, sentence: str) -> None:
    folder, words = tmp_path_factory.mktemp("t"), len(sentence.split())
    name = table(folder, {"t": [sentence]})
    bounds = {"min_value": words, "max_value": words}
    assert not ask(folder, name, CHECK, column="t", unit="words", **bounds)


@pytest.mark.parametrize("values", [[None, None], [1, 2]], ids=["no text", "numbers"])
def test_without_texts_there_is_no_quantile(tmp_path: Path, values: Any) -> None:
    (finding,) = ask(
        tmp_path, table(tmp_path, {"t": values}), CHECK, column="t", quantile=0.5, max_value=9
    )
    assert "text" in finding.message


def test_a_level_out_of_range_is_refused(tmp_path: Path) -> None:
    name = table(tmp_path, {"t": ["a"]})
    with pytest.raises(FatalError, match="quantile: 50"):
        ask(tmp_path, name, CHECK, column="t", quantile=50, max_value=9)
