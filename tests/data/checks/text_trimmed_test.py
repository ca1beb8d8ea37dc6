from __future__ import annotations

from pathlib import Path

import pytest

from tests.data.tables import ask, count, table

CHECK = "text_trimmed"


def test_trimmed_texts_pass(tmp_path: Path, kind: str) -> None:
    texts = ["a b", "日本", "\u3000段落。", "می\u200cخواهم", None]
    assert not ask(tmp_path, table(tmp_path, {"t": texts}, kind), CHECK, column="t")


@pytest.mark.parametrize("loose", [" a", "a ", "a\n", "\ta", "a\u00a0", "\ufeffa", " "], ids=ascii)
def test_white_space_at_an_end_is_found(tmp_path: Path, loose: str) -> None:
    name = table(tmp_path, {"t": ["a", loose, None]})
    assert count(ask(tmp_path, name, CHECK, column="t")) == 1
    assert not ask(tmp_path, name, CHECK, column="t", mostly=0.5)
