"""The forms in which a training program may be returned: the first that knows it reads it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from smokealarm.memorize.forms import lightning, plain, trainer
from smokealarm.memorize.setup import Setup

FORMS: tuple[Callable[[Any], Setup | None], ...] = (lightning.read, trainer.read, plain.read)


def read(returned: Any) -> Setup:
    """Raises FatalError where no form knows what was returned."""
    for form in FORMS:
        if setup := form(returned):
            return setup
    raise AssertionError("the plain form reads everything, or says why not")
