from __future__ import annotations

from pathlib import Path

import pytest
from sklearn.datasets import load_diabetes, load_iris

from smokealarm.errors import FatalError, Inconclusive
from tests.data.tables import ask, table

CHECK = "text_starts_varied"
TEMPLATE = [f"As a large language model, I cannot {at}" for at in range(30)]


def test_texts_that_begin_in_many_ways_pass(tmp_path: Path, kind: str) -> None:
    words = (load_diabetes().DESCR + load_iris().DESCR).split()
    name = table(tmp_path, {"t": [each for each in words if each.isalpha()]}, kind)
    assert not ask(tmp_path, name, CHECK, column="t", characters=3)


def test_a_template_is_found(tmp_path: Path) -> None:
    name = table(
        tmp_path, {"t": TEMPLATE + [f"{at} is another one, of some length" for at in range(20)]}
    )
    (finding,) = ask(tmp_path, name, CHECK, column="t")
    assert finding.message == (
        "t: 30 of 50 texts (60.0 %) begin with 'As a large language model, I c'"
    )
    assert not ask(tmp_path, name, CHECK, column="t", max_share=0.6)


def test_equal_texts_count_as_one_and_short_ones_not_at_all(tmp_path: Path) -> None:
    different = [f"{at:02} and then something else follows" for at in range(30)]
    name = table(tmp_path, {"t": different + [TEMPLATE[0]] * 99 + ["short"] * 99})
    assert not ask(tmp_path, name, CHECK, column="t")


def test_too_few_texts_cannot_tell(tmp_path: Path) -> None:
    name = table(tmp_path, {"t": TEMPLATE[:19]})
    with pytest.raises(Inconclusive, match="19 different texts"):
        ask(tmp_path, name, CHECK, column="t")


def test_options_that_make_no_sense_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FatalError, match="is out of range"):
        ask(tmp_path, table(tmp_path, {"t": ["a"]}), CHECK, column="t", characters=0)
