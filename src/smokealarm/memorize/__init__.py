"""Stage `memorize`: a training set-up learns one small batch by heart, and is asked about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from smokealarm.memorize.finite import finite
from smokealarm.memorize.gradients_flow import gradients_flow
from smokealarm.memorize.memorizes import memorizes
from smokealarm.memorize.samples_independent import samples_independent
from smokealarm.memorize.subject import opened

CHECKS: Mapping[str, Callable[..., Any]] = {
    "memorizes": memorizes,
    "finite": finite,
    "gradients_flow": gradients_flow,
    "samples_independent": samples_independent,
}

__all__ = ["CHECKS", "opened"]
