"""What a check may ask of a column of texts, beside its values' faults."""

from __future__ import annotations

from msgspec import Struct

from smokealarm.data.questions import Question, Unit


class SizeQuantile(Question["float | None"], frozen=True):
    """The quantile of the texts' sizes, at a level from 0 to 1; None where there is no text."""

    column: str
    unit: Unit
    level: float


class Start(Struct, frozen=True):
    """How many different texts are long enough, how many begin in the most frequent way, and how."""

    texts: int
    shared: int
    start: str


class SharedStart(Question[Start], frozen=True):
    """The most frequent beginning of so many characters. Texts that are equal count as one."""

    column: str
    characters: int
