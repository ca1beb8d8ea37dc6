"""What the inputs may be, and what becomes of them."""

from __future__ import annotations

import pytest

from smokealarm.container import inputs, launch
from smokealarm.container.inputs import Inputs
from smokealarm.errors import FatalError


def test_without_inputs_the_defaults_hold() -> None:
    assert inputs.read({}) == Inputs()


def test_inputs_are_read_from_the_environment() -> None:
    given = inputs.read(
        {
            "INPUT_STAGES": "style, data",
            "INPUT_BUILD_ARGS": "TORCH=\nEXTRAS=data\n",
            "INPUT_TIMEOUT_MINUTES": "1.5",
        }
    )
    assert given.stages == ("style", "data")
    assert given.build_args == ("TORCH=", "EXTRAS=data")
    assert given.timeout_minutes == 1.5


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("engine", "lxc"),
        ("gpu", "yes"),
        ("network", "container:other"),
        ("image", "--privileged"),
        ("build_args", "--secret"),
        ("shm_size", "2 GB"),
        ("memory", "lots"),
        ("timeout_minutes", "0"),
        ("timeout_minutes", "-1"),
        ("timeout_minutes", "٣"),
    ],
)
def test_what_an_input_cannot_be_is_said_with_what_it_can(name: str, value: str) -> None:
    with pytest.raises(FatalError, match=f"the input {name} cannot be") as caught:
        inputs.read({f"INPUT_{name.upper()}": value})
    assert caught.value.remedy


def test_without_a_base_the_event_says_what_changed() -> None:
    assert "--github-event" in launch.words(Inputs(), "out.json")


def test_no_value_is_taken_for_an_option() -> None:
    words = launch.words(Inputs(base="--all", config="-x", stages=("--case",)), "out.json")
    expected = ["--config=-x", "--base=--all", "--stage=--case", "--results=out.json"]
    assert words == ["check", *expected]
