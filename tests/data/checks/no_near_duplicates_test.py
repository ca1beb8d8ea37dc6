from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from smokealarm.data.statistics import minhash
from smokealarm.errors import FatalError
from tests.data.tables import ask, table

CHECK = "no_near_duplicates"
RNG = np.random.default_rng(3)
WORDS = ["".join(RNG.choice(list("abcdefghijklmnop"), RNG.integers(3, 9))) for _ in range(2000)]
FOX = "The quick brown fox jumps over the lazy dog, and then it sleeps in the sun."


def texts(count: int, words: int = 25) -> list[str]:
    return [" ".join(RNG.choice(WORDS, words)) for _ in range(count)]


def test_different_texts_pass(tmp_path: Path, kind: str) -> None:
    assert not ask(tmp_path, table(tmp_path, {"t": texts(2000)}, kind), CHECK, text="t")


def test_a_text_with_another_word_is_told_with_its_pair(tmp_path: Path) -> None:
    values = [*texts(50), FOX, FOX.replace("sleeps", "slept")]
    (finding,) = ask(tmp_path, table(tmp_path, {"t": values}), CHECK, text="t", similarity=0.8)
    assert "row 52 of table.parquet and row 51 of table.parquet (" in finding.message
    expected = minhash.likeness(minhash.plain(values[50]), minhash.plain(values[51]))
    assert f"{expected:.0%} alike" in finding.message
    assert not ask(tmp_path, "table.parquet", CHECK, text="t", similarity=0.99)


@pytest.mark.parametrize(
    ("one", "two", "alarms"),
    [
        pytest.param(FOX, FOX.upper() + "!!", 1, id="case and punctuation do not count"),
        pytest.param("ＡＢＣ def ghi", "abc def ghi", 1, id="wide letters are letters"),
        pytest.param(
            "今日は天気がいいですね。散歩しましょう",
            "今日は天気がいいですね、散歩しましょう",
            1,
            id="Japanese",
        ),
        pytest.param("ok", "ok", 1, id="short and equal"),
        pytest.param("item 1", "item 2", 0, id="short and different"),
        pytest.param("", "", 0, id="empty texts are left out"),
        pytest.param("...", "!!!", 0, id="without a letter"),
        pytest.param(None, None, 0, id="missing"),
        pytest.param("e\u0301cole primaire", "école primaire", 1, id="two ways to write an accent"),
    ],
)
def test_which_texts_are_alike(tmp_path: Path, one: Any, two: Any, alarms: int) -> None:
    name = table(tmp_path, {"t": [one, two, "something else entirely"]})
    assert len(ask(tmp_path, name, CHECK, text="t")) == alarms


def test_many_texts_of_one_template_are_told_in_a_moment(tmp_path: Path) -> None:
    values = [f"{FOX} {FOX[::-1]} {at}" for at in range(3000)]
    (finding,) = ask(tmp_path, table(tmp_path, {"t": values}), CHECK, text="t")
    assert int(str(finding.evidence["unexpected_count"])) > 2900


def test_pairs_that_are_alike_are_found(tmp_path: Path) -> None:
    """100 texts, each again with its last word changed: all are found that are alike enough."""
    first = texts(100)
    second = [" ".join(one.split()[:-1] + ["zzzz"]) for one in first]
    alike = sum(minhash.likeness(a, b) >= 0.9 for a, b in zip(first, second))
    name = table(tmp_path, {"t": first + second})
    (finding,) = ask(tmp_path, name, CHECK, text="t", similarity=0.9)
    assert alike > 50
    assert finding.evidence["unexpected_count"] == alike


def test_numbers_are_rounded(tmp_path: Path) -> None:
    name = table(tmp_path, {"x": [1.00001, 1.00002, 2.0, 0.0], "c": ["a", "a", "a", "b"]})
    assert len(ask(tmp_path, name, CHECK, columns=["x", "c"], digits=4)) == 1
    assert not ask(tmp_path, name, CHECK, columns=["x", "c"], digits=8)


def test_large_and_small_numbers_keep_as_many_digits(tmp_path: Path) -> None:
    name = table(tmp_path, {"x": [1.234e20, 1.2341e20, 1.234e-20, 1.2341e-20, -1.234e20]})
    (finding,) = ask(tmp_path, name, CHECK, columns=["x"], digits=4)
    assert finding.evidence["pairs"] == "2 - 1; 4 - 3"


def test_a_column_of_numbers_is_no_text(tmp_path: Path) -> None:
    (finding,) = ask(tmp_path, table(tmp_path, {"x": [1, 2]}), CHECK, text="x")
    assert "only texts are alike" in finding.message


@pytest.mark.parametrize(
    "options", [{}, {"text": "t", "columns": ["x"]}, {"text": "t", "similarity": 0.2}]
)
def test_options_that_cannot_be_meant(tmp_path: Path, options: Any) -> None:
    name = table(tmp_path, {"t": ["a"], "x": [1]})
    with pytest.raises(FatalError):
        ask(tmp_path, name, CHECK, **options)


def test_whole_numbers_are_not_rounded_as_neighbouring_dates_and_keys_are_others(
    tmp_path: Path, kind: str
) -> None:
    days = {"day": [20260100 + at for at in range(20)], "x": [0.5] * 20}
    assert not ask(tmp_path, table(tmp_path, days, kind), CHECK, columns=["day", "x"])
