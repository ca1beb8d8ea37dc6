"""The results file, as the host reads and writes it without msgspec."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from smokealarm import results
from smokealarm.container import document, gate
from smokealarm.errors import FatalError, Inconclusive, SmokealarmError
from smokealarm.finding import Finding, Verdict
from smokealarm.results import Outcome, Results


def written(folder: Path, content: bytes) -> Path:
    path = folder / "results.json"
    path.write_bytes(content)
    return path


def test_what_smokealarm_writes_is_read(tmp_path: Path) -> None:
    found = Finding(message="worse")
    outcome = Outcome(
        stage="regress", case="hard", check="no_worse", verdict=Verdict.ALARM, findings=(found,)
    )
    path = tmp_path / "results.json"
    results.write(Results(version=1, verdict=Verdict.ALARM, outcomes=(outcome,)), path)
    read = document.read(path)
    assert read is not None
    assert (document.exit_code(read), document.count(read)) == (1, 1)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        pytest.param(Inconclusive("no GPU", "Get one."), 3, id="a doubt"),
        pytest.param(FatalError("no such input", "Drop it."), 2, id="an error of the user"),
    ],
)
def test_what_the_host_writes_smokealarm_reads(
    error: SmokealarmError, code: int, tmp_path: Path
) -> None:
    path = tmp_path / "results.json"
    document.write(document.with_environment(document.ended_early(error), device="H200"), path)
    read = results.read(path)
    assert results.exit_code(read) == code
    assert read.environment.device == "H200"
    told = [(outcome.reason, outcome.remedy) for outcome in read.outcomes]
    told += [(finding.message, finding.remedy) for finding in read.errors]
    assert told == [(error.message, error.remedy)]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"[" * 100_000, id="nested too deeply"),
        pytest.param(b'"pass"', id="not an object"),
        pytest.param(b'{"version": 2, "verdict": "pass"}', id="of another version"),
        pytest.param(b'{"version": 1, "verdict": "fine"}', id="of no known verdict"),
        pytest.param(b'{"version": 1, "verdict": ["pass"]}', id="of a verdict that is a list"),
        pytest.param(b"\xff\xfe\xff", id="not text"),
    ],
)
def test_what_is_not_a_results_file_is_none(content: bytes, tmp_path: Path) -> None:
    assert document.read(written(tmp_path, content)) is None


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    written(tmp_path, b'{"version": 1, "verdict": "pass"}')
    (tmp_path / "link.json").symlink_to("results.json")
    assert document.read(tmp_path / "link.json") is None


@pytest.mark.parametrize(
    ("content", "wanted", "code"),
    [
        pytest.param({"verdict": "pass"}, "fail", 0, id="a pass"),
        pytest.param({"verdict": "alarm"}, "pass", 1, id="an alarm, whatever is wanted of doubts"),
        pytest.param({"verdict": "inconclusive"}, "fail", 3, id="a doubt that is to fail"),
        pytest.param({"verdict": "inconclusive"}, "pass", 0, id="a doubt that is to pass"),
        pytest.param({"verdict": "inconclusive", "errors": [{}]}, "pass", 2, id="a user's error"),
        pytest.param({"verdict": "pass", "outcomes": 7}, "fail", 0, id="strange outcomes"),
    ],
)
def test_the_gate_of(
    content: dict[str, object],
    wanted: str,
    code: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("INPUT_ON_INCONCLUSIVE", wanted)
    written(tmp_path, json.dumps({"version": 1, **content}).encode())
    assert gate.gate(tmp_path) == code


@pytest.mark.parametrize("begun", [True, False])
def test_the_gate_of_a_run_that_left_nothing_is_closed(
    begun: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INPUT_ON_INCONCLUSIVE", "pass")
    monkeypatch.setenv("SMOKEALARM_RUN", str(tmp_path) if begun else "")
    assert gate.main() == 3
