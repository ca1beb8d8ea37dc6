"""The inputs of the action, read once and held to what they may be."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from smokealarm.errors import FatalError

SIZE = re.compile(r"\d+[bkmg]?", re.ASCII)
IMAGE = re.compile(r"\w[\w.:/@-]*", re.ASCII)
BUILD_ARG = re.compile(r"[A-Za-z_]\w*=.*", re.ASCII)


class Inputs(NamedTuple):
    """What the user asked for; the defaults are those of action.yml."""

    config: str = ".smokealarm.yaml"
    stages: tuple[str, ...] = ()
    base: str = ""
    engine: str = "auto"
    image: str = ""
    build_args: tuple[str, ...] = ()
    gpu: str = "auto"
    network: str = "none"
    shm_size: str = "2g"
    memory: str = ""
    timeout_minutes: float = 30.0


def read(environ: Mapping[str, str]) -> Inputs:
    """The inputs from the INPUT_* variables. Raises FatalError for what an input cannot be."""

    def given(name: str) -> str:
        default = Inputs._field_defaults[name] or ""
        return environ.get(f"INPUT_{name.upper()}", "").strip() or str(default)

    return Inputs(
        config=given("config"),
        stages=tuple(given("stages").replace(",", " ").split()),
        base=given("base"),
        engine=one_of("engine", given("engine"), "auto", "docker", "podman", "host"),
        image=shaped("image", given("image"), IMAGE, "ghcr.io/you/image@sha256:..."),
        build_args=tuple(
            shaped("build_args", line.strip(), BUILD_ARG, "NAME=VALUE")
            for line in given("build_args").splitlines()
        ),
        gpu=one_of("gpu", given("gpu"), "auto", "required", "off"),
        network=one_of("network", given("network"), "none", "bridge", "host"),
        shm_size=shaped("shm_size", given("shm_size"), SIZE, "2g"),
        memory=shaped("memory", given("memory"), SIZE, "8g"),
        timeout_minutes=minutes(given("timeout_minutes")),
    )


def one_of(name: str, value: str, *choices: str) -> str:
    """The value, which is one of the choices."""
    if value not in choices:
        raise FatalError(
            f"the input {name} cannot be {value!r}", f"Choose one of: {', '.join(choices)}."
        )
    return value


def shaped(name: str, value: str, shape: re.Pattern[str], example: str) -> str:
    """The value, which is empty or looks like the example."""
    if value and not shape.fullmatch(value):
        raise FatalError(f"the input {name} cannot be {value!r}", f"Write it like this: {example}")
    return value


def minutes(value: str) -> float:
    """The value as a number of minutes above zero."""
    if not re.fullmatch(r"\d{1,6}(\.\d+)?", value, re.ASCII) or not float(value):
        raise FatalError(
            f"the input timeout_minutes cannot be {value!r}", "Write a number above 0, such as 30."
        )
    return float(value)
