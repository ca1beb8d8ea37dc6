"""The image to run: the user's own, or this action's Dockerfile, built once for what goes into it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from smokealarm.container import failures
from smokealarm.container.engine import Engine
from smokealarm.container.inputs import Inputs
from smokealarm.container.process import asked, shown
from smokealarm.errors import Inconclusive

ROOT = Path(__file__).resolve().parents[3]  # the action's own files
CONTEXT = ("Dockerfile", ".dockerignore", "pyproject.toml", "README.md", "LICENSE", "src", "hooks")


def ready(engine: Engine, inputs: Inputs) -> str:
    """The name of an image that is there. Raises Inconclusive where it cannot be had."""
    name = inputs.image or f"smokealarm:{digest(inputs.build_args)}"
    if asked(engine.program, "image", "inspect", name).code:
        print(f"smokealarm: getting the image {name}", flush=True)
        command = _pull(engine, name) if inputs.image else _build(engine, name, inputs.build_args)
        ended = shown(command, minutes=inputs.timeout_minutes)
        if ended.code:
            raise _unavailable(name, ended.tail)
    return name


def identity(engine: Engine, name: str) -> str:
    """What the image is, whatever its name says tomorrow."""
    answer = asked(engine.program, "image", "inspect", "--format", "{{.Id}}", name)
    return "" if answer.code else answer.tail


def digest(build_args: tuple[str, ...]) -> str:
    """A name for all that goes into a build: the same files and arguments, the same image."""
    seen = hashlib.sha256()
    for path in _context():
        seen.update(f"{path.relative_to(ROOT)}\0".encode())
        seen.update(hashlib.sha256(path.read_bytes()).digest())
    for argument in build_args:
        seen.update(f"{argument}\0".encode())
    return seen.hexdigest()[:16]


def _context() -> Iterator[Path]:
    for name in CONTEXT:
        for path in sorted((ROOT / name).rglob("*")) or [ROOT / name]:
            if path.is_file() and "__pycache__" not in path.parts:
                yield path


def _pull(engine: Engine, name: str) -> list[str]:
    return [engine.program, "pull", name]


def _build(engine: Engine, name: str, build_args: tuple[str, ...]) -> list[str]:
    arguments = [f"--build-arg={argument}" for argument in build_args]
    return [engine.program, "build", f"--tag={name}", *arguments, str(ROOT)]


def _unavailable(name: str, said: str) -> Inconclusive:
    return failures.recognised(said) or Inconclusive(
        f"the image {name} cannot be had: {failures.last_line(said)}",
        "Mend what the engine says (the log of this step has all of it), then run again.",
    )
