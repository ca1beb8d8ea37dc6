"""action.yml, each step run for real by GitHub's own parser; here without a container."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from smokealarm.finding import Verdict
from smokealarm.results import read
from tests.container.runner import (
    ALARMING,
    HEALTHY,
    Told,
    environment,
    obeyed,
    repository,
    run_action,
)


def host_run(folder: Path, files: dict[str, str], **inputs: str) -> Told:
    workspace = repository(folder / "repository", files)
    return run_action(workspace, {"engine": "host", **inputs}, environment(folder))


def test_a_healthy_repository_passes(tmp_path: Path) -> None:
    told = host_run(tmp_path, HEALTHY)
    assert told.success
    assert told.outputs["verdict"] == "pass"
    assert told.outputs["findings"] == "0"
    assert "smokealarm: pass" in told.summary
    assert obeyed(told.launch.log + told.report.log + told.gate.log) == []


def test_an_alarm_fails_the_gate_and_only_the_gate(tmp_path: Path) -> None:
    told = host_run(tmp_path, ALARMING)
    assert (told.launch.code, told.report.code, told.gate.code) == (0, 0, 1)
    assert told.outputs["verdict"] == "alarm"
    assert told.outputs["findings"] == "1"


def test_an_alarm_is_annotated_on_its_line(tmp_path: Path) -> None:
    told = host_run(tmp_path, ALARMING)
    [annotation] = obeyed(told.report.log)
    assert annotation.startswith("::error file=model.py,line=1,")
    assert "model.py" in told.summary


def test_the_results_output_is_a_results_file(tmp_path: Path) -> None:
    told = host_run(tmp_path, ALARMING)
    assert read(Path(told.outputs["results"])).verdict is Verdict.ALARM


def test_the_log_of_the_checks_holds_no_command_for_the_runner(tmp_path: Path) -> None:
    told = host_run(tmp_path, {**ALARMING, "::error::forged.py": "x=1\n"})
    assert "::error::forged.py" in told.launch.log
    assert obeyed(told.launch.log) == []
    assert not [line for line in obeyed(told.report.log) if line.startswith("::error::forged")]


def test_a_wrong_configuration_is_the_users_to_mend(tmp_path: Path) -> None:
    told = host_run(tmp_path, {**HEALTHY, ".smokealarm.yaml": "style: 1\n"})
    assert (told.launch.code, told.gate.code) == (0, 2)
    [annotation] = obeyed(told.report.log)
    assert ".smokealarm.yaml:1:" in annotation


def test_a_wrong_input_is_the_users_to_mend(tmp_path: Path) -> None:
    told = host_run(tmp_path, HEALTHY, gpu="perhaps")
    assert (told.launch.code, told.gate.code) == (0, 2)
    [annotation] = obeyed(told.report.log)
    assert "Choose one of: auto, required, off." in annotation


def test_a_repository_cannot_replace_the_modules_of_the_steps(tmp_path: Path) -> None:
    hostile = "raise SystemExit(0)\n"
    told = host_run(tmp_path, {**ALARMING, "json.py": hostile, "smokealarm.py": hostile})
    assert told.gate.code == 1


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        pytest.param("pass", 0, id="passes where the user says so"),
        pytest.param("fail", 3, id="fails where the user says so"),
        pytest.param("perhaps", 2, id="is not judged by an input that means nothing"),
    ],
)
def test_a_run_without_its_gpu(wanted: str, code: int, tmp_path: Path) -> None:
    told = host_run(tmp_path, HEALTHY, gpu="required", on_inconclusive=wanted)
    assert told.outputs["verdict"] == "inconclusive"
    assert told.gate.code == code
    document = json.loads(Path(told.outputs["results"]).read_text())
    assert "GPU" in document["outcomes"][0]["reason"]


def test_a_docker_that_does_not_answer_is_inconclusive_with_a_remedy(tmp_path: Path) -> None:
    workspace = repository(tmp_path / "repository", HEALTHY)
    nowhere = environment(tmp_path, DOCKER_HOST=f"unix://{tmp_path}/nothing.sock")
    told = run_action(workspace, {"engine": "docker"}, nowhere)
    assert (told.launch.code, told.gate.code) == (0, 3)
    [annotation] = obeyed(told.report.log)
    assert annotation.startswith("::warning ")
    assert "engine: host" in annotation


def test_a_smokealarm_that_is_not_installed_is_inconclusive(tmp_path: Path) -> None:
    workspace = repository(tmp_path / "repository", HEALTHY)
    told = run_action(workspace, {"engine": "host"}, environment(tmp_path, PATH="/usr/bin:/bin"))
    assert told.gate.code == 3
    assert "pip install" in obeyed(told.report.log)[0]
