"""What does not fit together at the first step, told in the terms of the one who wrote the model."""

from __future__ import annotations

from re import Match
from typing import NamedTuple

from torch import Tensor

Numbers = Match[str]  # what torch's words tell


class Explained(NamedTuple):
    """What went wrong, and what to do. Empty where torch's own words say it best."""

    message: str = ""
    remedy: str = ""


def kind(tensor: Tensor) -> str:
    return str(tensor.dtype).removeprefix("torch.")
