"""Parameters as they were in the beginning, to see in the end which of them have moved."""

from __future__ import annotations

import torch
from torch import Tensor

from smokealarm.memorize.setup import Setup

KEPT = 10_000_000  # numbers in all copies together
LARGEST = 1_000_000  # numbers in one


class Copies:
    """Of the small parameters, as many as there is room for."""

    def __init__(self, setup: Setup | None = None) -> None:
        self._kept: dict[int, tuple[Tensor, Tensor]] = {}
        room = KEPT
        for _, parameter in setup.parameters() if setup else ():
            if parameter.numel() <= min(room, LARGEST):
                self._kept[id(parameter)] = (parameter, parameter.detach().clone())
                room -= parameter.numel()

    @property
    def any(self) -> bool:
        return bool(self._kept)

    def changed(self) -> set[int]:
        """By their id."""
        return {key for key, pair in self._kept.items() if not _same(*pair)}


def _same(now: Tensor, before: Tensor) -> bool:
    return now.shape == before.shape and torch.equal(now.detach(), before)
