"""The shapes of one training step, layer by layer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

from torch import Tensor, nn
from torch.nn.parameter import is_lazy

from smokealarm.memorize.batch import fresh, tensors
from smokealarm.memorize.bench import Bench
from smokealarm.memorize.checks.shapes import Layer, Shapes
from smokealarm.memorize.fit import Facts
from smokealarm.memorize.hooks import Hook
from smokealarm.memorize.pricing.forecast import eager
from smokealarm.memorize.setup import Setup, seed_everything
from smokealarm.memorize.step import train_step

SHOWN = 6  # tensors of one input or output
LAST = 8  # layers before a crash


def probe(bench: Bench, fact: Facts) -> Shapes:
    setup = bench.made()
    seed_everything(bench.seed)
    walk = Walk()
    with eager(), walk.watching(setup.modules):
        train_step(setup)(fresh(setup.batch))
    return Shapes(walk.layers)


def went_well(bench: Bench) -> str:
    """The last layers that were done when a first step crashed; empty where it does not again."""
    walk = Walk()
    with suppress(Exception):
        setup: Setup = bench.made()
        seed_everything(bench.seed)
        with eager(), walk.watching(setup.modules):
            train_step(setup)(fresh(setup.batch))
        return ""
    done = [layer for layer in walk.layers if not layer.inner]
    return "\n".join(f"{x.path}: {x.kind} {x.given} -> {x.made}" for x in done[-LAST:])


class Walk:
    """Notes every call of every module."""

    def __init__(self) -> None:
        self._begun: dict[tuple[str, str], None] = {}  # in the order of the calls
        self._done: dict[tuple[str, str], Layer] = {}

    @property
    def layers(self) -> tuple[Layer, ...]:
        """Those that came to their end."""
        return tuple(self._done[key] for key in self._begun if key in self._done)

    @contextmanager
    def watching(self, modules: Mapping[str, nn.Module]) -> Iterator[None]:
        with ExitStack() as hooks:
            for name, model in modules.items():
                for inner, module in model.named_modules(prefix=name):
                    for handle in self._hung(inner, module):
                        hooks.callback(handle.remove)
            yield

    def _hung(self, path: str, module: nn.Module) -> Iterator[Any]:
        def begin(module: nn.Module, given: Any, named: Any) -> None:
            self._begun.setdefault((path, described((*given, *_by_name(named)))))

        def end(module: nn.Module, given: Any, named: Any, made: Any) -> None:
            key = (path, described((*given, *_by_name(named))))
            if key in self._done:
                layer = self._done[key]
                self._done[key] = layer._replace(calls=layer.calls + 1)
            else:
                self._done[key] = _layer(module, *key, made)

        if not _scripted(module):
            yield module.register_forward_pre_hook(Hook(begin), with_kwargs=True)
            yield module.register_forward_hook(Hook(end), with_kwargs=True)


def _scripted(module: nn.Module) -> bool:
    """TorchScript takes hooks of its own kind only."""
    return type(module).__module__.startswith("torch.jit")


def _by_name(named: Mapping[str, Any]) -> Iterator[Any]:
    yield from ({name: value} for name, value in named.items() if any(True for _ in tensors(value)))


def _layer(module: nn.Module, path: str, given: str, made: Any) -> Layer:
    first = next(tensors(_opened(made)), None)
    return Layer(
        path,
        type(module).__name__,
        given,
        described(made),
        str(first.dtype).removeprefix("torch.") if first is not None else "",
        sum(p.numel() for p in module.parameters() if not is_lazy(p)),
        inner=any(True for _ in module.children()),
    )


def described(value: Any) -> str:
    """Such as `(64, 10), mask (64, 1)`: the shapes of the tensors in it, however they are packed."""
    shapes = list(_shapes(_opened(value), ""))
    more = f" and {len(shapes) - SHOWN} more" if len(shapes) > SHOWN else ""
    return ", ".join(shapes[:SHOWN]) + more


def _shapes(value: Any, name: str) -> Iterator[str]:
    if isinstance(value, Tensor):
        yield f"{name} {tuple(value.shape)}".lstrip()
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _shapes(item, str(key))
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _shapes(item, name)


def _opened(value: Any) -> Any:
    """The outputs of libraries that are neither a mapping nor a tuple carry theirs as attributes."""
    if isinstance(value, (Tensor, Mapping, list, tuple)) or not hasattr(value, "__dict__"):
        return value
    return vars(value)
