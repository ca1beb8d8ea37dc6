"""The module in which an error was raised, and the shapes that it was given."""

from __future__ import annotations

from types import FrameType

from torch import Tensor, nn


def culprit(error: BaseException) -> str:
    """Such as `Linear(784, 10) given (64, 1, 28, 28)`; empty where no module was running."""
    found = ""
    trace = error.__traceback__
    while trace is not None:
        found = _module_at(trace.tb_frame) or found
        trace = trace.tb_next
    return found


def _module_at(frame: FrameType) -> str:
    module = frame.f_locals.get("self")
    if frame.f_code.co_name != "forward" or not isinstance(module, nn.Module):
        return ""
    names = frame.f_code.co_varnames[1 : frame.f_code.co_argcount]
    given = [frame.f_locals.get(name) for name in names]
    shapes = ", ".join(str(tuple(value.shape)) for value in given if isinstance(value, Tensor))
    inside = f"({module.extra_repr()})" if not list(module.children()) else ""
    return f"{type(module).__name__}{inside} given {shapes}" if shapes else ""
