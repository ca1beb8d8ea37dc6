"""The document itself: what is written can be read."""

from __future__ import annotations

import json

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from smokealarm.finding import Finding
from smokealarm.report.json import render
from smokealarm.results import Results
from tests.report import hostile
from tests.report.samples import USUAL, outcome, results


def test_what_is_printed_is_the_results_file() -> None:
    assert msgspec.json.decode(render(USUAL), type=Results) == USUAL


@hostile.documents
@given(st.text(st.characters()))
def test_any_text_can_be_printed_and_read_back(text: str) -> None:
    document = results(outcome(Finding(message=text, path=text, evidence={text: text})))
    assert json.loads(render(document))["outcomes"][0]["stage"] == "style"
    render(document).encode("utf-8")
