"""Hugging Face Trainers: healthy ones of many shapes stay quiet, and each fault is found."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from transformers import Trainer

from smokealarm.errors import FatalError
from smokealarm.memorize.batch import fresh
from smokealarm.memorize.forms import read
from smokealarm.memorize.step import in_eval_mode
from tests.memorize.asking import ALL, ask_here
from tests.memorize.forms import trainer_programs as programs
from tests.memorize.forms.naming import in_words

pytestmark = pytest.mark.usefixtures("in_the_repository")


@pytest.mark.parametrize("program", programs.PROGRAMS, ids=in_words)
def test_a_healthy_trainer_gives_no_finding(program: Callable[..., Any]) -> None:
    answers = ask_here(f"trainer_programs:{program.__name__}", *ALL)
    assert {check: answer.messages for check, answer in answers.items() if answer.findings} == {}
    assert {check: answer.doubt for check, answer in answers.items() if answer.doubt} == {}


FAULTS = [
    ("zero_grad_that_does_nothing", "gradients_faithful", "they pile up"),
    ("optimizer_that_climbs", "memorizes", "one batch was not learnt"),
    (
        "head_missing_in_create_optimizer",
        "optimizer_complete",
        "parameters that no optimizer holds: net.0.bias, net.0.weight",
    ),
    (
        "training_step_without_backward",
        "gradients_flow",
        "the optimizer steps without any gradient",
    ),
    (
        "loss_computed_without_a_graph",
        "gradients_flow",
        "no parameter that can be trained hangs on the loss",
    ),
]


@pytest.mark.parametrize(
    ("program", "check", "message"), FAULTS, ids=[f"{name} by {check}" for name, check, _ in FAULTS]
)
def test_a_fault_is_found(program: str, check: str, message: str) -> None:
    answer = ask_here(f"trainer_programs:{program}", check)[check]
    assert [message in text for text in answer.messages] == [True]


@pytest.mark.parametrize(
    ("program", "owner"),
    [("classification_of_sentences", "the Trainer"), ("training_step_without_backward", "")],
    ids=["the Trainer's own step", "a training_step of the user's"],
)
def test_whose_loop_it_is(program: str, owner: str) -> None:
    setup = read(getattr(programs, program)(0))
    assert (setup.form, setup.owner) == ("Hugging Face Trainer", owner)


def test_the_loss_the_outputs_and_the_evaluation_are_of_one_batch() -> None:
    setup = read(programs.classification_of_sentences(0))
    assert setup.loss and setup.outputs and setup.eval_step
    with in_eval_mode(setup):
        logits = setup.outputs(fresh(setup.batch)).logits
        evaluated = setup.eval_step(fresh(setup.batch))
    expected = torch.nn.functional.cross_entropy(logits, setup.batch["labels"])
    assert torch.isclose(evaluated, expected)
    assert setup.loss(fresh(setup.batch)).requires_grad


def test_accumulation_gives_the_gradient_of_the_whole_batch() -> None:
    """The tokens of all parts are counted, as the Trainer does."""
    gradients = []
    for parts in (1, 4):
        torch.manual_seed(0)
        arguments = programs.arguments(gradient_accumulation_steps=parts, max_grad_norm=0.0)
        model = programs.gpt()
        for dropout in (each for each in model.modules() if isinstance(each, torch.nn.Dropout)):
            dropout.p = 0.0
        setup = read(Trainer(model, arguments, train_dataset=programs.texts()))
        weight = model.transformer.wte.weight
        setup.optimizers[0].register_step_pre_hook(
            lambda *_, weight=weight: gradients.append(weight.grad.clone())
        )
        assert setup.train_step is not None
        setup.train_step(fresh(setup.batch))
    assert torch.allclose(gradients[0], gradients[1], atol=1e-6)


def test_a_warm_up_for_a_long_training_is_shortened() -> None:
    setup = read(programs.label_smoothing_and_a_long_warm_up(0))
    assert setup.train_step is not None
    for _ in range(30):
        setup.train_step(fresh(setup.batch))
    assert setup.optimizers[0].param_groups[0]["lr"] == pytest.approx(5e-3)


@pytest.mark.parametrize(
    ("returned", "message"),
    [
        (
            lambda: {"trainer": programs.classification_of_sentences(0), "hint": {}},
            "unknown `hint`",
        ),
        (lambda: Trainer(programs.bert(), programs.arguments()), "no train_dataset"),
    ],
    ids=["a wrong name", "no data"],
)
def test_what_cannot_be_used_is_told(returned: Callable[[], Any], message: str) -> None:
    with pytest.raises(FatalError, match=message):
        read(returned())
