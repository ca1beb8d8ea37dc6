"""Annotations reach the runner as they were meant, and nothing else does."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given

from smokealarm.finding import Finding, Level
from smokealarm.report.annotations import LONGEST, MOST, message, render, title
from smokealarm.report.plain import visible
from smokealarm.report.ranking import entries, folded, ranked, weight
from smokealarm.results import Results
from tests.report import hostile, runner
from tests.report.runner import Command
from tests.report.samples import DOUBT, MISTAKE, PASSED, USUAL, many, outcome, results

COMMANDS = {"error": Level.FAILURE, "warning": Level.WARNING, "notice": Level.NOTICE}


def commands(log: str) -> list[Command]:
    found = [runner.parse(line) for line in runner.lines(log)]
    return [command for command in found if command]


def of(finding: Finding) -> Command:
    return commands(render(results(outcome(finding))))[0]


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def test_a_run_that_passed_annotates_nothing_and_says_so() -> None:
    assert commands(render(PASSED)) == []
    assert render(PASSED) == "smokealarm: pass: 3 checks, nothing found; nothing is hidden\n"


def test_an_alarm_an_error_and_a_doubt_are_all_visible() -> None:
    assert {command.name for command in commands(render(USUAL))} == {"error", "warning"}
    assert [command.name for command in commands(render(MISTAKE))] == ["error"]
    (doubt,) = commands(render(DOUBT))
    assert doubt.name == "warning"
    assert doubt.properties["file"] == ".smokealarm.yaml"
    assert "no GPU was found" in doubt.data and "label gpu" in doubt.data


@pytest.mark.parametrize(
    ("finding", "position"),
    [
        pytest.param(Finding(message="m"), {}, id="no path, no position"),
        pytest.param(
            Finding(message="m", path="a.py"),
            {"file": "a.py", "line": "1", "endLine": "1"},
            id="no line means the first",
        ),
        pytest.param(
            Finding(message="m", path="a.py", line=0, column=-3),
            {"file": "a.py", "line": "1", "endLine": "1", "col": "1", "endColumn": "1"},
            id="lines and columns start at 1",
        ),
        pytest.param(
            Finding(message="m", path="a.py", line=3, end_line=5, column=2, end_column=4),
            {"file": "a.py", "line": "3", "endLine": "5"},
            id="a range of lines has no columns",
        ),
        pytest.param(
            Finding(message="m", path="a.py", line=3, end_line=1),
            {"file": "a.py", "line": "3", "endLine": "3"},
            id="a range does not end before it starts",
        ),
        pytest.param(
            Finding(message="m", path="a,b:c%0A d.py", line=2),
            {"file": "a,b:c%0A d.py", "line": "2", "endLine": "2"},
            id="a path keeps its commas, colons and percent signs",
        ),
    ],
)
def test_the_position_is_one_that_github_takes(finding: Finding, position: dict[str, str]) -> None:
    assert {k: v for k, v in of(finding).properties.items() if k != "title"} == position


@pytest.mark.parametrize("character", ["x", "é", "漢", "😀"])
def test_a_message_is_cut_where_the_runner_would_cut_it(character: str) -> None:
    data = of(Finding(message=character * 5000)).data
    assert LONGEST - 2 < units(data) <= LONGEST
    assert data.endswith(character + "…")


def test_repeats_are_folded_into_one_annotation_that_names_their_lines() -> None:
    repeats = [Finding(message="m", path="a.py", line=line) for line in (1, 4, 9)]
    assert len(commands(render(results(outcome(*repeats))))) == 1
    assert "lines 4 and 9" in of_all(*repeats).data


def of_all(*findings: Finding) -> Command:
    return commands(render(results(outcome(*findings))))[0]


def test_ten_of_each_level_are_shown_and_the_rest_is_counted() -> None:
    log = render(results(outcome(*many(25), *many(11, Level.WARNING), *many(30, Level.NOTICE))))
    shown = Counter(command.name for command in commands(log))
    assert shown == {"error": 10, "warning": 10, "notice": 10}
    last = runner.parse(log.splitlines()[-1])
    assert last is not None
    assert "15 more failures, 1 more warning and 21 more notices are not shown" in last.data


def test_no_check_is_hidden_behind_the_many_findings_of_another() -> None:
    alone = outcome(Finding(message="the loss is NaN"), stage="memorize", check="finite")
    log = render(results(outcome(*many(200)), alone))
    assert any(command.data == "the loss is NaN" for command in commands(log))


@hostile.documents
@given(hostile.results())
def test_every_line_reads_back_as_exactly_the_finding_that_was_meant(document: Results) -> None:
    queue = ranked(folded(entries(document)))
    meant = [
        entry
        for level in reversed(Level)
        for entry in [entry for entry in queue if entry.finding.level is level][: MOST[level]]
    ]
    *told, last = render(document).removesuffix("\n").split("\n")
    read = [runner.parse(line) for line in told]
    assert len(read) == len(meant)
    for command, entry in zip(read, meant):
        assert command is not None
        assert COMMANDS[command.name] is entry.finding.level
        assert command.properties["title"] == title(entry)
        assert set(command.properties) <= {"file", "line", "endLine", "col", "endColumn", "title"}
        if units(message(entry)) <= LONGEST:
            assert command.data == message(entry)
        else:
            assert message(entry).startswith(command.data[:-1]) and command.data[-1] == "…"
        if entry.finding.path:
            path = visible(entry.finding.path).replace("##[", "## [")
            assert command.properties["file"] == path
    hidden = weight(entry for entry in queue if entry not in meant)
    summary = runner.parse(last)
    assert (summary is not None) == any(hidden.values())
    assert summary is None or summary.name == "notice"


@hostile.documents
@given(hostile.results())
def test_no_line_can_be_forged(document: Results) -> None:
    log = render(document)
    log.encode("utf-8")
    assert "##[" not in log
    assert runner.lines(log) == log.split("\n")
    assert all(
        line.startswith(("::error ", "::warning ", "::notice ")) for line in log.split("\n")[:-2]
    )
