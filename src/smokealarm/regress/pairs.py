"""The answers of two models to the examples that both commits have, side by side."""

from __future__ import annotations

from statistics import median
from typing import NamedTuple

import numpy as np

from smokealarm.errors import FatalError
from smokealarm.regress.flips import Answers, Groups
from smokealarm.regress.outputs import Answer
from smokealarm.regress.replay import Side
from smokealarm.regress.suite import Example, Suite

NEAR = 0.01  # of the median margin: closer calls than this are decided by noise


class Pair(NamedTuple):
    """One example: as the base commit has it, with its labels, and what both models say."""

    example: Example
    base: Answer
    head: Answer
    line: int  # in the suite of the head

    @property
    def is_newly_wrong(self) -> bool:
        return self.base.label == self.example.expected != self.head.label


class Pairs(NamedTuple):
    """All pairs, the suite of the head that they stand in, and who has examples of their own."""

    items: list[Pair]
    suite: Suite
    only_base: int
    only_head: int

    def right(self) -> tuple[Answers, Answers]:
        """Which answers are right by the labels of the base: the base's, and the head's."""
        base = (pair.base.label == pair.example.expected for pair in self.items)
        head = (pair.head.label == pair.example.expected for pair in self.items)
        count = len(self.items)
        return np.fromiter(base, np.bool_, count), np.fromiter(head, np.bool_, count)

    def groups(self) -> Groups | None:
        """The number of each example's group, if there are any. One without is a group of its own."""
        if not any(pair.example.group for pair in self.items):
            return None
        numbers: dict[tuple[str, str], int] = {}
        keys = (
            (pair.example.group, "" if pair.example.group else pair.example.id)
            for pair in self.items
        )
        return np.array([numbers.setdefault(key, len(numbers)) for key in keys], dtype=np.int64)

    def unchanged(self) -> bool:
        """Whether both models answer the same to the last bit of a score that varies.

        Labels alone prove nothing of the sort: different models agree on a few examples easily.
        """
        sureness = {pair.head.sureness for pair in self.items}
        same = all(pair.base == pair.head for pair in self.items)
        return same and None not in sureness and len(sureness) > 1

    def near(self) -> float:
        """The margin under which the head's answer is a near-tie."""
        margins = [pair.head.margin for pair in self.items if pair.head.margin is not None]
        return NEAR * median(margins) if margins else 0.0


def paired(head: Side, base: Side) -> Pairs:
    """The shared examples in the order of the head's suite. Raises FatalError: see below."""
    items = [
        Pair(base.suite.rows[id].example, base.answers[id], head.answers[id], row.line)
        for id, row in head.suite.rows.items()
        if id in base.answers
    ]
    _refuse_other_kind(items, head.suite)
    shared = len(items)
    return Pairs(items, head.suite, len(base.suite.rows) - shared, len(head.suite.rows) - shared)


def _refuse_other_kind(items: list[Pair], suite: Suite) -> None:
    """Where text is expected and all answers are numbers, nothing is right, and nothing gets worse."""
    expected = {_kind(pair.example.expected) for pair in items}
    for answers in ([pair.base.label for pair in items], [pair.head.label for pair in items]):
        if not items or expected & {_kind(label) for label in answers}:
            return
    first = items[0]
    raise FatalError(
        f"no answer can be right: the suite expects labels like {first.example.expected!r},"
        f" and the model answers like {first.head.label!r}",
        "Let `predict` return labels as they are written in the suite.",
        suite.place(first.example.id),
    )


def _kind(label: object) -> type:
    return str if isinstance(label, str) else float if isinstance(label, (int, float)) else object
