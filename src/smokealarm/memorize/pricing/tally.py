"""Counts the bytes of every storage that lives, and remembers the moments when they were most.

Tensors that share a storage are counted once; a storage is counted until it is freed, whoever holds
it, so that what is saved for backward is in it. It works on real and on imagined tensors alike.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy
from torch.optim.optimizer import (
    register_optimizer_step_post_hook,
    register_optimizer_step_pre_hook,
)
from torch.utils._python_dispatch import TorchDispatchMode

from smokealarm.memorize.batch import tensors
from smokealarm.memorize.pricing.private import in_backward

KINDS = (
    "parameters",
    "buffers",
    "gradients",
    "optimizer state",
    "batch",
    "activations",
    "temporaries",
)
PASS, STEP = "forward and backward", "optimizer step"
CUDA_BLOCK = 512  # bytes: torch's allocator on a GPU gives no less, and multiples of it


class _Block:
    """One storage that lives. `alive` must be kept: it takes the block from the books."""

    def __init__(self, size: int, kind: str, alive: Any) -> None:
        self.size = size
        self.kind = kind
        self.alive = alive


class Tally(TorchDispatchMode):  # type: ignore[no-untyped-call]  # torch does not type it
    """What is made in the forward pass and kept is an activation, what else, a temporary.

    Parameters, buffers and the batch are claimed by `know`; gradients and the optimizer's state
    claim themselves, by hooks.
    """

    def __init__(self, block: int = 1) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # torch does not type it
        self._block = block
        self.of_gpu = block == CUDA_BLOCK
        self._blocks: dict[int, _Block] = {}
        self._stepping = False
        self._now = dict.fromkeys(KINDS, 0)
        self._total = 0
        self.peaks: dict[str, Mapping[str, int]] = {}
        self.forget_peaks()

    def forget_peaks(self) -> None:
        """From here on only what is to come counts."""
        self.peaks = {PASS: dict.fromkeys(KINDS, 0), STEP: dict.fromkeys(KINDS, 0)}
        self._highest = {PASS: -1, STEP: -1}

    @property
    def now(self) -> Mapping[str, int]:
        return dict(self._now)

    def know(self, modules: Mapping[str, nn.Module], batch: Any) -> None:
        """What is there before the first step."""
        for module in modules.values():
            for parameter in filter(_has_shape, module.parameters()):
                self.claim(parameter, "parameters")
            for buffer in filter(_has_shape, module.buffers()):
                self.claim(buffer, "buffers")
        for tensor in tensors(batch):
            self.claim(tensor, "batch")

    @contextmanager
    def listening(self, modules: Mapping[str, nn.Module]) -> Iterator[None]:
        """Count, while the steps run."""
        with ExitStack() as hooks:
            for module in modules.values():
                for parameter in filter(_has_shape, module.parameters()):
                    if parameter.requires_grad:
                        listen: Any = parameter.register_post_accumulate_grad_hook
                        hooks.callback(listen(self._graded).remove)
            hooks.callback(register_optimizer_step_pre_hook(self._before).remove)
            hooks.callback(register_optimizer_step_post_hook(self._after).remove)
            with self:
                yield

    def _graded(self, parameter: Tensor) -> None:
        if parameter.grad is not None:
            self.claim(parameter.grad, "gradients")

    def _before(self, *_: Any) -> None:
        self._stepping = True
        self._note()

    def _after(self, optimizer: Any, *_: Any) -> None:
        self._stepping = False
        for state in optimizer.state.values():
            for tensor in tensors(state):
                self.claim(tensor, "optimizer state", unless="parameters")

    def claim(self, tensor: Tensor, kind: str, unless: str = "") -> None:
        """Book the storage of the tensor under this kind, whatever it was before."""
        for part in _plain(tensor):
            block = self._blocks.get(id(part.untyped_storage())) or self._count(part, kind)
            if block is not None and block.kind != unless:
                self._now[block.kind] -= block.size
                self._now[kind] += block.size
                block.kind = kind

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        made = func(*args, **(kwargs or {}))
        for tensor in tensors(made):
            self._count(tensor, self._kind())
        return made

    def _kind(self) -> str:
        return "temporaries" if self._stepping or in_backward() else "activations"

    def _count(self, tensor: Tensor, kind: str) -> _Block | None:
        for part in _plain(tensor):
            storage = part.untyped_storage()
            key, size = id(storage), -(-storage.nbytes() // self._block) * self._block
            if not size:
                continue
            if key not in self._blocks:
                alive = weakref.ref(storage, partial(self._free, key))
                self._blocks[key] = _Block(0, kind, alive)
            self._grow(self._blocks[key], size)
            if part is tensor:
                return self._blocks[key]
        return None

    def _grow(self, block: _Block, size: int) -> None:
        if size == block.size:
            return
        self._now[block.kind] += size - block.size
        self._total += size - block.size
        block.size = size
        self._note()

    def _note(self) -> None:
        phase = STEP if self._stepping else PASS
        if self._total > self._highest[phase]:
            self._highest[phase] = self._total
            self.peaks[phase] = dict(self._now)

    def _free(self, key: int, _: Any) -> None:
        if block := self._blocks.pop(key, None):
            self._now[block.kind] -= block.size
            self._total -= block.size


def _has_shape(tensor: Tensor) -> bool:
    """Those of lazy layers get theirs in the first step."""
    return not is_lazy(tensor)


def _plain(tensor: Tensor) -> Iterator[Tensor]:
    """The tensors that have a storage: of a sparse one, its indices and values."""
    if tensor.is_sparse:
        yield tensor._indices()
        yield tensor._values()
    elif tensor.layout is torch.strided:
        yield tensor
