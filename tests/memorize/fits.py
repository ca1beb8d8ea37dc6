"""A fit whose facts are given: what a check makes of them, without any training."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from smokealarm.errors import Place
from smokealarm.finding import Finding
from smokealarm.memorize.fit import About, Fit, Kind, Trial

SETUP = Place("smoke.py", 4)


class Given:
    """Facts by their type."""

    def __init__(self, *facts: Any) -> None:
        self._facts: dict[type, Any] = {type(fact): fact for fact in facts}

    def __call__(self, kind: type[Kind], **options: Any) -> Kind:
        found: Kind = self._facts[kind]  # a KeyError: the check asks for what no test expected
        return found


def fit_with(
    *facts: Any,
    owner: str = "",
    form: str = "plain PyTorch",
    hints: Mapping[str, Any] = {},
    trial: Callable[[int, int | None], Trial] | None = None,
) -> Fit:
    """A fit of the case "all digits", whose setup function is defined at smoke.py:4."""
    return Fit(
        case="all digits",
        seeds=range(3),
        place=SETUP,
        about=About(form, owner, hints),
        fact=Given(*facts),
        trial=trial or (lambda seed, batch: Trial(seed, batch, ())),
    )


def findings(sights: Any) -> list[Finding]:
    return [sight for sight in sights if isinstance(sight, Finding)]
