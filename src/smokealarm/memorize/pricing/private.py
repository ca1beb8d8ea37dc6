"""The one file that touches what torch calls private: imagined tensors, and whether backward runs."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

import torch
from torch._subclasses.fake_tensor import (
    DataDependentOutputException,
    DynamicOutputShapeException,
    FakeTensor,
    FakeTensorMode,
)

Untold = (DataDependentOutputException, DynamicOutputShapeException)  # it hangs on the numbers


def fake_tensors() -> AbstractContextManager[Any]:
    """Within it every tensor has a shape, a type and a storage of that size, and no numbers."""
    mode: AbstractContextManager[Any] = FakeTensorMode(allow_non_fake_inputs=True)
    return mode


def is_fake(value: Any) -> bool:
    return isinstance(value, FakeTensor)


def in_backward() -> bool:
    """Whether autograd is at work in this thread. Where torch does not say, all is forward."""
    task = getattr(torch._C, "_current_graph_task_id", lambda: -1)
    return bool(task() != -1)
