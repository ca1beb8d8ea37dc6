"""Listening to backward: what it starts from, and the graph that it goes through."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor

DEEPEST = 20_000  # nodes of a graph that are looked at


@contextmanager
def listening_to_backward(hear: Callable[[list[Tensor]], None]) -> Iterator[None]:
    """`hear` is told of the tensors before backward is called on them. Tensor.backward ends here, too."""
    original = torch.autograd.backward

    def backward(tensors: Any, *args: Any, **kwargs: Any) -> None:
        hear([tensors] if isinstance(tensors, Tensor) else [*tensors])
        original(tensors, *args, **kwargs)

    torch.autograd.backward = backward
    try:
        yield
    finally:
        torch.autograd.backward = original


def graph(roots: list[Tensor], most: int = DEEPEST) -> Iterator[Any]:
    """The nodes of the graph, from the roots on, at most so many of them."""
    queue = deque(root.grad_fn for root in roots if root.grad_fn is not None)
    known = set(queue)
    while queue and len(known) <= most:
        node = queue.popleft()
        yield node
        for following, _ in node.next_functions:
            if following is not None and following not in known:
                known.add(following)
                queue.append(following)
