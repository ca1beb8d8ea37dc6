"""The Dockerfile, built and run for real: action.yml by podman, container/action.yml as a runner does it."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from smokealarm.container import image
from smokealarm.finding import Verdict
from smokealarm.results import read
from tests.container.engines import BASE, ODD, Podman, podman
from tests.container.runner import (
    ALARMING,
    HEALTHY,
    ROOT,
    Told,
    environment,
    obeyed,
    repository,
    run_action,
)

# Style needs neither torch nor tables, and the layers of both take minutes.
LIGHT = (f"BASE={BASE}", "TORCH=", "EXTRAS=")
BUILT = "localhost/smokealarm-test:built"


@pytest.fixture(scope="module")
def engine() -> Podman:
    """podman, with the Dockerfile's image under a name of its own, and without those of old sources."""
    engine = podman()
    for name in engine("images", "--format", "{{.Repository}}:{{.Tag}}").splitlines():
        if name.startswith("localhost/smokealarm:") and image.digest(LIGHT) not in name:
            engine("rmi", name)
    engine(
        "build", "--quiet", f"--tag={BUILT}", *(f"--build-arg={arg}" for arg in LIGHT), str(ROOT)
    )
    return engine


def podman_run(engine: Podman, folder: Path, files: dict[str, str], **inputs: str) -> Told:
    workspace = repository(folder / "repository", files)
    given = {"engine": "podman", "build_args": "\n".join(LIGHT), **inputs}
    return run_action(workspace, given, environment(folder, **engine.env))


def test_a_healthy_repository_passes(engine: Podman, tmp_path: Path) -> None:
    told = podman_run(engine, tmp_path, HEALTHY)
    assert told.success, told
    assert told.outputs["verdict"] == "pass"
    assert "smokealarm: pass" in told.summary


def test_an_alarm_is_annotated_and_fails_the_gate(engine: Podman, tmp_path: Path) -> None:
    told = podman_run(engine, tmp_path, ALARMING)
    assert (told.launch.code, told.report.code, told.gate.code) == (0, 0, 1)
    [annotation] = obeyed(told.report.log)
    assert annotation.startswith("::error file=model.py,line=1,")
    results = read(Path(told.outputs["results"]))
    assert results.verdict is Verdict.ALARM
    assert results.environment.image in engine("images", "--no-trunc", "--quiet").replace(
        "sha256:", ""
    )


def test_the_image_is_built_once(engine: Podman, tmp_path: Path) -> None:
    for number in ("first", "second"):
        (tmp_path / number).mkdir()
    podman_run(engine, tmp_path / "first", HEALTHY)
    told = podman_run(engine, tmp_path / "second", HEALTHY)
    assert "getting the image" not in told.launch.log


def test_an_image_of_ones_own_is_run(engine: Podman, tmp_path: Path) -> None:
    told = podman_run(engine, tmp_path, HEALTHY, image=BUILT, build_args="")
    assert told.outputs["verdict"] == "pass"


def test_a_gpu_that_cannot_be_had_is_inconclusive_with_a_remedy(
    engine: Podman, tmp_path: Path
) -> None:
    told = podman_run(engine, tmp_path, HEALTHY, gpu="required")
    assert told.gate.code == 3
    [annotation] = obeyed(told.report.log)
    assert "the engine knows no such GPU" in annotation
    assert "nvidia-ctk cdi generate" in annotation


def test_an_image_that_is_nowhere_is_inconclusive(engine: Podman, tmp_path: Path) -> None:
    told = podman_run(engine, tmp_path, HEALTHY, image="localhost:1/nobody/nothing:1")
    assert (told.launch.code, told.gate.code) == (0, 3)
    assert "cannot be had" in obeyed(told.report.log)[0]


def odd_run(engine: Podman, folder: Path, behaviour: str, **inputs: str) -> Told:
    """A run of an image whose smokealarm does as the shell lines say."""
    files = {**HEALTHY, "behave.sh": f"test $1 = check || exit 0\n{behaviour}\n"}
    return podman_run(engine, folder, files, image=ODD, **inputs)


def written(document: object) -> str:
    return f"echo '{json.dumps(document)}' > /smokealarm/results.json"


PASS = written({"version": 1, "verdict": "pass"})
ALARM = written({"version": 1, "verdict": "alarm"})


@pytest.mark.parametrize(
    ("behaviour", "code", "said"),
    [
        pytest.param(PASS, 0, "pass", id="that says pass and ends with 0 is believed"),
        pytest.param("true", 3, "", id="that says nothing is never green"),
        pytest.param(f"{ALARM}; exit 0", 3, "", id="whose exit code denies its results is doubted"),
        pytest.param(f"{PASS}; exit 1", 3, "", id="whose results deny its exit code is doubted"),
        pytest.param(
            "echo '[1' > /smokealarm/results.json", 3, "", id="with broken results is doubted"
        ),
        pytest.param(
            "ln -s /etc/hostname /smokealarm/results.json",
            3,
            "",
            id="whose results are a link is doubted",
        ),
        pytest.param(
            "mkfifo /smokealarm/results.json", 3, "", id="whose results are a pipe is doubted"
        ),
        pytest.param("exit 137", 3, "memory", id="that is killed may have run out of memory"),
        pytest.param("exit 127", 3, "BASE=", id="without smokealarm in it is told how to get it"),
    ],
)
def test_a_container(behaviour: str, code: int, said: str, engine: Podman, tmp_path: Path) -> None:
    told = odd_run(engine, tmp_path, behaviour)
    assert (told.launch.code, told.gate.code) == (0, code)
    assert said in told.gate.log + Path(told.outputs["results"]).read_text()


@pytest.mark.parametrize(
    "attempt",
    [
        pytest.param("touch /github/workspace/x", id="write to the workspace"),
        pytest.param("touch /usr/x", id="write to the image"),
        pytest.param(
            "cat < /dev/tcp/127.0.0.1/1 || test -e /sys/class/net/eth0", id="find a network"
        ),
        pytest.param("env | grep the-token", id="see the job's token"),
        pytest.param("env | grep GITHUB_OUTPUT", id="see the files that steer the runner"),
        pytest.param("chown 1 /smokealarm", id="use the rights of root"),
        pytest.param("test -S /var/run/docker.sock", id="find an engine"),
    ],
)
def test_tested_code_cannot(attempt: str, engine: Podman, tmp_path: Path) -> None:
    told = odd_run(engine, tmp_path, f"if {attempt}; then exit 9; fi\n{PASS}")
    assert told.outputs["verdict"] == "pass", told.launch.log


@pytest.mark.parametrize(
    "need",
    [
        pytest.param("touch /tmp/x && test -w $HOME", id="a home and a temporary folder"),
        pytest.param("cp /bin/true /tmp/x && /tmp/x", id="to run what it compiled"),
        pytest.param(
            "df -k /dev/shm | grep ' 3145728 '", id="the shared memory that was asked for"
        ),
        pytest.param("git -C /github/workspace log", id="the history of the repository"),
        pytest.param("test $GITHUB_EVENT_NAME = workflow_dispatch", id="to know the event"),
        pytest.param("test -f $GITHUB_EVENT_PATH", id="to read the event"),
    ],
)
def test_tested_code_has(need: str, engine: Podman, tmp_path: Path) -> None:
    told = odd_run(engine, tmp_path, f"{need} || exit 9\n{PASS}", shm_size="3g")
    assert told.outputs["verdict"] == "pass", told.launch.log


def test_what_a_container_prints_is_no_command(engine: Podman, tmp_path: Path) -> None:
    told = odd_run(engine, tmp_path, f"echo ::error::forged; printf '##[error]forged'\n{PASS}")
    assert "::error::forged" in told.launch.log
    assert obeyed(told.launch.log) == []


def test_a_run_that_takes_too_long_is_stopped_and_removed(engine: Podman, tmp_path: Path) -> None:
    told = odd_run(engine, tmp_path, "sleep 600", timeout_minutes="0.05")
    assert told.gate.code == 3
    assert any("timeout_minutes" in line for line in obeyed(told.report.log))
    assert not engine("ps", "--all", "--quiet")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_cancelled_run_leaves_no_container(number: int, engine: Podman, tmp_path: Path) -> None:
    script = "test $1 = check || exit 0\ntouch /smokealarm/begun\nsleep 600\n"
    workspace = repository(tmp_path / "repository", {**HEALTHY, "behave.sh": script})
    environ = environment(
        tmp_path,
        **engine.env,
        GITHUB_WORKSPACE=str(workspace),
        RUNNER_TEMP=str(tmp_path),
        INPUT_ENGINE="podman",
        INPUT_IMAGE=ODD,
    )
    launch = subprocess.Popen(
        [sys.executable, "-m", "smokealarm.container.launch"], cwd=ROOT / "src", env=environ
    )
    while not list(tmp_path.glob("smokealarm-*/out/begun")):
        assert launch.poll() is None, "the launch ended before it was cancelled"
        time.sleep(0.1)
    launch.send_signal(number)
    assert launch.wait() == 128 + number
    assert not engine("ps", "--all", "--quiet")


@pytest.mark.parametrize(
    ("files", "code"),
    [
        pytest.param(HEALTHY, 0, id="passes a healthy repository"),
        pytest.param(ALARMING, 1, id="fails on an alarm"),
    ],
)
def test_the_container_action(
    files: dict[str, str], code: int, engine: Podman, tmp_path: Path
) -> None:
    """Started with the flags of GitHub's runner: its mounts, its variables, and the image's own user."""
    workspace = repository(tmp_path / "repository", files)
    commands = tmp_path / "commands"
    commands.mkdir()
    for name in ("output", "summary"):
        (commands / name).touch()
        os.chown(commands / name, 1001, 1001)
    environ = {
        "INPUT_CONFIG": ".smokealarm.yaml",
        "INPUT_ON_INCONCLUSIVE": "fail",
        "HOME": "/github/home",
        "GITHUB_WORKSPACE": "/github/workspace",
        "GITHUB_EVENT_NAME": "workflow_dispatch",
        "GITHUB_EVENT_PATH": "/github/workflow/event.json",
        "GITHUB_OUTPUT": "/github/file_commands/output",
        "GITHUB_STEP_SUMMARY": "/github/file_commands/summary",
    }
    event = tmp_path / "event.json"
    event.write_text("{}")
    done = subprocess.run(
        [
            *("podman", "run", "--rm", "--network=none", "--workdir=/github/workspace"),
            *(f"--env={name}={value}" for name, value in environ.items()),
            f"--volume={workspace}:/github/workspace",
            f"--volume={commands}:/github/file_commands",
            f"--volume={event}:/github/workflow/event.json",
            BUILT,
        ],
        env={**os.environ, **engine.env},
        capture_output=True,
        text=True,
    )
    assert done.returncode == code, done.stdout + done.stderr
    assert len(obeyed(done.stdout)) == code
    verdict = "alarm" if code else "pass"
    assert verdict in (commands / "output").read_text().splitlines()
    assert f"smokealarm: {verdict}" in (commands / "summary").read_text()
    assert stat.S_IMODE((workspace / "model.py").stat().st_mode) == 0o644
