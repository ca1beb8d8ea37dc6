"""What the checks look at: one fit, and the facts that can be asked of it. Free of torch."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Collection, Mapping
from fnmatch import fnmatchcase
from typing import Any, NamedTuple, Protocol, TypeVar

from smokealarm.errors import Place, Unasked

WINDOW = 10  # steps whose median stands for the training loss

Kind = TypeVar("Kind")


class Facts(Protocol):
    """Finds a fact when it is first asked for, by its type, and keeps it.

    Raises Inconclusive where it cannot be found out and Unasked where it does not apply.
    """

    def __call__(self, kind: type[Kind], **options: Any) -> Kind:
        """Some facts are watched for while the first trial is trained, others want a run of their own.

        With options, which only a run of its own can have, it is another fact.
        """


class About(NamedTuple):
    """What is known of the program before anything is run."""

    form: str = "plain PyTorch"
    owner: str = ""  # whose loop it is: empty where it is the user's own
    hints: Mapping[str, Any] = {}
    quick: bool = False  # one seed and one window of steps: what that cannot tell stays unasked


class Trial(NamedTuple):
    """The set-up, made with a seed, trained on one batch. The last loss may not be finite."""

    seed: int
    batch: int | None  # samples in the batch, where that could be told
    losses: tuple[float, ...]
    eval_losses: tuple[float, ...] = ()
    floor: float | None = None  # None: unknown
    detached: bool = False  # nothing to train hangs on the loss
    bad_parameters: bool = False  # at the end, some are not finite

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
    place: Place | None = None  # the user's line that makes the optimizer step
    numbers: Mapping[str, int] = (
        {}
    )  # how many are in each trainable parameter, in the model's order
    flat: frozenset[str] = frozenset()  # those of one dimension: biases, scales of norms
    waiting: frozenset[str] = frozenset()  # in an optimizer of the set-up that never stepped
    twice: frozenset[str] = frozenset()  # held twice by one optimizer
    resting: frozenset[str] = frozenset()  # of modules kept in eval mode while their model trains
    moved: frozenset[str] = frozenset()  # changed by other means than an optimizer's step
    still: bool = False  # nothing moved, of all that a copy was kept of
    others: int = 0  # held, not of the model, and with gradients
    highest_rate: float | None = (
        None  # learning rate, of any group at any step; None: there is none
    )


def _nowhere(name: str) -> Facts:
    raise Unasked(f"the program of `{name}` cannot be made here")


class Fit(NamedTuple):
    """One fit, many questions. What is expensive is only done when a check calls for it."""

    case: str
    seeds: range
    place: Place | None  # where the setup function is defined
    about: About
    fact: Facts
    trial: Callable[[int, int | None], Trial]  # seed, size of the batch (None: as it is)
    of: Callable[[str], Facts] = _nowhere  # of the program that another function makes

    @property
    def first(self) -> Trial:
        """The trial with the first seed on the whole batch; it is trained when first asked for."""
        return self.fact(Trial)

    @property
    def hints(self) -> Mapping[str, Any]:
        return self.about.hints

    @property
    def reproduce(self) -> str:
        return f"smokealarm check --stage memorize --case {shell_word(self.case)}"

    @property
    def stepping(self) -> Place | None:
        """The user's line to show: where the optimizer steps, or else where all of it is made."""
        return self.fact(Flow).place or self.place

    def needs_own_loop(self, what: str) -> None:
        """Raises Unasked where the loop is not the user's: `what` is out of sight then."""
        if self.about.owner:
            raise Unasked(f"{self.about.owner} owns the loop, so that {what} cannot be seen")


def shell_word(text: str) -> str:
    plain = text.replace("-", "").replace("_", "").isalnum()
    return text if plain else "'" + text.replace("'", "'\\''") + "'"


def declared(name: str, patterns: Collection[str]) -> bool:
    """Whether the hint names this parameter as one that is meant to stay as it is."""
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def listed(names: Collection[str], shown: int = 5) -> str:
    """The first few names, and how many more."""
    more = f" and {len(names) - shown} more" if len(names) > shown else ""
    return ", ".join(sorted(names)[:shown]) + more


def without_gradient(flow: Flow, frozen: Collection[str]) -> frozenset[str]:
    """Held by an optimizer that stepped, not moved by others, and never with a gradient but zero."""
    moved = {name.rpartition(".")[0] for name in flow.moved}
    idle = (flow.trainable & flow.held) - flow.nonzero - flow.resting
    return frozenset(
        name for name in idle if name.rpartition(".")[0] not in moved and not declared(name, frozen)
    )


def at(place: Place | None) -> dict[str, Any]:
    """The place as keywords of a Finding."""
    return {"path": place.path, "line": place.line} if place else {}


def number(value: float) -> float | str:
    """A number for evidence: four digits, and a word where JSON has none."""
    return float(f"{value:.4g}") if math.isfinite(value) else str(value)
