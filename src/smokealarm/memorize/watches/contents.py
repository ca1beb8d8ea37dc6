"""What is in the batch, before the first step and after it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from smokealarm.memorize.batch import size, tensors
from smokealarm.memorize.checks.batch_sound import HUGE, Contents
from smokealarm.memorize.setup import Setup

TARGETS = ("labels", "label", "targets", "target", "y")  # what mappings call them
FEWEST = 4  # samples
LARGEST = 10_000_000  # numbers in a tensor that is looked at


class Watch:
    """Looks at the first step only."""

    def __init__(self, setup: Setup, root: Path) -> None:
        self._contents = Contents()
        self._targets: list[Tensor] = []
        self._differed = False

    @contextmanager
    def listening(self) -> Iterator[None]:
        yield

    def before_step(self, number: int, batch: Any) -> None:
        if number == 1:
            with suppress(Exception), torch.no_grad():  # a batch may be of any kind
                self._look(batch)

    def after_step(self, number: int, loss: float) -> None:
        if number == 1 and self._differed:
            with suppress(Exception), torch.no_grad():
                over = all(map(_alike, self._targets))
                self._contents = self._contents._replace(overwritten=over)
        self._targets = []

    def seen(self) -> Contents:
        return self._contents

    def _look(self, batch: Any) -> None:
        samples = size(batch) or 0
        inputs, self._targets = _parts(batch)
        if samples < FEWEST or not inputs or any(t.numel() > LARGEST for t in tensors(batch)):
            return
        self._differed = bool(self._targets) and not all(map(_alike, self._targets))
        numbers = [each for each in inputs if each.is_floating_point()]
        huge = [each[torch.isfinite(each) & (each > HUGE)] for each in numbers]
        self._contents = Contents(
            samples,
            same_inputs=all(map(_alike, inputs)),
            same_targets=bool(self._targets) and not self._differed,
            no_inputs=not any(bool(each.any()) for each in inputs),
            largest=max((_largest(each) for each in numbers), default=0.0),
            huge=sum(each.numel() for each in huge),
            leak=_leak(inputs, self._targets),
        )


def _parts(batch: Any) -> tuple[list[Tensor], list[Tensor]]:
    """Inputs and targets."""
    if isinstance(batch, Mapping):
        named = [key for key in batch if key in TARGETS]
        rest = [batch[key] for key in batch if key not in TARGETS]
        return list(tensors(rest)), list(tensors([batch[key] for key in named]))
    if type(batch) is tuple and len(batch) > 1:
        return list(tensors(batch[:-1])), list(tensors(batch[-1]))
    return list(tensors(batch)), []


def _alike(tensor: Tensor) -> bool:
    return not tensor.dim() or bool(torch.all(tensor == tensor[:1]))


def _largest(tensor: Tensor) -> float:
    finite = tensor[torch.isfinite(tensor)]
    return float(finite.abs().max()) if finite.numel() else 0.0


def _leak(inputs: list[Tensor], targets: list[Tensor]) -> int | None:
    if len(inputs) != 1 or len(targets) != 1 or inputs[0].dim() != 2:
        return None
    table, target = inputs[0], targets[0].flatten()
    if not table.is_floating_point() or table.shape[1] < 2 or len(target) != len(table):
        return None
    if len(target) < 8 or bool(torch.all(target == target[0])):
        return None
    same = torch.all(table == target.to(table.dtype).unsqueeze(1), 0)
    return int(same.nonzero()[0]) if bool(same.any()) else None
