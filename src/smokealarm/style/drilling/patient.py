"""A copy with old violations in it, which a healthy edit may move about."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import NamedTuple

from smokealarm.style.drilling import python
from smokealarm.style.drilling.edit import Copy, Fault
from smokealarm.style.drilling.planting import HANDS
from smokealarm.style.drilling.python import Spot

OLD = "drilled_before"


class Patient(NamedTuple):
    """A copy with old violations in a block at its end; `other` is a second one, to move things to."""

    copy: Copy
    block: str
    other: Copy
    word: str  # of its own

    @property
    def path(self) -> str:
        return self.copy.beside(f"drill_{self.word}")

    @property
    def text(self) -> str:
        appended: str = HANDS[self.copy.language].appended(self.copy.text, self.block)
        return appended

    @property
    def functions(self) -> list[range]:
        """The lines of each top-level function, the block with the old violations the last."""
        return python.top_functions(self.text) if self.copy.language == "python" else []

    def spot(self, rng: Random) -> Spot:
        inside: Spot | None = HANDS[self.copy.language].inside(self.copy, rng)
        return inside or Spot(1 if self.copy.text[:1] == "#" else 0)


Texts = Mapping[str, "str | None"]
Made = tuple[Texts, Texts]
Make = Callable[[Patient, Random], "Made | None"]


def changed(patient: Patient, head: str) -> Made:
    return {patient.path: patient.text}, {patient.path: head}


def block_of(copy: Copy, faults: Sequence[Fault], rng: Random) -> str:
    """Three old violations; none where the file is to stay well formatted, every other time."""
    inner = [fault for fault in faults if not fault.whole and fault.code not in ("E999", "SC1073")]
    chosen = rng.sample(inner, min(3, len(inner)))
    if rng.random() < 0.5 and any(fault.code == "black" for fault in faults):
        chosen = []
    snippet = "\n".join(fault.after for fault in chosen)
    wrapped: str = HANDS[copy.language].wrapped(snippet, OLD)
    return wrapped
