"""Where the outputs of linear layers go in the first step: a tag on the tensor itself is followed."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from torch import Tensor, nn
from torch.nn import functional
from torch.overrides import TorchFunctionMode

from smokealarm.child.stack import OWN
from smokealarm.memorize.checks.stacked_linear import Pair, Stacked
from smokealarm.memorize.hooks import Hook
from smokealarm.memorize.setup import Setup
from smokealarm.memorize.watches.losses import is_compiled

TAG = "_smokealarm_made_by"
# Asking a tensor for what it is, is no use of it.
QUESTIONS = frozenset("__get__ size dim numel stride detach is_contiguous __len__ data_ptr".split())
ELSEWHERE = ""


class Watch:
    """Follows the first step, and nothing after it."""

    def __init__(self, setup: Setup, root: Path) -> None:
        self._hidden = "the model is compiled: its layers cannot be seen" * is_compiled(setup)
        self._linears: dict[nn.Linear, str] = {}
        self._parents: dict[str, str] = {}
        for prefix, model in setup.modules.items():
            for name, module in model.named_modules(prefix=prefix):
                self._parents[name] = type(module).__name__
                if type(module) is nn.Linear:
                    self._linears[module] = name
        self._uses: dict[tuple[str, int], list[str]] = {}  # of each output, by layers or ELSEWHERE
        self._begins_at_zero: dict[nn.Linear, bool] = {}  # such as an adapter
        self._looking = ExitStack()

    @contextmanager
    def listening(self) -> Iterator[None]:
        try:
            yield
        finally:
            self._looking.close()

    def before_step(self, number: int, batch: Any) -> None:
        if number > 1 or self._hidden or len(self._linears) < 2:
            return
        for module in self._linears:
            self._begins_at_zero[module] = not bool(module.weight.any())
            for hook in (
                module.register_forward_pre_hook(Hook(self._enter)),
                module.register_forward_hook(Hook(self._leave)),
            ):
                self._looking.callback(hook.remove)
        self._looking.enter_context(_Mode(self))

    def after_step(self, number: int, loss: float) -> None:
        self._looking.close()

    def _enter(self, module: nn.Linear, inputs: Any) -> None:
        self._use(inputs, self._linears[module])

    def _leave(self, module: nn.Linear, inputs: Any, output: Any) -> None:
        if isinstance(output, Tensor):
            key = (self._linears[module], len(self._uses))
            self._uses[key] = []
            setattr(output, TAG, key)

    def use(self, values: Any) -> None:
        """Some function other than a linear layer's is given these."""
        self._use(values, ELSEWHERE)

    def _use(self, values: Any, by: str) -> None:
        for value in values:
            if isinstance(value, (list, tuple)):
                self._use(value, by)
            elif isinstance(value, Tensor) and hasattr(value, TAG):
                self._uses[getattr(value, TAG)].append(by)

    def seen(self) -> Stacked:
        named = {name: module for module, name in self._linears.items()}
        users: dict[str, list[list[str]]] = {}
        for (name, _), uses in self._uses.items():
            users.setdefault(name, []).append(uses)
        pairs = []
        for name, each_time in users.items():
            second = each_time[0][0] if each_time[0] else ELSEWHERE
            if second not in (ELSEWHERE, name) and all(uses == [second] for uses in each_time):
                pairs.append((name, second))
        found = [self._pair(*pair, named) for pair in pairs]
        return Stacked(tuple(pair for pair in found if pair), self._hidden)

    def _pair(self, first: str, second: str, named: dict[str, nn.Linear]) -> Pair | None:
        parent = first.rpartition(".")[0]
        before, after = named[first], named[second]
        trainable = before.weight.requires_grad and after.weight.requires_grad
        adapter = self._begins_at_zero[before] or self._begins_at_zero[after]
        if second.rpartition(".")[0] != parent or not trainable or adapter:
            return None
        features = (before.in_features, before.out_features, after.out_features)
        return Pair(first, second, features, self._parents.get(parent, ""))


class _Mode(TorchFunctionMode):
    def __init__(self, watch: Watch) -> None:
        super().__init__()
        self._watch = watch

    def __torch_function__(
        self, function: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        ours = OWN.as_posix() in sys._getframe(1).f_code.co_filename
        if function is not functional.linear and not ours:
            if getattr(function, "__name__", "") not in QUESTIONS:
                self._watch.use((*args, *(kwargs or {}).values()))
        return function(*args, **(kwargs or {}))
