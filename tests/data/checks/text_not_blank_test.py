from __future__ import annotations

from pathlib import Path

import pytest

from tests.data.tables import ask, count, table

CHECK = "text_not_blank"


def test_texts_with_something_to_read_pass(tmp_path: Path) -> None:
    texts = ["a", " b ", "。", "0", "👍", "\u200bא", None]
    assert not ask(tmp_path, table(tmp_path, {"t": texts}), CHECK, column="t")


@pytest.mark.parametrize("blank", ["", "  ", "\n\t", "\u00a0", "\u3000\u200b", "\ufeff"], ids=ascii)
def test_a_blank_text_is_found(tmp_path: Path, blank: str) -> None:
    name = table(tmp_path, {"t": ["a", blank, None]})
    assert count(ask(tmp_path, name, CHECK, column="t")) == 1
    assert not ask(tmp_path, name, CHECK, column="t", mostly=0.5)
