"""How faults get at the parts of a program, and in between them."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.modules.conv import _ConvNd
from torch.nn.modules.linear import NonDynamicallyQuantizableLinear
from torch.nn.parameter import is_lazy
from torch.optim import Optimizer
from torch.overrides import TorchFunctionMode

from smokealarm.errors import Unasked
from smokealarm.memorize.setup import Setup

Edit = Callable[[Tensor], Tensor]
Call = Callable[..., Any]
UNFIT = "the fault does not fit"
LAYERS = (nn.Linear, _ConvNd, nn.Embedding, nn.EmbeddingBag, nn.RNNBase)


class Unfit(Unasked):
    """The program has no place for this fault."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"{UNFIT}: {reason}")


def modules(setup: Setup, *kinds: type[nn.Module], called: str) -> list[Any]:
    """Those of the kinds. Raises Unfit, by the name that the kinds are called, if there are none."""
    everything = (each for module in setup.modules.values() for each in module.modules())
    if found := [each for each in everything if isinstance(each, kinds)]:
        return list(dict.fromkeys(found))
    raise Unfit(f"the program has no {called}")


def layers(setup: Setup) -> list[Any]:
    """The layers with weights that are called, in the order in which they were written."""
    found = modules(setup, *LAYERS, called="layer of torch.nn with weights")
    called = [each for each in found if not isinstance(each, NonDynamicallyQuantizableLinear)]
    if any(is_lazy(own) for layer in called for own in layer.parameters(recurse=False)):
        raise Unfit("the layers have no shape yet when the program is made")
    return called


def hidden(setup: Setup) -> Any:
    """A layer in the middle, never the last."""
    found = layers(setup)
    if len(found) < 2:
        raise Unfit("the program has one layer only")
    return found[(len(found) - 1) // 2]


def last(setup: Setup, kind: type[nn.Module] = nn.Module) -> Any:
    head = layers(setup)[-1]
    if not isinstance(head, kind):
        raise Unfit(f"the last layer is no {kind.__name__}")
    return head


class Place:
    """A module whose outputs are edited, once it is called."""

    def __init__(self, module: nn.Module) -> None:
        self.module = module
        self.met = False


HOOKED: list[Place] = []  # of the fault that is being planted


def reached(setup: Setup, places: list[Place]) -> Setup:
    """Raises Unfit after the first step, where none of the places was ever come by."""
    if not places:
        return setup

    def within(call: Call | None) -> Any:
        def judged(*args: Any) -> Any:
            result = call(*args)  # type: ignore[misc]  # None is not wrapped
            if not any(place.met for place in places):
                raise Unfit("the module whose outputs would be changed is not called in a step")
            return result

        return call and judged

    return setup._replace(loss=within(setup.loss), train_step=within(setup.train_step))


def edit_output(module: nn.Module, edit: Edit) -> None:
    """Of a layer that returns a tuple, its first item is edited."""

    place = Place(module)
    HOOKED.append(place)

    def hook(module: nn.Module, args: Any, output: Any) -> Any:
        place.met = True
        if type(output) is tuple and output and isinstance(output[0], Tensor):
            return (edit(output[0]), *output[1:])
        if not isinstance(output, Tensor):
            raise Unfit(f"{type(module).__name__} returns no tensor")
        return edit(output)

    module.register_forward_hook(hook)


def edit_outputs(setup: Setup, edit: Edit) -> Setup:
    """What the whole model returns."""
    if "" not in setup.modules:
        raise Unfit("the program has several models")
    edit_output(setup.modules[""], edit)
    return setup


def optimizers(setup: Setup) -> list[Any]:
    """Those that the set-up names, or that its own step holds."""
    found = [*setup.optimizers, *_enclosed(setup.train_step)]
    if not found:
        raise Unfit("the program names no optimizer")
    return list({id(optimizer): optimizer for optimizer in found}.values())


def _enclosed(function: Any) -> Iterator[Optimizer]:
    if not inspect.isfunction(function):
        return
    for value in inspect.getclosurevars(function).nonlocals.values():
        for each in value if isinstance(value, (list, tuple)) else (value,):
            if isinstance(each, Optimizer):
                yield each


def groups(setup: Setup, key: str = "lr") -> list[dict[str, Any]]:
    """The parameter groups of every optimizer that have the key."""
    found = [group for each in optimizers(setup) for group in each.param_groups]
    if not any(key in group for group in found):
        raise Unfit(f"the optimizer has no `{key}`")
    return [group for group in found if key in group]


def held(optimizer: Any) -> Iterator[nn.Parameter]:
    for group in optimizer.param_groups:
        yield from group["params"]


def replace(owner: Any, name: str, made: Callable[[Call], Call]) -> None:
    """Put what is made of the method in its place."""
    original = getattr(owner, name)
    setattr(owner, name, functools.wraps(original)(made(original)))


def stepping(setup: Setup, *, before: Call | None = None, after: Call | None = None) -> Setup:
    """Each is called with the optimizer, around its every step."""
    for optimizer in optimizers(setup):
        if isinstance(optimizer, torch.optim.LBFGS):
            raise Unfit("its optimizer computes the gradients within its step")
        replace(optimizer, "step", functools.partial(_around, optimizer, before, after))
    return setup


def _around(optimizer: Any, before: Call | None, after: Call | None, step: Call) -> Call:
    def stepped(*args: Any, **kwargs: Any) -> Any:
        if before:
            before(optimizer)
        result = step(*args, **kwargs)
        if after:
            after(optimizer)
        return result

    return stepped


def gradients(change: Edit) -> Call:
    """For `before`: every gradient that the optimizer holds is changed."""

    def changed(optimizer: Any) -> None:
        for parameter in held(optimizer):
            if parameter.grad is not None:
                parameter.grad = change(parameter.grad)

    return changed


def own_loop(setup: Setup) -> Setup:
    """The program with a loop of its own: in ours, and in a trainer's, nothing can be forgotten."""
    if setup.owner not in ("", "smokealarm"):
        raise Unfit(f"{setup.owner} owns the loop, so that it cannot have this fault")
    if setup.train_step is not None:
        return setup
    if setup.schedulers or any(isinstance(each, torch.optim.LBFGS) for each in setup.optimizers):
        raise Unfit("it is smokealarm that calls its scheduler or closure")
    loss_of = setup.loss
    assert loss_of is not None

    def train_step(batch: Any) -> Tensor:
        for optimizer in setup.optimizers:
            optimizer.zero_grad()
        loss = loss_of(batch)
        loss.backward()  # type: ignore[no-untyped-call]  # torch does not type it
        for optimizer in setup.optimizers:
            optimizer.step()
        return loss

    return setup._replace(train_step=train_step, owner="")


class Calls(TorchFunctionMode):
    """Answers the calls of some functions of torch otherwise."""

    def __init__(self, edits: Mapping[Call, Call]) -> None:
        super().__init__()
        self._edits = edits
        self.met = False

    def __torch_function__(
        self, function: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        edit = self._edits.get(function)
        if edit is None:
            return function(*args, **(kwargs or {}))
        self.met = True
        return edit(function, *args, **(kwargs or {}))


def calling(setup: Setup, edit: Call, functions: Iterable[Call], called: str) -> Setup:
    """Every call of the functions, in a step or on the way to the loss, becomes edit(function, ...).

    Raises Unfit from within the first step, where none of them was called.
    """
    mode = Calls(dict.fromkeys(functions, edit))

    def within(call: Call | None) -> Any:
        def listened(*args: Any) -> Any:
            with mode:
                result = call(*args)  # type: ignore[misc]  # None is not wrapped
            if not mode.met:
                raise Unfit(f"the program calls no {called}")
            return result

        return call and listened

    return setup._replace(loss=within(setup.loss), train_step=within(setup.train_step))
