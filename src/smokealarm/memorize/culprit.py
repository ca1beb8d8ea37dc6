"""Where an error was raised: the module, what it was given, and the tensors beside the line."""

from __future__ import annotations

from collections.abc import Iterator
from types import FrameType
from typing import Any, NamedTuple

from torch import Tensor, nn


class Scene(NamedTuple):
    """The module that was running, the innermost one, and the tensors on the innermost line."""

    text: str  # of the error
    module: nn.Module | None = None
    path: str = ""  # the module's dotted name, from the outermost that was running
    given: tuple[Tensor, ...] = ()  # what its forward was called with
    near: dict[str, Tensor] = {}  # by the name of the variable
    function: str = ""  # that the innermost line belongs to

    @property
    def who(self) -> str:
        """Such as: Linear `head.fc`."""
        if self.module is None:
            return "this line"
        return f"{type(self.module).__name__} `{self.path}`".replace(" ``", "")

    @property
    def shapes(self) -> str:
        return ", ".join(shape(tensor) for tensor in self.given)


def scene(error: BaseException) -> Scene:
    """The innermost module whose forward was running, if any was."""
    root: nn.Module | None = None
    found = Scene(str(error))
    for frame in _frames(error):
        module = _module_of(frame)
        if module is not None:
            root = root or module
            found = found._replace(
                module=module, path=_path(root, module), given=_given(frame), near={}
            )
        near = {name: value for name, value in frame.f_locals.items() if isinstance(value, Tensor)}
        found = found._replace(near=near or found.near, function=frame.f_code.co_name)
    return found


def culprit(error: BaseException) -> str:
    """Such as `Linear(784, 10) given (64, 1, 28, 28)`; empty where no module was running."""
    found = scene(error)
    if found.module is None or not found.given:
        return ""
    inside = f"({found.module.extra_repr()})" if not list(found.module.children()) else ""
    return f"{type(found.module).__name__}{inside} given {found.shapes}"


def shape(tensor: Tensor) -> str:
    return str(tuple(tensor.shape))


def _frames(error: BaseException) -> Iterator[FrameType]:
    trace = error.__traceback__
    while trace is not None:
        yield trace.tb_frame
        trace = trace.tb_next


def _module_of(frame: FrameType) -> nn.Module | None:
    module = frame.f_locals.get("self")
    return module if frame.f_code.co_name == "forward" and isinstance(module, nn.Module) else None


def _given(frame: FrameType) -> tuple[Tensor, ...]:
    names = frame.f_code.co_varnames[1 : frame.f_code.co_argcount]
    return tuple(_tensors([frame.f_locals.get(name) for name in names]))


def _tensors(value: Any) -> Iterator[Tensor]:
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _tensors(item)


def _path(root: nn.Module, module: nn.Module) -> str:
    return next((name for name, each in root.named_modules() if each is module), "")
