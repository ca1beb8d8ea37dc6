"""Faults of the mode: training in eval mode, evaluating in training mode, steps that should not train."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.modules.dropout import _DropoutNd

from smokealarm.memorize.faults.planting import (
    Call,
    Unfit,
    edit_output,
    hidden,
    modules,
    own_loop,
)
from smokealarm.memorize.setup import Setup

MODAL = (_BatchNorm, _DropoutNd)


def trained_in_eval_mode(setup: Setup) -> Setup:
    """model.eval() is called before every training step."""
    return _before_every_step(setup, _eval)


def eval_mode_after_the_first_step(setup: Setup) -> Setup:
    """After an evaluation nobody calls model.train() again."""
    calls = iter(range(10**9))
    return _before_every_step(setup, lambda each: _eval(each) if next(calls) else None)


def same_random_numbers_in_every_step(setup: Setup) -> Setup:
    """The random seed is set anew in every step: dropout always drops the same."""
    _modal(setup, _DropoutNd)
    return _before_every_step(setup, lambda each: torch.manual_seed(0) and None)


def dropout_in_eval_mode(setup: Setup) -> Setup:
    """F.dropout without `training=self.training`: the evaluation is random."""
    edit_output(hidden(setup), lambda output: F.dropout(output, 0.3))
    return setup


def evaluated_in_training_mode(setup: Setup) -> Setup:
    """The evaluation calls model.train(): dropout drops, and batch-norm learns from it."""
    _modal(setup)
    evaluate = _evaluation(setup)

    def eval_step(batch: Any) -> Any:
        for module in setup.modules.values():
            module.train()
        return evaluate(batch)

    return setup._replace(eval_step=eval_step)


def eval_step_trains(setup: Setup) -> Setup:
    """The evaluation makes a step of the optimizer."""
    own = own_loop(setup).train_step
    assert own is not None

    def eval_step(batch: Any) -> Any:
        with torch.enable_grad():
            return own(batch)

    return setup._replace(eval_step=eval_step)


def eval_step_writes_into_the_weights(setup: Setup) -> Setup:
    """The evaluation prunes the weights for its own use, and does not put them back."""
    evaluate = _evaluation(setup)

    def eval_step(batch: Any) -> Any:
        with torch.no_grad():
            for _, parameter in setup.parameters():
                parameter.mul_(parameter.abs() > 0.01)
        return evaluate(batch)

    return setup._replace(eval_step=eval_step)


def eval_step_writes_into_its_batch(setup: Setup) -> Setup:
    """The evaluation normalises its batch in place: a second one finds other numbers."""
    evaluate = _evaluation(setup)
    first = setup.batch[0] if isinstance(setup.batch, tuple) else None
    if not isinstance(first, torch.Tensor) or not first.is_floating_point():
        raise Unfit("its batch begins with no tensor of numbers")

    def eval_step(batch: Any) -> Any:
        batch[0].sub_(0.5).mul_(2)
        return evaluate(batch)

    return setup._replace(eval_step=eval_step)


def _modal(setup: Setup, *kinds: type[nn.Module]) -> None:
    """Raises Unfit for a program that does the same in either mode."""
    found = modules(setup, *(kinds or MODAL), called="dropout or batch-norm")
    if all(getattr(layer, "p", 1) == 0 for layer in found):
        raise Unfit("the program drops nothing out")


def _evaluation(setup: Setup) -> Call:
    """The program's own eval step, or else the loss."""
    evaluate = setup.eval_step or (setup.loss if setup.train_step is None else None)
    if evaluate is None:
        raise Unfit("the program has no evaluation")
    return evaluate


def _eval(setup: Setup) -> None:
    for module in setup.modules.values():
        module.eval()


def _before_every_step(setup: Setup, act: Call) -> Setup:
    setup = own_loop(setup)
    _modal(setup)
    step = setup.train_step
    assert step is not None

    def train_step(batch: Any) -> Any:
        act(setup)
        return step(batch)

    return setup._replace(train_step=train_step)


FAULTS = (
    trained_in_eval_mode,
    eval_mode_after_the_first_step,
    same_random_numbers_in_every_step,
    dropout_in_eval_mode,
    evaluated_in_training_mode,
    eval_step_trains,
    eval_step_writes_into_the_weights,
    eval_step_writes_into_its_batch,
)
