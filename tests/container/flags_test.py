"""How containers are started, and what a run on the host is kept from."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from smokealarm.container import flags, gpu, host
from smokealarm.container.engine import Engine
from smokealarm.container.flags import Mount
from smokealarm.container.inputs import Inputs
from smokealarm.container.process import Ended, asked
from smokealarm.errors import FatalError, Inconclusive
from tests.container.components import need

DOCKER, PODMAN = Engine("docker"), Engine("podman", podman=True)
PROOF = '{"device": "NVIDIA H200", "driver": "570.1", "capability": "9.0", "torch": "2.13.0"}'


@pytest.mark.parametrize("engine", [DOCKER, PODMAN], ids=["docker", "podman"])
@pytest.mark.parametrize(
    "flag",
    [
        f"--user={os.getuid()}:{os.getgid()}",
        "--cap-drop=ALL",
        "--security-opt=no-new-privileges",
        "--read-only",
        "--pids-limit=4096",
        "--env=HOME=/tmp",
        "--mount=type=bind,source=/a,target=/b,readonly",
    ],
)
def test_a_container_has_the_flag(flag: str, engine: Engine) -> None:
    command = flags.container(engine, "image", "name", ["check"], mounts=[Mount(Path("/a"), "/b")])
    assert flag in command
    assert command[-2:] == ["image", "check"]


def test_a_rootless_docker_calls_the_runners_user_root() -> None:
    command = flags.container(Engine("docker", rootless=True), "image", "name", [])
    assert "--user=0:0" in command


def test_a_rootless_podman_keeps_the_runners_user() -> None:
    command = flags.container(Engine("podman", podman=True, rootless=True), "image", "name", [])
    assert "--userns=keep-id" in command


def test_a_container_knows_of_the_job_only_what_is_listed() -> None:
    job = {"GITHUB_SHA": "1", "GITHUB_TOKEN": "2", "ACTIONS_RUNTIME_TOKEN": "3", "MINE": "4"}
    known = flags.of_the_job(job, "sha256:5")
    assert known["GITHUB_SHA"] == "1"
    assert not {"2", "3", "4"} & set(known.values())


def test_git_trusts_the_workspace_of_another_user() -> None:
    known = flags.of_the_job({}, "")
    assert known["GIT_CONFIG_KEY_0"] == "safe.directory"


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("PATH", True),
        ("CUDA_VISIBLE_DEVICES", True),
        ("GITHUB_EVENT_PATH", True),
        ("GITHUB_ENV", False),
        ("GITHUB_TOKEN", False),
        ("ACTIONS_RUNTIME_TOKEN", False),
        ("HF_TOKEN", False),
        ("aws_secret_access_key", False),
        ("WANDB_API_KEY", False),
        ("INPUT_GPU", False),
    ],
)
def test_a_run_on_the_host_sees_the_variable(name: str, kept: bool) -> None:
    assert (name in host.environment({name: "x"})) is kept


@pytest.mark.parametrize("given", [Inputs(image="x"), Inputs(memory="8g")])
def test_a_run_on_the_host_refuses_inputs_that_mean_a_container(given: Inputs) -> None:
    with pytest.raises(FatalError, match="means a container"):
        host.fitting(given)


def answer(code: int, tail: str, monkeypatch: pytest.MonkeyPatch, wanted: str) -> object:
    monkeypatch.setattr(gpu, "visible", lambda: True)
    return gpu.proven(wanted, gpu.flags(DOCKER), lambda flags: Ended(code, tail))


def test_a_gpu_that_proves_itself_is_handed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    handed_over, proof = gpu.proven("off", (), lambda flags: Ended(0, PROOF))
    assert (handed_over, proof) == (gpu.HIDDEN, {})
    monkeypatch.setattr(gpu, "visible", lambda: True)
    for wanted in ("auto", "required"):
        handed_over, proof = gpu.proven(
            wanted, gpu.flags(DOCKER), lambda flags: Ended(0, f"a warning\n{PROOF}\n")
        )
        assert handed_over == ("--gpus=all",)
        assert proof["device"] == "NVIDIA H200"


def test_podman_is_not_given_the_flag_that_it_silently_ignores() -> None:
    assert gpu.flags(PODMAN) == ("--device=nvidia.com/gpu=all",)


def test_a_machine_without_a_gpu_is_not_asked_for_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(handing_over: Sequence[str]) -> Ended:
        raise AssertionError("asked")

    monkeypatch.setattr(gpu, "visible", lambda: False)
    assert gpu.proven("auto", gpu.flags(DOCKER), never) == (gpu.HIDDEN, {})


@pytest.mark.parametrize("tail", ["", "torch sees no GPU", PROOF, "[1]"])
def test_a_gpu_without_proof(tail: str, monkeypatch: pytest.MonkeyPatch) -> None:
    code = int(tail == PROOF)
    assert answer(code, tail, monkeypatch, "auto") == (gpu.HIDDEN, {})
    with pytest.raises(Inconclusive, match="the GPU could not be put to work"):
        answer(code, tail, monkeypatch, "required")


def test_the_proof_is_honest_about_this_machine() -> None:
    ended = asked(need("smokealarm-action"), "prove")
    assert (ended.code == 0) == gpu.visible()
