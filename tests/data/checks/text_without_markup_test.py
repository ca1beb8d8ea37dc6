from __future__ import annotations

from pathlib import Path

import pytest
from sklearn.datasets import load_iris

from tests.data.tables import ask, count, table

CHECK = "text_without_markup"


def test_texts_that_people_write_pass(tmp_path: Path) -> None:
    texts = ["a < b > c", "<name>", "R&D; AT&T", "fish &c;", "i <3 you", "<p", "x<b", "&#", None]
    lines = [*texts, *load_iris().DESCR.splitlines()]
    assert not ask(tmp_path, table(tmp_path, {"t": lines}), CHECK, column="t")


@pytest.mark.parametrize(
    "markup",
    ["a<br/>b", "<BR />", "</div>", '<p class="x">', "a &amp; b", "&nbsp;", "&#39;", "&#x27;"]
    + ['<a href="x">', "<h1>", '<img src="x">'],
)
def test_a_remnant_of_html_is_found(tmp_path: Path, markup: str) -> None:
    name = table(tmp_path, {"t": ["a", markup]})
    assert count(ask(tmp_path, name, CHECK, column="t")) == 1
    assert not ask(tmp_path, name, CHECK, column="t", mostly=0.5)
