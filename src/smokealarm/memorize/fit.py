"""What the checks look at: one fit and what can still be asked of the set-up. Free of torch."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from smokealarm.errors import Place

WINDOW = 10  # steps whose median stands for the training loss


class Flow(NamedTuple):
    """What the optimizers saw in their steps, parameter by parameter (by dotted name)."""

    trainable: frozenset[str] = frozenset()
    held: frozenset[str] = frozenset()  # by an optimizer that stepped
    arrived: frozenset[str] = frozenset()  # backward brought a gradient
    nonzero: frozenset[str] = frozenset()  # and at least once it was not zero
    lost: frozenset[str] = frozenset()  # it was gone at every step that was looked at
    empty: bool = False  # the optimizer stepped and no parameter had any gradient
    accumulated: bool = False  # old gradients were still in it at every step that was looked at
    strangers: int = 0  # held, not of the model, and never with a gradient
    steps: int = 0
    named: bool = True  # the set-up names an optimizer


class Trial(NamedTuple):
    """The set-up, made with a seed, trained on one batch. The last loss may not be finite."""

    seed: int
    batch: int | None  # samples in the batch, where that could be told
    losses: tuple[float, ...]
    eval_losses: tuple[float, ...] = ()
    floor: float | None = None  # None: unknown
    flow: Flow = Flow()
    place: Place | None = None  # the user's line that makes the optimizer step
    detached: bool = False  # nothing to train hangs on the loss
    bad_parameters: bool = False  # at the end, some are not finite
    hints: Mapping[str, Any] = {}

    @property
    def finite(self) -> tuple[float, ...]:
        return tuple(loss for loss in self.losses if math.isfinite(loss))

    @property
    def medians(self) -> list[float]:
        """The median of the last ten training losses, at every step that has as many."""
        finite = self.finite
        width = min(WINDOW, len(finite))
        windows = (finite[end - width : end] for end in range(width, len(finite) + 1))
        return [statistics.median(window) for window in windows] if width else []

    @property
    def best(self) -> float:
        """The best of the training medians and of the loss in eval mode."""
        evaluated = [loss for loss in self.eval_losses if math.isfinite(loss)]
        return min([*self.medians, *evaluated], default=math.inf)


class Bad(NamedTuple):
    """Where a number that is not finite was born."""

    step: int
    what: str  # "the forward pass", "the gradient", "the parameters"
    operation: str = ""
    module: str = ""
    place: Place | None = None


class Influence(NamedTuple):
    """How far the output of one sample moved when only the other samples were changed."""

    sample: int
    moved: float
    scale: float


class Fit(NamedTuple):
    """One fit, many questions. What is expensive is only done when a check calls for it."""

    case: str
    seeds: int
    place: Place | None  # where the setup function is defined
    first: Trial
    trial: Callable[[int, int | None], Trial]  # seed, size of the batch (None: as it is)
    initial_again: Callable[[], float]  # the first loss of another run with the first seed
    origin: Callable[[], Bad | None]  # of what is not finite, found in a second run
    influence: Callable[[], Influence]

    @property
    def hints(self) -> Mapping[str, Any]:
        return self.first.hints

    @property
    def reproduce(self) -> str:
        return f"smokealarm check --stage memorize --case {shell_word(self.case)}"

    @property
    def stepping(self) -> Place | None:
        """The user's line to show: where the optimizer steps, or else where all of it is made."""
        return self.first.place or self.place


def shell_word(text: str) -> str:
    plain = text.replace("-", "").replace("_", "").isalnum()
    return text if plain else "'" + text.replace("'", "'\\''") + "'"


def at(place: Place | None) -> dict[str, Any]:
    """The place as keywords of a Finding."""
    return {"path": place.path, "line": place.line} if place else {}


def number(value: float) -> float | str:
    """A number for evidence: four digits, and a word where JSON has none."""
    return float(f"{value:.4g}") if math.isfinite(value) else str(value)
