"""The mode that dropout and batch-norm are in when the user's loop trains."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.modules.dropout import _DropoutNd

from smokealarm.memorize.checks.train_mode import Mode, Modes
from smokealarm.memorize.hooks import Hook
from smokealarm.memorize.setup import Setup

LOOKED_AT = 8  # steps


class Watch:
    """Looks at every call with gradients of such a layer in the first steps."""

    def __init__(self, setup: Setup, root: Path) -> None:
        self._setup = setup
        self._number = 0
        self._stack = ExitStack()
        self._training: dict[str, list[tuple[int, bool, bool]]] = {}  # step, its mode, its root's
        self._layers: dict[str, tuple[str, nn.Module]] = {}

    @contextmanager
    def listening(self) -> Iterator[None]:
        with self._stack:
            for name, root in self._setup.modules.items():
                for path, layer in root.named_modules(prefix=name):
                    if isinstance(layer, (_BatchNorm, _DropoutNd)):
                        self._layers[path] = (name, layer)
                        hook = self._looking(path, root)
                        self._stack.callback(layer.register_forward_pre_hook(hook).remove)
            yield

    def _looking(self, path: str, root: nn.Module) -> Any:
        def look(layer: nn.Module, given: Any) -> None:
            if torch.is_grad_enabled() and self._number:
                seen = self._training.setdefault(path, [])
                seen.append((self._number, layer.training, root.training))

        return Hook(look)

    def before_step(self, number: int, batch: Any) -> None:
        self._number = number

    def after_step(self, number: int, loss: float) -> None:
        if number >= LOOKED_AT:
            self._stack.close()

    def seen(self) -> Modes:
        return Modes(tuple(self._mode(path, *self._layers[path]) for path in self._training))

    def _mode(self, path: str, root: str, layer: nn.Module) -> Mode:
        calls = self._training[path]
        trained = [step for step, training, _ in calls if training]
        return Mode(
            path=path,
            kind=type(layer).__name__,
            dropout=float(layer.p) if isinstance(layer, _DropoutNd) else None,
            root=root,
            calls=len(calls),
            trained=len(trained),
            last_trained=max(trained, default=0),
            last_step=max(step for step, _, _ in calls),
            root_in_eval=sum(not of_root for _, training, of_root in calls if not training),
        )
