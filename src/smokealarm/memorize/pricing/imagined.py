"""Run the user's program without numbers: what asks for one is given the plainest answer."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

from smokealarm.memorize.pricing.private import Untold, fake_tensors, is_fake

ops = torch.ops.aten
INDEXING = (ops.index.Tensor, ops.index_put.default, ops.index_put_.default)
TRUTHS = (ops._local_scalar_dense.default, ops.equal.default)
SHOWN_AS_ARRAY = 10_000_000  # numbers, at most


@contextmanager
def imagined(condition: bool = False) -> Iterator[None]:
    """Nothing is allocated and nothing computed within it.

    A number that is asked for (`loss.item()`) is 0, a truth is the `condition`. Where a size hangs
    on the numbers, as in `x[mask]`, it is the largest possible.
    """
    with warnings.catch_warnings(), ExitStack() as modes:
        for message in ("Accessing the data pointer of FakeTensor", "TF32 acceleration"):
            warnings.filterwarnings("ignore", message)
        # The kernels of a CPU keep what those of a GPU do not, and do not say how much it is.
        modes.enter_context(torch.backends.mkldnn.flags(enabled=False))
        for mode in (fake_tensors(), _Answers(condition), _Lists()):
            modes.enter_context(mode)
        yield


class _Answers(TorchDispatchMode):  # type: ignore[no-untyped-call]  # torch does not type it
    """Below torch: single numbers, and results whose size hangs on the numbers."""

    def __init__(self, condition: bool) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # torch does not type it
        self._condition = condition

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        try:
            return func(*args, **kwargs)
        except Untold:
            if func in TRUTHS and args[0].dtype is torch.bool:
                return self._condition
            return _plainest(func, args, kwargs)


def _plainest(func: Any, args: Any, kwargs: Any) -> Any:
    if func is ops._local_scalar_dense.default:
        return _zero(args[0])
    if func is ops.equal.default:
        return False
    if func is ops.nonzero.default:
        numbers: Tensor = args[0]
        return numbers.new_empty((numbers.numel(), numbers.dim()), dtype=torch.int64)
    if func is ops.masked_select.default:
        return args[0].new_empty(max(args[0].numel(), args[1].numel()))
    if func in INDEXING:
        return func(args[0], _positions(args[1]), *args[2:], **kwargs)
    raise


def _zero(tensor: Tensor) -> float | bool:
    if tensor.dtype is torch.bool:
        return False
    return 0.0 if tensor.is_floating_point() else 0


def _positions(indices: Any) -> list[Any]:
    """Masks as positions, one for each number of the mask."""
    found: list[Any] = []
    for index in indices:
        if index is None or index.dtype not in (torch.bool, torch.uint8):
            found.append(index)
        else:
            found += [index.new_empty(index.numel(), dtype=torch.int64) for _ in index.shape]
    return found


class _Lists(TorchFunctionMode):
    """Above torch: lists and arrays of numbers that nobody has."""

    def __torch_function__(
        self, function: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        name = getattr(function, "__name__", "")
        if name in ("tolist", "numpy", "__array__") and is_fake(args[0]):
            return _listed(args[0]) if name == "tolist" else _array(args[0])
        return function(*args, **(kwargs or {}))


def _listed(tensor: Tensor) -> Any:
    def level(shape: tuple[int, ...]) -> Any:
        return [level(shape[1:]) for _ in range(shape[0])] if shape else _zero(tensor)

    return level(tuple(tensor.shape))


def _array(tensor: Tensor) -> Any:
    if tensor.numel() > SHOWN_AS_ARRAY or "numpy" not in sys.modules:
        raise ValueError("an imagined tensor as large as this has no numbers to look at")
    dtype = str(tensor.dtype).removeprefix("torch.")
    return sys.modules["numpy"].zeros(tuple(tensor.shape), dtype)
