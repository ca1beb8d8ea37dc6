"""Faults of state: what is kept from step to step and should not be, or is lost and should not be."""

from __future__ import annotations

import time
from typing import Any

import torch
from torch import Tensor

from smokealarm.memorize.faults.planting import edit_output, hidden, own_loop, stepping
from smokealarm.memorize.setup import Setup


def losses_kept_with_their_graphs(setup: Setup) -> Setup:
    """The loss is added up without .item(): the graph of every step stays in memory."""
    kept: list[Any] = []
    setup = own_loop(setup)

    def keep(output: Tensor) -> Tensor:
        kept.append(output)
        return output

    edit_output(hidden(setup), keep)
    return setup


def hidden_state_kept_with_its_graph(setup: Setup) -> Setup:
    """A hidden state goes on into the next step and is not detached: backward crashes."""
    edit_output(hidden(setup), _Carried(1e-3, detached=False))
    return setup


def hidden_state_leaks_into_the_next_batch(setup: Setup) -> Setup:
    """A hidden state is not reset between batches: a result depends on the call before."""
    edit_output(hidden(setup), _Carried(0.5, detached=True))
    return setup


class _Carried:
    def __init__(self, share: float, *, detached: bool) -> None:
        self._share = share
        self._detached = detached
        self._before: Tensor | None = None

    def __call__(self, output: Tensor) -> Tensor:
        before = self._before
        if before is not None and before.shape == output.shape:
            output = output + self._share * before
        self._before = output.detach() if self._detached else output
        return output


def average_of_the_weights_overwrites_them(setup: Setup) -> Setup:
    """The moving average of the weights is copied into the model that is trained."""
    averages = _copies(setup)

    def overwrite(optimizer: Any) -> None:
        with torch.no_grad():
            for _, parameter in setup.parameters():
                if id(parameter) in averages:
                    parameter.copy_(averages[id(parameter)].lerp_(parameter, 0.001))

    return stepping(setup, after=overwrite)


def checkpoint_loaded_at_every_step(setup: Setup) -> Setup:
    """The checkpoint is loaded inside of the loop: every step begins at the first weights."""
    return _restored(setup, every=1)


def weights_initialised_anew_under_way(setup: Setup) -> Setup:
    """Every ten steps the weights are what they were in the beginning, as for a new fold."""
    return _restored(setup, every=10)


def _restored(setup: Setup, every: int) -> Setup:
    first, calls = _copies(setup), iter(range(1, 10**9))

    def restore(optimizer: Any) -> None:
        if next(calls) % every == 0:
            with torch.no_grad():
                for _, parameter in setup.parameters():
                    if id(parameter) in first:
                        parameter.copy_(first[id(parameter)])

    return stepping(setup, after=restore)


def _copies(setup: Setup) -> dict[int, Tensor]:
    return {id(parameter): parameter.detach().clone() for _, parameter in setup.parameters()}


def seed_ignored(setup: Setup) -> Setup:
    """The weights are drawn from the clock: no two runs are alike."""
    clock = torch.Generator().manual_seed(time.time_ns() % 2**63)
    with torch.no_grad():
        for _, parameter in setup.parameters():
            if parameter.dim() > 1 and parameter.is_floating_point():
                drawn = torch.empty(parameter.shape).uniform_(0.5, 1.5, generator=clock)
                parameter.mul_(drawn.to(parameter.device))
    return setup


def model_made_anew_for_every_call(setup: Setup) -> Setup:
    """A hidden layer draws new weights in every forward pass."""
    edit_output(hidden(setup), lambda output: output * torch.randn(output.shape[-1:]))
    return setup


FAULTS = (
    losses_kept_with_their_graphs,
    hidden_state_kept_with_its_graph,
    hidden_state_leaks_into_the_next_batch,
    average_of_the_weights_overwrites_them,
    checkpoint_loaded_at_every_step,
    weights_initialised_anew_under_way,
    seed_ignored,
    model_made_anew_for_every_call,
)
