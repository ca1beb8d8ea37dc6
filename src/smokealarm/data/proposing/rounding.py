"""Numbers as a person would write them in a configuration: three digits, rounded outwards."""

from __future__ import annotations

import math
from typing import Any

DIGITS = 3


def down(value: float) -> float:
    """The next number below with three digits."""
    return _rounded(value, math.floor)


def up(value: float) -> float:
    """The next number above with three digits."""
    return _rounded(value, math.ceil)


def _rounded(value: float, how: Any) -> float:
    if not value or not math.isfinite(value):
        return value
    scale = 10.0 ** (math.floor(math.log10(abs(value))) - DIGITS + 1)
    rounded = how(round(value / scale, 6)) * scale
    tidy = float(f"{rounded:.{DIGITS}g}")
    return int(tidy) if tidy == int(tidy) and abs(tidy) < 1e15 else tidy


def plain(value: Any) -> Any:
    """A value of numpy as YAML writes it."""
    value = value.item() if hasattr(value, "item") else value
    return int(value) if isinstance(value, float) and value == int(value) else value
