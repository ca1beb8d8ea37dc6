"""A stage small enough to see whole: what the configuration's reader needs of one, and no more."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, Literal


@contextmanager
def opened(
    case: Any, workspace: Any, *, table: str, rows: int = 3, device: Literal["cpu", "cuda"] = "cpu"
) -> Iterator[Any]:
    yield None


def small(subject: Any) -> Iterator[Any]:
    """The table is small."""
    yield from ()


def between(
    subject: Any, *, column: str, mostly: float = 1.0, values: list[int] | None = None
) -> Any:
    """The values are in between."""


STAGE: Any = SimpleNamespace(CHECKS={"small": small, "between": between}, opened=opened)


def load(name: str) -> Any:
    return STAGE
