"""Parameters that the loss depends on and the model does not know of: in plain lists, or made anew."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from torch import Tensor, nn
from torch.optim.optimizer import register_optimizer_step_pre_hook

from smokealarm.memorize.checks.optimizer_complete import Stray, Strays
from smokealarm.memorize.setup import Setup
from smokealarm.memorize.watches.backward import graph, listening_to_backward

LOOKS = 3  # calls of backward that are looked at
DEEP = 3  # containers within containers
LONGEST = 1000  # items of a container that may hold layers
TORCHS = frozenset(vars(nn.Module()))  # where every module keeps its registered parts


class Watch:
    """Compares the leaves of the first graphs with the parameters of the model."""

    def __init__(self, setup: Setup, root: Path) -> None:
        self._setup = setup
        self._looks = 0
        self._seen: dict[int, Tensor] = {}  # kept alive, so that an id stays what it was
        self._held: set[int] = set()
        self._steps = 0

    @contextmanager
    def listening(self) -> Iterator[None]:
        hook = register_optimizer_step_pre_hook(self._before_step)
        try:
            with listening_to_backward(self._hear):
                yield
        finally:
            hook.remove()

    def _before_step(self, optimizer: Any, args: Any, kwargs: Any) -> None:
        self._steps += 1
        if self._steps <= 4 * LOOKS:
            groups = optimizer.param_groups
            self._held.update(id(own) for group in groups for own in group["params"])

    def _hear(self, roots: list[Tensor]) -> None:
        if self._looks >= LOOKS:
            return
        self._looks += 1
        own = {id(parameter) for _, parameter in self._setup.parameters()}
        for node in graph(roots):
            leaf = getattr(node, "variable", None)
            if isinstance(leaf, nn.Parameter) and id(leaf) not in own:
                self._seen[id(leaf)] = leaf

    def before_step(self, number: int, batch: Any) -> None:
        """Everything is told by backward."""

    def after_step(self, number: int, loss: float) -> None:
        """Everything is told by backward."""

    def seen(self) -> Strays:
        if not self._seen:
            return Strays(())
        found = [
            Stray(f"{owner}.{attribute}".strip("."), path, own.numel(), alone)
            for owner, attribute, alone, path, own in self._kept_aside()
            if id(own) in self._seen and id(own) not in self._held
        ]
        return Strays(tuple({each.path: each for each in found}.values()))

    def _kept_aside(self) -> Iterator[tuple[str, str, bool, str, nn.Parameter]]:
        """Of every module of the model, the modules and parameters in its plain attributes."""
        for name, module in self._setup.modules.items():
            for owner, each in module.named_modules(prefix=name):
                for attribute, value in list(vars(each).items()):
                    if attribute in TORCHS:
                        continue
                    alone = isinstance(value, (list, tuple)) and len(value) == 1
                    for path, own in _parameters(value, f"{owner}.{attribute}".strip("."), DEEP):
                        yield owner, attribute, alone, path, own


def _parameters(value: Any, path: str, deep: int) -> Iterator[tuple[str, nn.Parameter]]:
    if isinstance(value, nn.Parameter):
        yield path, value
    elif isinstance(value, nn.Module):
        for name, own in value.named_parameters():
            yield f"{path}.{name}", own
    elif deep and (items := _items(value)):
        for key, item in items.items():
            yield from _parameters(item, f"{path}.{key}", deep - 1)


def _items(value: Any) -> Mapping[Any, Any]:
    """Of a list, a dict, or an object of a class of the user's own."""
    if isinstance(value, (list, tuple)) and len(value) <= LONGEST:
        return dict(enumerate(value))
    if isinstance(value, Mapping) and len(value) <= LONGEST:
        return dict(value)
    own = isinstance(value, type) or callable(value) or not hasattr(value, "__dict__")
    return {} if own else dict(vars(value))
