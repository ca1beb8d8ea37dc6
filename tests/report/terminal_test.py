"""The terminal shows the verdict first, everything once, and obeys nothing that it shows."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from smokealarm.finding import Finding
from smokealarm.report.terminal import MOST_FAILURES, WIDEST, render
from smokealarm.results import Results
from tests.report import hostile, runner
from tests.report.samples import DOUBT, MISTAKE, PASSED, USUAL, many, outcome, results


@pytest.mark.parametrize(
    ("document", "first"),
    [
        pytest.param(PASSED, "✓ pass: 3 checks, nothing found", id="passed"),
        pytest.param(USUAL, "✗ alarm: 4 of 8 checks alarmed, 1 could not tell", id="alarmed"),
        pytest.param(DOUBT, "? inconclusive: 1 of 4 checks could not tell", id="could not tell"),
        pytest.param(
            MISTAKE,
            "✗ wrong configuration or input: 1 configuration error",
            id="wrong configuration",
        ),
    ],
)
def test_the_verdict_comes_first(document: Results, first: str) -> None:
    assert render(document, width=120, encoding="utf-8").startswith(first)


def test_a_run_that_passed_has_nothing_to_do() -> None:
    assert "What to do" not in render(PASSED)


def test_a_finding_is_told_with_place_rule_message_and_remedy() -> None:
    shown = render(USUAL, width=100, encoding="utf-8")
    assert "✗ digits/train.py:41:22  style/flake8  undefined name 'labels'" in shown
    assert "→ Define it, or import it." in shown
    assert "also on lines 9 and 17" in shown


def test_a_doubt_is_told_with_reason_and_remedy() -> None:
    shown = " ".join(render(DOUBT, width=60).split())
    assert "no GPU was found" in shown and "Run it on a runner with the label gpu" in shown


def test_what_was_not_run_is_folded_and_counted() -> None:
    shown = render(USUAL, width=100)
    assert "a.ipynb and b.ipynb: it is not readable as a notebook" in shown
    assert "not run: 1 more, in the results file" in shown


def test_findings_shown_and_hidden_add_up() -> None:
    shown = render(results(outcome(*many(10000))), width=100, encoding="utf-8")
    assert shown.count("flake8/E501") == MOST_FAILURES
    assert f"and {10000 - MOST_FAILURES:,} more failures, in the results file" in shown


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp437", "no-such-encoding"])
def test_an_encoding_that_lacks_our_signs_gets_plain_ones(encoding: str) -> None:
    shown = render(USUAL, width=80, encoding=encoding)
    assert shown.isascii() or encoding == "cp1252"
    assert "x alarm" in shown and "-> Define it" in shown


def test_colour_adds_nothing_but_colour() -> None:
    coloured = render(USUAL, width=80, colour=True, encoding="utf-8")
    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == render(USUAL, width=80, encoding="utf-8")


def test_markup_and_escape_codes_are_shown_as_text() -> None:
    finding = Finding(message="[bold red]x[/] :smile: \x1b[31mred", path="a[b].py", line=1)
    shown = render(results(outcome(finding)), width=100)
    assert "a[b].py:1" in shown and "[bold red]x[/] :smile: \\x1b[31mred" in shown


@hostile.documents
@given(hostile.results(), st.sampled_from([20, 60, 160]), st.sampled_from(["utf-8", "ascii"]))
def test_hostile_text_neither_steers_the_terminal_nor_forges_a_command(
    document: Results, width: int, encoding: str
) -> None:
    shown = render(document, width=width, encoding=encoding)
    shown.encode(encoding)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", shown)
    assert not any(runner.is_forged(line) for line in shown.split("\n"))


@pytest.mark.parametrize("width", [60, 80, 160])
def test_no_line_is_wider_than_the_window(width: int) -> None:
    shown = render(USUAL, width=width, encoding="utf-8")
    assert max(cell_len(line) for line in shown.split("\n")) <= min(width, WIDEST)
