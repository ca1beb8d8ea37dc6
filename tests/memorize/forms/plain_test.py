"""Plain PyTorch: what people return is understood, and what cannot be is told in their words."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import nn

from smokealarm.errors import FatalError
from smokealarm.memorize.batch import fresh, shrunk, size
from smokealarm.memorize.forms import read
from tests.memorize.asking import ALL, ask_here
from tests.memorize.forms import plain_programs as programs
from tests.memorize.forms.naming import in_words

pytestmark = pytest.mark.usefixtures("in_the_repository")


@pytest.mark.parametrize("program", programs.PROGRAMS, ids=in_words)
def test_a_healthy_program_gives_no_finding(program: Callable[..., Any]) -> None:
    answers = ask_here(f"plain_programs:{program.__name__}", *ALL)
    assert {check: answer.messages for check, answer in answers.items() if answer.findings} == {}
    assert {check: answer.doubt for check, answer in answers.items() if answer.doubt} == {}


@pytest.mark.parametrize(
    ("program", "check", "message"),
    [
        ("rate_of_zero", "memorizes", "one batch was not learnt"),
        ("head_missing_in_the_optimizer", "optimizer_complete", "no optimizer holds: net.2.bias"),
        ("graph_without_a_gradient", "gradients_flow", "no parameter that can be trained hangs"),
    ],
    ids=["a rate of zero", "a head that is missing", "a graph without a gradient"],
)
def test_a_fault_is_found(program: str, check: str, message: str) -> None:
    answer = ask_here(f"plain_programs:{program}", check)[check]
    assert [message in text for text in answer.messages] == [True]


@pytest.mark.parametrize(
    "program",
    [programs.loader_over_dictionaries, programs.graph_with_a_method_to, programs.list_of_four],
    ids=in_words,
)
def test_the_outputs_are_those_of_the_model_whatever_the_batch(program: Callable[..., Any]) -> None:
    setup = read(program(0))
    assert setup.outputs is not None
    assert setup.outputs(fresh(setup.batch)).shape[1] == 4


def test_a_dataclass_is_made_smaller_as_a_tuple_is() -> None:
    batch = programs.Sample(*programs.labelled(), 0.5)
    smaller = shrunk(batch, 4)
    assert (size(batch), size(smaller), smaller.weight) == (16, 4, 0.5)


MODEL = nn.Linear(12, 4)
ADAM = torch.optim.Adam(MODEL.parameters())
LOSS = nn.CrossEntropyLoss()
DATA = programs.labelled()


@pytest.mark.parametrize(
    ("returned", "message", "remedy"),
    [
        (None, "nothing: its `return` is missing", "Return (model,"),
        (MODEL, "a Linear and nothing else", "Return (model,"),
        ((MODEL, LOSS, ADAM), "a tuple of 3, not of 4", "Return (model,"),
        ((MODEL, ADAM, LOSS, DATA), "`optimizer` is a CrossEntropyLoss", "The order matters"),
        ({"net": MODEL, "data": DATA}, "unknown `net`", "Did you mean `model`?"),
        ({"model": MODEL, "criterion": LOSS}, "unknown `criterion`", "Did you mean `loss_fn`?"),
        ({"model": MODEL, "optimizr": ADAM}, "unknown `optimizr`", "Did you mean `optimizer`?"),
        (SimpleNamespace(model=MODEL, loader=[DATA]), "no `data`", "It has `loader`"),
        ((MODEL, 0.5, ADAM, DATA), "`loss_fn` is a float", "called in every step"),
        ((MODEL, LOSS, ADAM, (*DATA, DATA[0])), "a tuple of 3 parts", "loss_fn(model, batch)"),
        ((MODEL, LOSS, ADAM, {"x": DATA[0]}), "a dict of 1 parts", "loss_fn(model, batch)"),
        ({"model": MODEL, "data": DATA, "train_step": 3}, "`train_step` is a int", "step(batch)"),
        ((MODEL, None, None, DATA), "`loss_fn` and `optimizer` are needed", "Return (model,"),
    ],
    ids=[
        "nothing",
        "a model alone",
        "three of four",
        "two parts swapped",
        "a model by another name",
        "a loss by another name",
        "a slip of the pen",
        "an object with another name",
        "a number for a function",
        "three parts for a loss of torch's",
        "a dict for a loss of torch's",
        "a number for a step",
        "no optimizer",
    ],
)
def test_what_cannot_be_used_is_told(returned: Any, message: str, remedy: str) -> None:
    with pytest.raises(FatalError) as caught:
        read(returned)
    assert message in caught.value.message
    assert remedy in (caught.value.remedy or "")
