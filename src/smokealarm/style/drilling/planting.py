"""From a fault to trials: the same lines in the places where a gate may lose sight of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from random import Random
from types import ModuleType
from typing import NamedTuple

from smokealarm.style.drilling import python, shell
from smokealarm.style.drilling.edit import Copy, Edit, Fault
from smokealarm.style.drilling.python import Spot, planted

HANDS: Mapping[str, ModuleType] = {"python": python, "shell": shell}
_STARTS = {"python": "", "shell": "#!/bin/bash\n\n"}
_ABOVE = {"python": "# one line more\n# and another one\n", "shell": "# one line more\n"}
MANNERS_EACH = 2  # of the manners, for each fault; they take turns


class Plant(NamedTuple):
    """A fault that is to be planted into a copy. `number` makes its names its own."""

    check: str
    fault: Fault
    copy: Copy
    number: int

    def edit(self, manner: str, base: str | None, head: str, path: str = "", to: str = "") -> Edit:
        """The trial. A base of None is no file; `to` is the new name of one that is renamed."""
        path = path or self.copy.beside(f"drill{self.number}")
        before = {} if base is None else {path: base.encode()}
        after = {to or path: head.encode()}
        gone: dict[str, bytes | None] = {path: None} if to else {}
        return Edit(
            check=self.check,
            name=self.fault.code,
            manner=manner,
            path=to or path,
            base=before,
            head={**gone, **after},
            code=self.fault.code,
        )


def probe(plant: Plant) -> Edit:
    """The fault in a file of its own: whether the project minds it at all."""
    fault, language = plant.fault, plant.copy.language
    snippet = fault.after if fault.whole else HANDS[language].wrapped(fault.after, "drilled")
    start = _STARTS[language] or ("print()\n" if fault.whole else "")
    return plant.edit("in a new file", None, start + snippet)


def edits(plants: Sequence[Plant], rng: Random) -> Iterator[Edit]:
    """Every plant in a few of the manners; over all plants, in each about equally often."""
    turn = 0
    for plant in plants:
        manners = _WHOLE if plant.fault.whole else _MANNERS
        made = 0
        while made < MANNERS_EACH:
            turn += 1
            edit = manners[turn % len(manners)](_numbered(plant, turn), rng)
            if edit:  # the one at the end of the file can always be made
                made += 1
                yield edit


def _numbered(plant: Plant, turn: int) -> Plant:
    return plant._replace(number=10_000 + turn)


def _at_a_spot(plant: Plant, rng: Random) -> tuple[str, str, Spot] | None:
    """The text before and after, where the fault stands among the file's own lines."""
    spot = HANDS[plant.copy.language].inside(plant.copy, rng)
    if spot is None:
        return None
    text, fault = plant.copy.text, plant.fault
    return planted(text, spot, fault.before), planted(text, spot, fault.after), spot


def _among(plant: Plant, rng: Random) -> Edit | None:
    made = _at_a_spot(plant, rng)
    return plant.edit("among the file's own lines", made[0], made[1]) if made else None


def _at_the_end(plant: Plant, rng: Random) -> Edit:
    return plant.edit("at the end of a file", _ended(plant, "before"), _ended(plant, "after"))


def _renamed(plant: Plant, rng: Random) -> Edit | None:
    made = _either(plant, rng)
    to = plant.copy.beside(f"drill{plant.number}_renamed")
    return plant.edit("in a renamed file", made[0], made[1], to=to)


def _crlf(plant: Plant, rng: Random) -> Edit | None:
    base, head = (text.replace("\n", "\r\n") for text in _either(plant, rng))
    return plant.edit("in a file with CRLF", base, head)


def _below(plant: Plant, rng: Random) -> Edit | None:
    """Everything moves down, and the new one is below it."""
    base, head = _either(plant, rng)
    first, _, rest = head.partition("\n")
    above = _ABOVE[plant.copy.language]
    head = f"{first}\n{above}{rest}" if first[:1] == "#" else f"{above}{head}"
    return plant.edit("below other new lines", base, head)


def _with_an_equal(plant: Plant, rng: Random) -> Edit | None:
    """The file has one already, far from there."""
    hand = HANDS[plant.copy.language]
    old = hand.appended(plant.copy.text, hand.wrapped(plant.fault.after, "drilled_before"))
    again = plant._replace(copy=plant.copy._replace(text=old))
    made = _at_a_spot(again, rng)
    return plant.edit("in a file with an equal one", made[0], made[1]) if made else None


def _next_to_an_equal(plant: Plant, rng: Random) -> Edit | None:
    """The file has one already, right above it."""
    made = _at_a_spot(plant, rng)
    if made is None:
        return None
    twice = planted(made[1], made[2], plant.fault.after)
    return plant.edit("right beside an equal one", made[1], twice)


def _two(plant: Plant, rng: Random) -> Edit | None:
    """Two equal ones are added at once, where the file has one."""
    made = _at_a_spot(plant, rng)
    if made is None:
        return None
    text = planted(planted(made[1], made[2], plant.fault.after), made[2], plant.fault.after)
    return plant.edit("two beside an equal one", made[1], text)


def _either(plant: Plant, rng: Random) -> tuple[str, str]:
    made = None if plant.fault.whole else _at_a_spot(plant, rng)
    if made is None:
        return _ended(plant, "before"), _ended(plant, "after")
    return made[0], made[1]


def _ended(plant: Plant, side: str) -> str:
    text, lines = plant.copy.text, getattr(plant.fault, side)
    if plant.fault.whole:
        return f"{python.ended(text)}{lines}"
    if side == "before" and not lines:
        return text
    hand = HANDS[plant.copy.language]
    made: str = hand.appended(text, hand.wrapped(lines, "drilled"))
    return made


Manner = Callable[[Plant, Random], "Edit | None"]
_WHOLE: tuple[Manner, ...] = (_at_the_end, _renamed, _below, _crlf)
_MANNERS: tuple[Manner, ...] = (
    _among,
    _with_an_equal,
    _renamed,
    _next_to_an_equal,
    _at_the_end,
    _crlf,
    _below,
    _two,
)
