"""The container engine that answers, and which of the two tongues it speaks."""

from __future__ import annotations

import shutil
from typing import NamedTuple

from smokealarm.container import failures
from smokealarm.container.process import asked
from smokealarm.errors import Inconclusive

REMEDY = "Install docker or podman on the runner, or set `engine: host` with smokealarm installed."


class Engine(NamedTuple):
    """A program that runs containers."""

    program: str
    podman: bool = False
    rootless: bool = False


def found(wanted: str) -> Engine:
    """The engine that the input asks for; with `auto`, the first that answers. Raises Inconclusive."""
    names = ("docker", "podman") if wanted == "auto" else (wanted,)
    doubts = []
    for name in names:
        try:
            return _answering(name)
        except Inconclusive as doubt:
            doubts.append(doubt)
    if len(doubts) == 1 or shutil.which("podman"):
        raise doubts[-1]
    raise doubts[0]


def _answering(name: str) -> Engine:
    if not shutil.which(name):
        raise Inconclusive(f"{name} is not installed on this runner", REMEDY)
    # The package podman-docker installs a `docker` that is podman, where `--gpus` silently does nothing.
    podman = "podman" in asked(name, "--version").tail.lower()
    form = "{{.Host.Security.Rootless}}" if podman else "{{.ServerVersion}} {{.SecurityOptions}}"
    answer = asked(name, "info", "--format", form)
    if answer.code:
        raise failures.explained(answer.code, answer.tail)
    said = answer.tail.lower()
    return Engine(name, podman, rootless=said.startswith("true") if podman else "rootless" in said)
