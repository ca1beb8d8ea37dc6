"""The page tells everything, in order, to every reader, and does nothing that a document asks for."""

from __future__ import annotations

import math
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from msgspec import structs

from smokealarm.finding import Curve, Finding, Level, Table
from smokealarm.report import html_findings, html_pictures, svg
from smokealarm.report.html import render
from smokealarm.report.markup import block, link
from smokealarm.report.ranking import entries
from smokealarm.results import Results, Silence
from tests.report import hostile
from tests.report.pages import Reader, Seen, seen
from tests.report.samples import (
    CURVE,
    DOUBT,
    LONELY,
    MISTAKE,
    PASSED,
    SLICES,
    STYLE,
    USUAL,
    many,
    outcome,
    results,
)
from tests.repositories import NOBODY, commit, git, make_repository

OURS = set(
    """html head meta link title style body main header nav footer section div h1 h2 h3 p span b
    ul ol li dl dt dd pre code a details summary table thead tbody tr th td figure figcaption
    svg desc path line text""".split()
)
HARMLESS = re.compile("""lang|charset|content|http-equiv|name|rel|class|id|scope|role|tabindex|open
    |href|aria-(label|labelledby|hidden)|style|d|[xy][12]?|d[xy]|width|height|viewbox
    |preserveaspectratio|text-anchor""", re.VERBOSE)  # fmt: skip
ADOPTION = Curve(
    title="Adoption",
    x_label="commit",
    y_label="files (%)",
    x=[float(n) for n in range(1, 25)],
    series={f"rule {k}": [20.0 + k * n / 3 for n in range(24)] for k in range(8)},
)


def with_picture(picture: Curve | Table) -> Results:
    """A run that passed and drew something."""
    return results(structs.replace(outcome(check="black"), pictures=(picture,)))


def curve(**series: list[float | None]) -> Curve:
    xs = [float(n) for n in range(max(map(len, series.values())))]
    return Curve(title="t", x_label="x", y_label="y", x=xs, series=dict(series))


def lines(page: Reader) -> list[str]:
    """The drawn lines of the charts of a page, without those of their legends."""
    paths = [one for one in page.named("path") if one.get("class", "").startswith("line ")]
    return [one["d"] for one in paths if one["d"] != "M0 7H36"]


def test_a_run_that_passed_has_no_findings_and_nothing_to_do() -> None:
    page = Reader(render(PASSED))
    assert page.headings == [
        "✓ pass: 3 checks, nothing found",
        "Every check that ran",
        "Where it ran",
        "Run it yourself",
    ]


def test_the_verdict_comes_first_and_the_environment_last() -> None:
    page = Reader(render(USUAL))
    assert page.headings == [
        "✗ alarm: 4 of 8 checks alarmed, 1 could not tell (4 failures and 4 warnings)",
        "What to do",
        "Findings: 4 failures and 4 warnings",
        "What was measured",
        "Every check that ran",
        "Not run or not judged",
        "Where it ran",
        "Run it yourself",
    ]
    stages = page.text.index("1 alarmed, 1 passed, 1.3 s, 2 cases")
    assert stages < page.text.index("Findings: ")


@pytest.mark.parametrize(
    ("document", "heading"),
    [
        pytest.param(DOUBT, "? inconclusive: 1 of 4 checks could not tell", id="could not tell"),
        pytest.param(MISTAKE, "✗ wrong configuration or input: 1 conf", id="wrong configuration"),
    ],
)
def test_the_heading_says_what_the_run_came_to(document: Results, heading: str) -> None:
    assert Reader(render(document)).headings[0].startswith(heading)


def test_a_verb_that_judges_nothing_has_a_headline_of_its_own_and_no_verdict() -> None:
    document = with_picture(ADOPTION)
    page = Reader(render(document, headline="12 rules & counting"))
    assert page.headings == ["12 rules & counting", "What was measured", "Where it ran"]
    assert "passed" in Reader(render(document)).text and "passed" not in page.text


def test_errors_are_told_before_findings() -> None:
    document = results(STYLE, errors=MISTAKE.errors)
    headings = Reader(render(document)).headings
    assert headings.index("Wrong configuration or input") < headings.index(
        "Findings: 1 failure and 3 warnings"
    )
    assert "Did you mean 'black'?" in Reader(render(document)).text


def test_a_finding_is_told_whole() -> None:
    found = Finding(
        message="the first line\nFile `a.py`, line 3\n    raise",
        path="src/a b.py",
        line=3,
        column=7,
        level=Level.WARNING,
        rule="style/flake8",
        case="^src/",
        evidence={"length": 120, "limit": 79.5},
        remedy="Break the line.",
        help_url="https://example.com/E501",
    )
    page = Reader(render(results(outcome(found))))
    for told in (
        "! warning src/a b.py:3:7 the first line",
        "File a.py, line 3\n    raise",
        "→ Break the line.",
        "length = 120",
        "limit = 79.5",
        "rule style/flake8 · case ^src/",
    ):
        assert told in page.text
    assert {"href": "https://example.com/E501", "rel": "noreferrer"} in page.named("a")


def test_ten_thousand_findings_are_all_there_and_the_tail_is_folded_by_rule() -> None:
    rules = {"flake8": 4000, "black": 6000}
    found = (outcome(*made(rule, count), check=rule) for rule, count in rules.items())
    text = render(results(*found))
    page = Reader(text)
    told = re.findall(r"number (\d+)", page.text)
    assert sorted(map(int, told)) == sorted([*range(4000), *range(6000)])
    head, tail = text.split("And 9,950 more failures, by rule:")
    assert head.count('<li class="failure">') == html_findings.MOST_OPEN
    folds = re.findall(r"<code>style/(\w+)</code>: ([\d,]+) more failures in 1 file", tail)
    assert {name for name, _ in folds} == set(rules)
    assert sum(int(count.replace(",", "")) for _, count in folds) == 9950


def made(rule: str, count: int) -> list[Finding]:
    return [structs.replace(one, rule=f"style/{rule}") for one in many(count)]


def test_findings_beyond_any_reason_are_counted() -> None:
    page = Reader(render(results(outcome(*many(html_findings.MOST + 7)))))
    assert "7 more failures in the results file" in page.text


def test_a_folded_repeat_names_all_of_its_lines() -> None:
    same = [Finding(message="same", path="a.py", line=n) for n in range(1, 12)]
    assert (
        "also on lines 2, 3, 4, 5, 6, 7, 8, 9, 10 and 11"
        in Reader(render(results(outcome(*same)))).text
    )


def test_what_was_not_run_is_told_with_its_reason_and_all_of_its_names() -> None:
    page = Reader(render(USUAL))
    assert "regress: hard: no changed file matching ^model/" in page.text
    silences = [Silence(stage="style", case="", path=f"{n}.c", reason="r") for n in range(40)]
    page = Reader(render(results(silences=tuple(silences))))
    assert "style: 0.c, 1.c, 2.c and 37 more: r" in page.text
    assert "All 40" in page.text and "39.c" in page.text


def test_where_it_ran_and_how_to_run_it_again_are_told() -> None:
    page = Reader(render(USUAL))
    assert "NVIDIA H200" in page.text
    assert "git switch --detach 4f2d1c9ab03e" in page.text


def test_a_chart_has_words_for_who_cannot_see_it() -> None:
    page = Reader(render(with_picture(curve(loss=[2.0, 4.0, 1.0]))))
    (drawing,) = [one for one in page.named("svg") if one.get("role") == "img"]
    names = drawing["aria-labelledby"].split()
    assert names == [page.named("title")[1]["id"], page.named("desc")[0]["id"]]
    assert "y over x. loss: first 2, last 1, lowest 1, highest 4." in page.text
    assert "The numbers" in page.text


@pytest.mark.parametrize(
    ("values", "pieces"),
    [
        pytest.param([1.0, 2.0, 3.0], 1, id="no gap"),
        pytest.param([1.0, None, 3.0, 4.0], 2, id="one gap"),
        pytest.param([None, 1.0, None, None, 3.0, math.nan], 2, id="gaps at the ends"),
    ],
)
def test_a_line_is_interrupted_where_there_is_no_value(
    values: list[float | None], pieces: int
) -> None:
    (line,) = lines(Reader(render(with_picture(curve(a=values)))))
    assert line.count("M") == pieces


def test_eight_series_differ_without_their_colours() -> None:
    page = Reader(render(with_picture(ADOPTION)))
    assert len(lines(page)) == len(set(svg.SHAPES)) + 1 == 8
    style = "".join(re.findall(r"\.line\.s\d \{.*?\}", page.text))
    assert len(set(re.findall(r"dasharray: ([\d ]+)", style))) == 7  # and one without


def test_series_and_points_that_are_not_drawn_are_told() -> None:
    eleven: dict[str, list[float | None]] = {f"s{n}": [1.0, 2.0] for n in range(11)}
    page = Reader(render(with_picture(curve(**eleven))))
    assert len(lines(page)) == svg.MOST_SERIES
    assert "3 more series are not drawn" in page.text
    assert "norm has no number at 51 of 200 points" in Reader(render(with_picture(LONELY))).text


def test_a_curve_without_a_point_says_so() -> None:
    page = Reader(render(with_picture(curve(a=[None, math.inf]))))
    assert lines(page) == [] and "(no finite point to draw)" in page.text


def test_the_legend_has_the_order_in_which_the_lines_end() -> None:
    page = Reader(render(with_picture(curve(low=[5.0, 1.0], high=[2.0, 9.0]))))
    assert page.text.index("high last 9") < page.text.index("low last 1")


def test_a_table_has_headers_and_folds_its_tail() -> None:
    page = Reader(render(with_picture(SLICES)))
    scopes = [one.get("scope") for one in page.named("th")]
    assert scopes.count("col") >= 5 and scopes.count("row") >= 3
    rows: list[list[str | int | float | bool | None]] = [[f"r{n}", n] for n in range(2000)]
    long = Table(title="t", header=["name", "n"], rows=rows)
    text = Reader(render(with_picture(long))).text
    assert "1,000 more rows" in text
    hidden = 2000 - html_pictures.MOST_ROWS - html_pictures.FOLDED_ROWS
    assert f"{hidden} more rows in the results file" in text


def test_a_title_stays_in_its_attribute() -> None:
    spite = '"><script>" onfocus="x'
    page = Reader(render(with_picture(structs.replace(SLICES, title=spite))))
    (group,) = [one for one in page.named("div") if one.get("aria-label") == spite]
    assert set(group) == {"class", "role", "tabindex", "aria-label"}


@pytest.mark.parametrize(
    ("rule", "url", "told", "links"),
    [
        pytest.param("r/href", "https://x.org/", "rule r/href", 1, id="the rule is the link"),
        pytest.param("r/href", "docs/r.md", "rule r/href · see docs/r.md", 0, id="no address"),
        pytest.param("", "https://x.org/", "see https://x.org/", 1, id="no rule"),
    ],
)
def test_where_to_read_more_is_told(rule: str, url: str, told: str, links: int) -> None:
    error = Finding(message="m", rule=rule, help_url=url)
    page = Reader(render(results(errors=(error,))))
    assert told in page.text
    assert len([one for one in page.named("a") if "rel" in one]) == links


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com",
        "http://localhost:8000/a?b=1&c=%20#d",
        "https://en.wikipedia.org/wiki/Lint_(software)",
        'https://example.com/"onclick="x',
    ],
)
def test_an_address_of_the_web_becomes_a_link(url: str) -> None:
    page = Reader(link("label", url))
    assert page.named("a") == [{"href": url, "rel": "noreferrer"}]


@pytest.mark.parametrize(
    "url",
    [
        "",
        "javascript:alert(1)",
        "JavaScript:alert(1)//https://x",
        "data:text/html,<script>",
        "//example.com",
        "https:example.com",
        "https://user@example.com",
        "https://example.com/\nx",
        " https://example.com",
        "file:///etc/passwd",
    ],
)
def test_no_other_address_becomes_a_link(url: str) -> None:
    assert link("label", url) == "label"


def test_names_in_backquotes_are_shown_as_code_and_nothing_else_is() -> None:
    assert block("`a<b` and ` \n`") == "<code>a&lt;b</code> and ` \n`"


def test_a_message_is_shown_and_does_nothing() -> None:
    spite = "</title><script>alert(1)</script>\"' onload=x"
    found = Finding(message=spite, path=spite, rule=spite, case=spite, remedy=spite)
    page = Reader(render(results(outcome(found, stage=spite, check=spite))))
    assert page.text.count(spite) >= 5
    assert {element.name for element in page.elements} <= OURS


@hostile.documents
@given(hostile.results())
def test_a_hostile_document_adds_no_element_no_attribute_and_no_link(document: Results) -> None:
    text = render(document)
    assert text.isascii()
    page = Reader(text)
    assert {element.name for element in page.elements} <= OURS
    for element in page.elements:
        assert all(HARMLESS.fullmatch(name) for name in element.attributes)
    names = [one.attributes["id"] for one in page.elements if "id" in one.attributes]
    assert len(names) == len(set(names))
    targets = {one["href"] for one in page.named("a")}
    assert targets <= {f"#{name}" for name in names} | {"https://example.com/a"}
    assert len(page.named("style")) == 1 and len(page.named("h1")) == 1


@hostile.documents
@given(hostile.results())
def test_every_finding_of_a_hostile_document_is_told(document: Results) -> None:
    page = Reader(render(document))
    cards = [
        one for one in page.named("li") if one.get("class") in {"failure", "warning", "notice"}
    ]
    distinct = {
        (one.stage, one.rule, one.finding.path, one.finding.message, one.finding.remedy)
        for one in entries(document)
    }
    assert len(distinct) <= len(cards) <= len(entries(document))


def test_a_real_run_makes_the_page_and_its_results_file_makes_it_again(tmp_path: Path) -> None:
    rules = "style:\n  - checks:\n      - flake8: {select: [F]}\n"
    root = make_repository(tmp_path / "r", {".smokealarm.yaml": rules, "a.py": "x = 1\n"})
    git(root, "switch", "--quiet", "--create", "work")
    commit(root, {"a.py": "import os\n", "b <i>.py": "import re\n"})
    command = "check --base main --format html --results r.json"
    first = smokealarm(root, *command.split())
    again = smokealarm(root, "report", "r.json", "--to", "html")
    assert (first.returncode, again.returncode) == (1, 0)
    assert first.stdout == again.stdout
    page = Reader(first.stdout)
    assert "a.py:1:1" in page.text and "b <i>.py:1:1" in page.text and "F401" in page.text


def smokealarm(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "smokealarm", *arguments],
        cwd=folder,
        env={**os.environ, **NOBODY, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        text=True,
        timeout=100,
    )


@pytest.fixture(scope="module")
def in_a_browser(tmp_path_factory: pytest.TempPathFactory) -> list[Seen]:
    """Two pages on the screen of a telephone: a usual run with pictures, and a hostile one."""
    folder = tmp_path_factory.mktemp("browser")
    drawn = structs.replace(outcome(), pictures=(ADOPTION, CURVE, LONELY, SLICES))
    usual = structs.replace(USUAL, outcomes=(*USUAL.outcomes, drawn))
    spite = [
        Finding(message=words, path=words, rule=words, remedy=words, help_url=words)
        for words in (*hostile.SPITE, "<img src=x onerror=x()>", "x" * 4000)
    ]
    return seen([render(usual), render(results(outcome(*spite)))], 360, folder)


def test_a_page_fits_the_screen_of_a_telephone(in_a_browser: list[Seen]) -> None:
    assert [page.width for page in in_a_browser] == [360, 360]
    assert in_a_browser[0].letters >= 12


def test_a_browser_draws_every_line_and_cuts_off_no_label(in_a_browser: list[Seen]) -> None:
    usual = in_a_browser[0]
    assert len(usual.labels) > 30 and all(usual.labels)
    assert len(usual.lines) == 2 * (8 + 2 + 2 + 1) and min(usual.lines) > 20


def test_a_browser_finds_nothing_active_in_a_hostile_page(in_a_browser: list[Seen]) -> None:
    assert [page.active for page in in_a_browser] == [0, 0]
