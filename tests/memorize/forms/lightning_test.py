"""Lightning modules: healthy ones of many shapes stay quiet, and each fault is found."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from smokealarm.errors import FatalError
from smokealarm.memorize.batch import fresh
from smokealarm.memorize.forms import read
from tests.memorize.asking import ALL, ask_here, of_code
from tests.memorize.forms import lightning_programs as programs
from tests.memorize.forms.naming import in_words

pytestmark = pytest.mark.usefixtures("in_the_repository")


@pytest.mark.parametrize("program", programs.PROGRAMS, ids=in_words)
def test_a_healthy_module_gives_no_finding(program: Callable[..., Any]) -> None:
    answers = ask_here(f"lightning_programs:{program.__name__}", *ALL)
    assert {check: answer.messages for check, answer in answers.items() if answer.findings} == {}
    assert {check: answer.doubt for check, answer in answers.items() if answer.doubt} == {}


FAULTS = [
    ("zero_grad_that_does_nothing", "gradients_faithful", "they pile up"),
    (
        "zero_grad_before_the_step",
        "gradients_flow",
        "the gradient is gone when the optimizer steps",
    ),
    ("sign_of_the_loss_reversed", "memorizes", "one batch was not learnt"),
    (
        "parameters_missing_in_configure_optimizers",
        "optimizer_complete",
        "parameters that no optimizer holds: net.0.bias, net.0.weight",
    ),
    ("loss_that_is_not_returned", "memorizes", "nothing that can be trained hangs on the loss"),
    (
        "loss_without_a_graph",
        "gradients_flow",
        "no parameter that can be trained hangs on the loss",
    ),
    (
        "backward_forgotten_in_manual_optimization",
        "gradients_flow",
        "the optimizer steps without any gradient",
    ),
]


@pytest.mark.parametrize(
    ("program", "check", "message"), FAULTS, ids=[f"{name} by {check}" for name, check, _ in FAULTS]
)
def test_a_fault_is_found(program: str, check: str, message: str) -> None:
    answer = ask_here(f"lightning_programs:{program}", check)[check]
    assert [message in text for text in answer.messages] == [True]


def test_what_lightning_refuses_to_train_is_a_crash() -> None:
    with pytest.raises(RuntimeError, match="multiple optimizers is only supported with manual"):
        ask_here("lightning_programs:two_optimizers_in_automatic_optimization", "memorizes")


@pytest.mark.parametrize(
    ("program", "owner"),
    [
        ("classifier_with_a_datamodule", "Lightning"),
        ("gan_in_manual_optimization", ""),
        ("zero_grad_that_does_nothing", ""),
    ],
    ids=["automatic optimization", "manual optimization", "a hook that takes part in the step"],
)
def test_whose_loop_it_is(program: str, owner: str) -> None:
    setup = read(getattr(programs, program)(0))
    assert (setup.form, setup.owner) == ("Lightning", owner)


def test_the_loss_is_that_of_the_training_step_and_the_outputs_those_of_forward() -> None:
    setup = read(programs.classifier_with_a_datamodule(0))
    inputs, target = setup.batch
    assert setup.loss and setup.outputs
    loss, outputs = setup.loss(fresh(setup.batch)), setup.outputs(fresh(setup.batch))
    assert loss.requires_grad
    assert torch.equal(outputs, setup.model.net(inputs))
    assert torch.isclose(loss, torch.nn.functional.cross_entropy(outputs, target))


def test_the_batch_is_taken_once_and_the_loaders_are_those_of_the_datamodule() -> None:
    setup = read(programs.classifier_with_a_datamodule(0))
    assert setup.data is not None and setup.data.batch_size == 16
    assert len(setup.validation.dataset) == 64
    assert [tuple(part.shape) for part in setup.batch] == [(16, 12), (16,)]


def test_a_step_is_one_of_lightnings_own_with_an_update_of_the_parameters() -> None:
    setup = read(programs.hooks_of_every_kind_around_the_step(0))
    before = setup.model.net[0].weight.detach().clone()
    assert setup.train_step is not None
    losses = [setup.train_step(fresh(setup.batch)) for _ in range(3)]
    assert losses[2] < losses[0]
    assert not torch.equal(before, setup.model.net[0].weight)
    assert (setup.model.seen, setup.model.global_step) == (3, 3)


def test_accumulated_steps_update_once_in_four_and_tell_the_whole_loss() -> None:
    setup = read(programs.accumulation_in_bfloat16_with_clipping(0))
    assert setup.train_step is not None and setup.loss is not None
    losses = [setup.train_step(fresh(setup.batch)) for _ in range(4)]
    assert losses[0] == losses[1] == losses[3]
    assert setup.train_step(fresh(setup.batch)) < losses[0]


OLDER = """
import pytorch_lightning as pl
import torch
class Net(pl.LightningModule):
    def __init__(self):
        super().__init__()
        self.net = torch.nn.Linear(12, 4)
    def training_step(self, batch):
        return torch.nn.functional.cross_entropy(self.net(batch[0]), batch[1])
    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), 0.1)
def setup():
    return Net(), [(torch.randn(8, 12), torch.randint(4, (8,)))]
"""


def test_the_older_package_is_known_too_in_a_process_of_its_own(tmp_path: Path) -> None:
    answers = of_code(tmp_path, OLDER)
    assert [(answer.messages, answer.doubt) for answer in answers.values()] == [([], None)] * 3


def test_a_crash_in_a_hook_is_told_on_the_users_line(tmp_path: Path) -> None:
    hook = "    def on_train_batch_start(self, batch, index):\n        raise ValueError('wrong')\n"
    code = OLDER.replace("    def configure", f"{hook}    def configure")
    [finding] = of_code(tmp_path, code, "finite")["finite"].findings
    assert (finding.path, finding.line) == ("train.py", 11)


@pytest.mark.parametrize(
    ("returned", "message"),
    [
        (lambda: {"model": programs.Classifier(), "dat": 1}, "unknown `dat`"),
        (lambda: (programs.Classifier(), 1, 2), "a LightningModule and 2 more"),
        (lambda: programs.Classifier(), "Classifier without data"),
    ],
    ids=["a wrong name", "too many parts", "no data"],
)
def test_what_cannot_be_used_is_told(returned: Callable[[], Any], message: str) -> None:
    with pytest.raises(FatalError, match=message):
        read(returned())
