"""The job summary fits, says what it leaves out, and shows hostile text without obeying it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from markdown_it import MarkdownIt

from smokealarm.finding import Finding, Table, Verdict
from smokealarm.report.markdown import code, link, text
from smokealarm.report.ranking import entries, weight
from smokealarm.report.summary import render
from smokealarm.results import VERSION, Environment, Outcome, Results, Silence
from tests.report import hostile
from tests.report.samples import DOUBT, MISTAKE, PASSED, USUAL, many, outcome, results

MEBIBYTE = 1 << 20
OUR_TAGS = {"br", "sub", "code", "details", "summary"}


@pytest.mark.parametrize(
    ("document", "headline"),
    [
        pytest.param(PASSED, "## ✅ smokealarm: pass", id="passed"),
        pytest.param(USUAL, "## 🚨 smokealarm: alarm", id="alarmed"),
        pytest.param(DOUBT, "## ❔ smokealarm: inconclusive", id="could not tell"),
        pytest.param(
            MISTAKE, "## ⛔ smokealarm: wrong configuration or input", id="wrong configuration"
        ),
    ],
)
def test_the_verdict_comes_first(document: Results, headline: str) -> None:
    assert render(document).startswith(headline)


def test_a_run_that_passed_lists_no_findings() -> None:
    assert "Findings" not in render(PASSED) and "What to do" not in render(PASSED)


def test_what_was_not_run_is_told_with_its_reason() -> None:
    assert "no changed file matching" in render(USUAL)
    assert "Not run or not judged (5)" in render(USUAL)


def test_how_to_run_it_again_trusts_no_name() -> None:
    assert "git switch --detach 4f2d1c9" in render(USUAL)
    _, commands = render(_with_commit("abcdef1; rm -rf .")).split("```sh")
    assert "rm -rf" not in commands


def _with_commit(commit: str) -> Results:
    environment = Environment(base=commit, commit=commit, smokealarm=commit)
    return Results(version=VERSION, verdict=Verdict.PASS, environment=environment)


@pytest.mark.parametrize("message", ["x", "漢" * 2000, "@" * 2000, "\u202e" * 2000])
def test_ten_thousand_findings_fit_and_none_is_lost_silently(message: str) -> None:
    found = [
        Finding(message=f"{n} {message}", path=f"{n}.py", remedy=message) for n in range(10000)
    ]
    page = render(results(outcome(*found)))
    assert len(page.encode()) < MEBIBYTE
    shown = page.count("🔴&nbsp;failure")
    hidden = re.search(r"([\d,]+) more failures left out here", page)
    assert hidden and shown + int(hidden[1].replace(",", "")) == 10000


def test_everything_huge_at_once_still_fits() -> None:
    wide = Table(title="@" * 9000, header=["@" * 900] * 500, rows=[["@" * 900] * 500] * 500)
    huge = [
        Outcome(
            stage=f"{n}" + "@" * 900,
            case="@" * 900,
            check="@" * 900,
            verdict=Verdict.ALARM,
            findings=many(20),
            pictures=(wide,),
        )
        for n in range(500)
    ]
    silences = tuple(Silence(stage=f"{n}", case="@" * 900, reason="@" * 900) for n in range(5000))
    page = render(results(*huge, silences=silences))
    assert len(page.encode()) < MEBIBYTE
    assert "more pictures in the results file" in page
    assert "more silences in the results file" in page


@hostile.documents
@given(hostile.results())
def test_every_table_keeps_its_columns(document: Results) -> None:
    columns = 0
    for line in render(document).split("\n"):
        bars = line.count("|")
        assert not line.startswith("|") or columns in (0, bars)
        columns = bars if line.startswith("|") else 0


@hostile.documents
@given(hostile.results())
def test_hostile_text_becomes_no_tag_image_link_or_mention(document: Results) -> None:
    page = render(document)
    page.encode("utf-8")
    assert len(page.encode()) < MEBIBYTE
    html = MarkdownIt("gfm-like", {"linkify": False}).render(page)
    assert not re.search(r"<img|<script", html)
    read = re.sub(r"^```.*?^```$", "", page, flags=re.S | re.M)  # blocks of code are not read
    assert set(re.findall(r"<(\w+)", read)) <= OUR_TAGS
    assert not re.search(r"@(?=\w)|(?<!&)#(?=\d)", read)
    assert set(re.findall(r'href="([^"]*)"', html)) <= {"https://example.com/a"}
    assert read.count("<details>") == read.count("</details>")


@hostile.documents
@given(hostile.results())
def test_findings_shown_and_hidden_add_up(document: Results) -> None:
    total = sum(weight(entries(document)).values())
    shown = render(document).count("&nbsp;")
    assert (shown > 0) == (total > 0)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        pytest.param("plain words, 12 %", "plain words, 12 %", id="plain words stay"),
        pytest.param("a|b\nc", "a&#124;b c", id="a cell stays a cell"),
        pytest.param("@me", "&#64;\u2060me", id="nobody is called"),
        pytest.param("see #12", "see &#35;\u206012", id="no issue is linked"),
        pytest.param("https://x", "https&#58;//x", id="no address is linked"),
    ],
)
def test_text_is_shown_and_does_nothing(raw: str, shown: str) -> None:
    assert text(raw) == shown


def test_only_plain_addresses_become_links() -> None:
    assert link(code("r"), "https://example.com/a#b") == "[<code>r</code>](https://example.com/a#b)"
    assert link(code("r"), "javascript:alert(1)") == "<code>r</code>"
    assert link(code("r"), "https://x/) ![](https://y") == "<code>r</code>"
