"""Both errors of the stage: programs that are fine and alarm, programs with a fault that do not."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pytest

from smokealarm.finding import Level
from tests.memorize import faulty_programs, healthy_programs
from tests.memorize.asking import ALL, ask_here

pytestmark = pytest.mark.usefixtures("in_the_repository")


def in_words(program: Callable[..., Any]) -> str:
    return program.__name__.replace("_", " ")


@pytest.mark.parametrize("program", healthy_programs.PROGRAMS, ids=in_words)
def test_a_healthy_program_gives_no_finding(program: Callable[..., Any]) -> None:
    name = f"healthy_programs:{program.__name__}"
    answers = ask_here(name, *ALL, "samples_independent")
    assert {check: answer.messages for check, answer in answers.items() if answer.findings} == {}
    assert [check for check in ALL if answers[check].doubt] == []


def test_updates_by_hand_without_an_optimizer_are_no_failure() -> None:
    answers = ask_here("healthy_programs:updates_by_hand")
    assert [answer.findings for answer in answers.values()] == [[], [], []]
    doubt = answers["gradients_flow"].doubt
    assert doubt and "names no optimizer" in doubt.message


LOST = "the gradient is gone when the optimizer steps: 0.bias, 0.weight, 2.bias, 2.weight"
FAULTS = [
    ("zero_grad_between_backward_and_step", "gradients_flow", LOST),
    ("optimizer_over_another_model", "gradients_flow", "holds none of the model's parameters"),
    (
        "layer_replaced_after_the_optimizer_was_made",
        "gradients_flow",
        "and does not hold 2.bias, 2.weight",
    ),
    ("detached_loss", "gradients_flow", "no parameter that can be trained hangs on the loss"),
    ("detached_loss", "memorizes", "nothing that can be trained hangs on the loss"),
    ("everything_frozen", "gradients_flow", "no parameter that can be trained hangs on the loss"),
    ("softmax_over_one_output", "gradients_flow", "every gradient is exactly zero"),
    ("backward_forgotten", "gradients_flow", "the optimizer steps without any gradient"),
    ("zero_grad_forgotten", "gradients_flow", "they pile up"),
    ("learning_rate_far_too_small", "memorizes", "one batch was not learnt"),
    ("learning_rate_absurdly_high", "finite", "the forward pass became NaN or infinite at step"),
    ("sign_of_the_loss_reversed", "memorizes", "one batch was not learnt"),
    ("labels_shuffled_at_every_step", "memorizes", "one batch was not learnt"),
    ("softmax_over_the_batch", "memorizes", "one batch was not learnt"),
    ("inputs_that_do_not_arrive", "memorizes", "one batch was not learnt"),
    ("log_of_zero", "finite", "the forward pass became NaN or infinite at step 1 in log"),
    ("square_root_at_zero", "finite", "the gradient became NaN or infinite at step 1"),
    ("samples_that_mix", "samples_independent", "changes with the other samples of its batch"),
]


@pytest.mark.parametrize(
    ("program", "check", "message"), FAULTS, ids=[f"{name} by {check}" for name, check, _ in FAULTS]
)
def test_a_fault_is_found(program: str, check: str, message: str) -> None:
    answer = ask_here(f"faulty_programs:{program}", check)[check]
    assert [message in text for text in answer.messages] == [True]
    [finding] = answer.findings
    assert finding.level is Level.FAILURE and finding.remedy
    assert (finding.path, finding.line) in places(program)


def places(program: str) -> list[tuple[str, int]]:
    """The lines marked `here`, or else where the program is defined or makes its optimizer step."""
    lines = inspect.getsource(faulty_programs).splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith(f"def {program}("))
    if program == "log_of_zero":
        start = next(i for i, line in enumerate(lines) if line.startswith("class LogOfZero"))
    end = next(
        (i for i in range(start + 2, len(lines)) if lines[i].startswith(("def ", "class "))),
        len(lines),
    )
    numbers = range(start, end)
    marked = [number for number in numbers if "# here" in lines[number]]
    stepping = [number for number in numbers if "optimizer.step()" in lines[number]]
    return [("faulty_programs.py", n + 1) for n in marked or stepping or [start]]
