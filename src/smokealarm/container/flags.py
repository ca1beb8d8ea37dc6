"""How a container is started: with no rights, no network, no token, and nothing to write but its results."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from smokealarm.container.engine import Engine

WORKSPACE = "/github/workspace"
EVENT = "/github/workflow/event.json"
OUT = "/smokealarm"

# What a run may know of the job: enough to find what changed, and nothing that opens a door.
PASSED_ON = (
    "CI",
    "GITHUB_ACTIONS",
    "GITHUB_BASE_REF",
    "GITHUB_EVENT_NAME",
    "GITHUB_HEAD_REF",
    "GITHUB_JOB",
    "GITHUB_REF",
    "GITHUB_REF_NAME",
    "GITHUB_REPOSITORY",
    "GITHUB_RUN_ATTEMPT",
    "GITHUB_RUN_ID",
    "GITHUB_SERVER_URL",
    "GITHUB_SHA",
    "GITHUB_WORKFLOW",
)


class Mount(NamedTuple):
    """A file or folder of the host, and where the container sees it."""

    source: Path
    target: str
    writable: bool = False

    def flag(self) -> str:
        """With --mount, because -v makes an empty folder where the source is missing."""
        read_only = "" if self.writable else ",readonly"
        return f"--mount=type=bind,source={self.source},target={self.target}{read_only}"


def container(
    engine: Engine,
    image: str,
    name: str,
    words: Iterable[str],
    *,
    entrypoint: str = "smokealarm",
    mounts: Iterable[Mount] = (),
    environment: Mapping[str, str] | None = None,
    options: Iterable[str] = (),
) -> list[str]:
    """The command that starts the container, with the isolation that all of ours have."""
    variables = {"HOME": "/tmp", "USER": "runner", "LOGNAME": "runner", **(environment or {})}
    return [
        *(engine.program, "run", "--rm", f"--name={name}", f"--entrypoint={entrypoint}"),
        *_user(engine),
        *("--cap-drop=ALL", "--security-opt=no-new-privileges", "--pids-limit=4096"),
        # exec: torch compiles kernels to its temporary folder and loads them from there.
        *("--read-only", "--tmpfs=/tmp:rw,exec,nosuid,nodev,mode=1777"),
        *(mount.flag() for mount in mounts),
        *(f"--env={key}={value}" for key, value in variables.items()),
        *options,
        image,
        *words,
    ]


def _user(engine: Engine) -> list[str]:
    """The runner's own user, so that results can be read and the workspace's owner is the same.

    In a rootless Docker the runner's user is called root inside. Rootless podman can map it to itself.
    SELinux would refuse the workspace unless it were relabelled, which is not ours to do.
    """
    if engine.podman:
        mapped = ["--userns=keep-id"] if engine.rootless else []
        return [*mapped, f"--user={os.getuid()}:{os.getgid()}", "--security-opt=label=disable"]
    return ["--user=0:0" if engine.rootless else f"--user={os.getuid()}:{os.getgid()}"]


def of_the_job(environ: Mapping[str, str], image: str) -> dict[str, str]:
    """The variables of the job that a run may know.

    git refuses a repository of another user ("dubious ownership") unless this, or a file that is not
    ours to write, says that it is safe; and it must not try to refresh an index that it cannot write.
    """
    return {
        **{name: environ[name] for name in PASSED_ON if name in environ},
        "GITHUB_WORKSPACE": WORKSPACE,
        "GITHUB_EVENT_PATH": EVENT,
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "safe.directory",
        "GIT_CONFIG_VALUE_0": "*",
        "GIT_OPTIONAL_LOCKS": "0",
        "SMOKEALARM_IMAGE": image,
    }
