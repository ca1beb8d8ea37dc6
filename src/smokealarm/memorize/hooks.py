"""Hooks that stay behind where the user copies or saves a module that is being watched."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Hook:
    """Calls what looks on. A copy of it, or what is loaded from a file, does nothing."""

    def __init__(self, call: Callable[..., None]) -> None:
        self._call = call

    def __call__(self, *args: Any) -> None:
        self._call(*args)

    def __reduce__(self) -> tuple[Callable[[], Any], tuple[()]]:
        return _nothing, ()


def nothing(*args: Any) -> None:
    """What a copied hook does."""


def _nothing() -> Callable[..., None]:
    return nothing
