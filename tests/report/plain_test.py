"""Hostile text made harmless, and honest text left alone."""

from __future__ import annotations

import pytest
from hypothesis import given

from smokealarm.report.plain import cut, defused, one_line, visible
from tests.report import hostile, runner


@pytest.mark.parametrize("text", ["", "plain", "über 漢字 👩‍🔬", "two\nlines", "100 % [bold] <b>"])
def test_honest_text_is_left_alone(text: str) -> None:
    assert visible(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("\x1b[31m", "\\x1b[31m", id="an escape code"),
        pytest.param("a\udcffb", "a\\xffb", id="a byte of a name that is not UTF-8"),
        pytest.param("\ud800", "\\ud800", id="half of a pair"),
        pytest.param("\u202etxt", "\\u202etxt", id="text turned around"),
        pytest.param("a\r\nb\rc", "a\nb\nc", id="foreign line ends"),
    ],
)
def test_what_steers_is_shown_as_an_escape(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_one_line_is_one_line_and_cut_with_a_sign() -> None:
    assert one_line(" a\n\n b ") == "a b"
    assert one_line("x" * 100, 10) == cut("x" * 100, 10) == "x" * 9 + "…"


@hostile.documents
@given(hostile.text)
def test_no_line_is_a_command_once_it_is_defused(text: str) -> None:
    for line in visible(text).split("\n"):
        assert not runner.is_forged(defused(line))
        assert defused(defused(line)) == defused(line)
