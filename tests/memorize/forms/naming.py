"""Test ids that read like sentences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def in_words(program: Callable[..., Any]) -> str:
    return program.__name__.replace("_", " ")
