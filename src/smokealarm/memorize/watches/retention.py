"""Graphs that stay alive: a token on every node of the first steps tells whether it is still there."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from torch import Tensor

from smokealarm.child.stack import users_line
from smokealarm.errors import Place
from smokealarm.memorize.checks.memory_steady import Retention
from smokealarm.memorize.setup import Setup
from smokealarm.memorize.watches.backward import graph, listening_to_backward

FIRST, LAST = 3, 12  # steps whose graphs are marked
NODES = 1000  # of one graph


class Token:
    """Lives as long as the node that it hangs on: a hook that does nothing."""

    def __call__(self, *gradients: Any) -> None:
        return None


class Watch:
    """Marks the graphs of ten steps; at the end of the fit all of them should be gone."""

    def __init__(self, setup: Setup, root: Path) -> None:
        self._root = root
        self._number = 0
        self._marked: dict[int, list[tuple[str, weakref.ref[Token]]]] = {}
        self._place: Place | None = None

    @contextmanager
    def listening(self) -> Iterator[None]:
        with listening_to_backward(self._hear):
            yield

    def _hear(self, roots: list[Tensor]) -> None:
        if not FIRST <= self._number <= LAST:
            return
        self._place = self._place or users_line(self._root)
        marked = self._marked.setdefault(self._number, [])
        for node in graph(roots, NODES):
            if hasattr(node, "variable"):  # a parameter's own, which stays
                continue
            token = Token()
            node.register_hook(token)
            marked.append((node.name(), weakref.ref(token)))

    def before_step(self, number: int, batch: Any) -> None:
        self._number = number

    def after_step(self, number: int, loss: float) -> None:
        """The graph of this step may still be in use."""

    def seen(self) -> Retention:
        if all(self._alive(step) for step in self._marked):
            gc.collect()  # cycles are not kept by anybody
        alive = {step: self._alive(step) for step in self._marked}
        return Retention(
            marked=len(self._marked),
            alive=sum(bool(nodes) for nodes in alive.values()),
            nodes=sum(map(len, alive.values())),
            operation=next((nodes[0] for nodes in alive.values() if nodes), ""),
            steps=self._number,
            place=self._place,
        )

    def _alive(self, step: int) -> list[str]:
        return [name for name, token in self._marked[step] if token() is not None]
