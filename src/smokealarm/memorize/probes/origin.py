"""Where a number that is not finite was born: a second run, under observation near the end."""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

from smokealarm.child.endings import innermost
from smokealarm.child.stack import frame_at, users_line
from smokealarm.errors import Place
from smokealarm.memorize.batch import fresh, tensors
from smokealarm.memorize.bench import Bench
from smokealarm.memorize.checks.finite import Bad, Origin
from smokealarm.memorize.fit import Facts, Trial
from smokealarm.memorize.hooks import Hook
from smokealarm.memorize.setup import Setup, seed_everything
from smokealarm.memorize.step import Detached, Step, train_step

# They put infinities in on purpose (masks), or what happened to be in memory.
INNOCENT = re.compile(
    r".*(mask|fill|grad).*|(new_)?(full|empty|zeros|ones|tensor)(_like)?|where|tri[ul]_?|as_tensor"
    r"|__[gs]et(item)?__|item|detach_?|to|clone|cpu|cuda|float|double|half|bfloat16"
)
_FRAME = re.compile(r'File "(.*)", line (\d+), in (.*)')
_OPERATION = re.compile(r"Function '(\w+?)(?:Backward\d*)?' returned nan")


def probe(bench: Bench, fact: Facts) -> Origin:
    """Run up to the step before the bad one, and then look at everything."""
    trial = fact(Trial)
    setup = bench.made(trial.seed)
    if len(trial.losses) == 1 and (name := _nan_in(setup.batch)):
        return Origin(Bad(1, f"the batch, at {name},"))
    seed_everything(trial.seed)
    step = train_step(setup)
    last = len(trial.losses) - 1
    for _ in range(last - 1):
        step(fresh(setup.batch))
    for number in range(max(last - 1, 0), last + 1):
        if bad := _observed(setup, step, number + 1, bench.root):
            return Origin(bad)
    return Origin(None)


def _observed(setup: Setup, step: Step, number: int, root: Path) -> Bad | None:
    spy = _Spy(setup, root)
    try:
        with warnings.catch_warnings(record=True) as told, spy:
            warnings.simplefilter("always")
            with torch.autograd.set_detect_anomaly(True):
                loss = step(fresh(setup.batch))
    except RuntimeError as error:
        return spy.bad(number) or spy.module_of(_in_backward(str(error), told, number, root))
    except Detached:
        return None
    finally:
        spy.stop()
    if not math.isfinite(loss):
        return spy.bad(number) or Bad(number, "the loss")
    broken = [name for name, p in setup.parameters() if not bool(torch.isfinite(p).all())]
    return Bad(number, f"parameter `{broken[0]}`") if broken else None


def _in_backward(text: str, told: list[Any], number: int, root: Path) -> Bad | None:
    """Torch's anomaly mode tells the operation in its error and the line in a warning."""
    match = _OPERATION.search(text)
    if not match:
        return None
    stack = "\n".join(str(warning.message) for warning in told)
    frames = [frame_at(path, int(line), name, root) for path, line, name in _FRAME.findall(stack)]
    return Bad(number, "the gradient", match[1].lower(), place=innermost(frames))


class _Spy(TorchFunctionMode):
    """Notes the first operation that makes what is not finite from what is."""

    def __init__(self, setup: Setup, root: Path) -> None:
        super().__init__()
        self._root = root
        self._modules: list[str] = []
        self._first: tuple[str, str, Place | None] | None = None
        self._first_nan: tuple[str, str, Place | None] | None = None
        self._hooks: list[Any] = []
        self._standing: dict[Place, str] = {}  # the module that ran when a line was first met
        for prefix, model in setup.modules.items():
            for name, module in model.named_modules(prefix=prefix):
                self._hooks.append(module.register_forward_pre_hook(Hook(self._enter(name))))
                self._hooks.append(module.register_forward_hook(Hook(self._leave)))

    def _enter(self, name: str) -> Callable[..., None]:
        return lambda module, inputs: self._modules.append(name)

    def _leave(self, *_: Any) -> None:
        self._modules.pop()

    def stop(self) -> None:
        for hook in self._hooks:
            hook.remove()

    def __torch_function__(
        self, function: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        result = function(*args, **(kwargs or {}))
        if self._modules and (place := users_line(self._root)):
            self._standing.setdefault(place, self._modules[-1])
        name = str(getattr(function, "__name__", function))
        if self._first is None and not INNOCENT.fullmatch(name):
            with torch._C.DisableTorchFunction(), torch.no_grad():
                self._judge(name, [args, kwargs or {}], result)
        return result

    def _judge(self, name: str, inputs: Any, result: Any) -> None:
        outputs = list(tensors(result))
        if not any(_has(torch.isfinite, tensor) for tensor in outputs):
            return
        module = self._modules[-1] if self._modules else ""
        found = (name, module, users_line(self._root))
        if not any(_has(torch.isfinite, tensor) for tensor in tensors(inputs)):
            self._first = found
        is_nan = any(bool(tensor.isnan().any()) for tensor in outputs)
        if is_nan and not any(bool(tensor.isnan().any()) for tensor in tensors(inputs)):
            self._first_nan = self._first_nan or found

    def module_of(self, bad: Bad | None) -> Bad | None:
        """With the module whose forward pass the line of a gradient belongs to."""
        return bad and bad._replace(module=self._standing.get(bad.place, "") if bad.place else "")

    def bad(self, number: int) -> Bad | None:
        found = self._first or self._first_nan
        return Bad(number, "the forward pass", *found) if found else None


def _nan_in(batch: Any, name: str = "") -> str:
    """Where in the batch a NaN is, such as `inputs` or `1.labels`; empty where none is."""
    if isinstance(batch, Tensor):
        return (
            (name or "its tensor")
            if batch.is_floating_point() and bool(batch.isnan().any())
            else ""
        )
    if isinstance(batch, Mapping):
        items = [(str(key), item) for key, item in batch.items()]
    elif isinstance(batch, (list, tuple)):
        names = (
            ("inputs", "target")
            if len(batch) == 2 and not name
            else tuple(map(str, range(len(batch))))
        )
        items = list(zip(names, batch))
    else:
        return ""
    found = (_nan_in(item, f"{name}.{key}" if name else key) for key, item in items)
    return next((each for each in found if each), "")


def _has(is_fine: Callable[[Tensor], Tensor], tensor: Tensor) -> bool:
    """Whether some number in the tensor is not fine."""
    return tensor.is_floating_point() and not bool(is_fine(tensor.detach()).all())
