"""What engines say when they fail, as recorded, and what smokealarm makes of it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from smokealarm.container import engine, failures
from smokealarm.errors import Inconclusive
from tests.container.components import need

RUN = "docker: Error response from daemon: "


@pytest.mark.parametrize(
    ("said", "cause", "remedy"),
    [
        pytest.param(
            RUN + 'could not select device driver "" with capabilities: [[gpu]].',
            "Docker cannot hand over a GPU",
            "Container Toolkit",
            id="docker without the toolkit",
        ),
        pytest.param(
            RUN + 'could not select device driver "cdi" with capabilities: [].',
            "no CDI support",
            "nvidia-ctk cdi",
            id="docker without CDI",
        ),
        pytest.param(
            RUN + "Unknown runtime specified nvidia.",
            "does not know the nvidia runtime",
            "nvidia-ctk runtime configure",
            id="docker before 23 without the runtime",
        ),
        pytest.param(
            RUN + "unknown or invalid runtime name: nvidia.",
            "does not know the nvidia runtime",
            "nvidia-ctk runtime configure",
            id="docker without the runtime",
        ),
        pytest.param(
            "Error: setting up CDI devices: unresolvable CDI devices nvidia.com/gpu=all",
            "knows no such GPU",
            "/etc/cdi/nvidia.yaml",
            id="podman without a device file",
        ),
        pytest.param(
            "nvidia-container-cli: requirement error: unsatisfied condition: cuda>=12.6, please"
            " update your driver to a newer version, or use an earlier cuda container: unknown.",
            "driver of the GPU is too old",
            "Update the NVIDIA driver",
            id="a driver too old for the image",
        ),
        pytest.param(
            "UserWarning: CUDA initialization: The NVIDIA driver on your system is too old"
            " (found version 11040). Please update your GPU driver",
            "too old for torch",
            "Update the NVIDIA driver",
            id="a driver too old for torch",
        ),
        pytest.param(
            "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker"
            " daemon running?",
            "service does not answer",
            "engine: podman",
            id="a docker without its daemon",
        ),
        pytest.param(
            RUN + "pull access denied for nobody/nothing, repository does not exist or may require"
            " 'docker login'",
            "may not be pulled",
            "log in",
            id="an image that may not be pulled",
        ),
        pytest.param(
            "failed to register layer: write /usr/lib/x.so: no space left on device",
            "disk is full",
            "prune",
            id="a full disk",
        ),
    ],
)
def test_a_known_failure_has_its_cause_and_remedy(said: str, cause: str, remedy: str) -> None:
    doubt = failures.explained(125, f"Unable to find image locally\n{said}\n")
    assert cause in doubt.message
    assert remedy in doubt.remedy


@pytest.mark.parametrize(
    ("code", "said", "message"),
    [
        pytest.param(137, "", "killed", id="a kill"),
        pytest.param(127, "exec: not found", "has no smokealarm", id="an image without smokealarm"),
        pytest.param(125, "a\nwhat it said\n\n", "what it said", id="an engine that refuses"),
        pytest.param(0, "", "no results", id="a program that says nothing"),
    ],
)
def test_an_unknown_failure_is_told_by_its_exit_code(code: int, said: str, message: str) -> None:
    doubt = failures.explained(code, said)
    assert message in doubt.message
    assert doubt.remedy


def test_a_complaint_of_smokealarm_is_the_users_to_mend() -> None:
    error = failures.usage("some output\nsmokealarm: a.yaml:1:2: no such check\n  Write black.\n")
    assert (error.message, error.remedy) == ("a.yaml:1:2: no such check", "Write black.")


def test_an_engine_that_is_not_installed_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(Inconclusive, match="docker is not installed"):
        engine.found("auto")


def test_a_real_docker_client_without_its_daemon_is_recognised(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    need("docker")
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/nothing.sock")
    assert subprocess.run(["docker", "info"], capture_output=True).returncode
    with pytest.raises(Inconclusive, match="service does not answer") as caught:
        engine.found("docker")
    assert "group `docker`" in caught.value.remedy


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        pytest.param(
            'echo "Docker version 28.2.2"; echo "28.2.2 [name=seccomp]"',
            engine.Engine("docker"),
            id="docker is docker",
        ),
        pytest.param(
            'echo "28.2.2 [name=seccomp name=rootless]"',
            engine.Engine("docker", rootless=True),
            id="a rootless docker maps users otherwise",
        ),
        pytest.param(
            'test $1 = info && echo true || echo "podman version 4.3.1"',
            engine.Engine("docker", podman=True, rootless=True),
            id="a docker that is podman is spoken to as podman",
        ),
    ],
)
def test_the_engine_found(
    program: str, expected: engine.Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "docker").write_text(f"#!/bin/sh\n{program}\n")
    (tmp_path / "docker").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert engine.found("auto") == expected
