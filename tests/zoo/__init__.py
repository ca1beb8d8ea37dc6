"""The zoo of healthy programs: what ordinary, sound training code looks like, of every kind.

A module of the zoo stands for a file in a user's repository: it imports nothing of ours. Its list
`PROGRAMS` names the functions that a user would write behind `setup:`. None of them may raise an alarm.

The programs of `held_out/` were written before the checks and are not looked at while one works on
them: what the checks say of those is the measure of how they do on programs that nobody has seen.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

ZOO = Path(__file__).parent
OPEN: tuple[str, ...] = ()
HELD_OUT: tuple[str, ...] = ()


class Program(NamedTuple):
    """One healthy program, as `setup:` names it from the folder of the zoo."""

    module: str
    function: str

    @property
    def setup(self) -> str:
        return f"{self.module}:{self.function}"

    @property
    def in_words(self) -> str:
        return f"{self.module.rpartition('.')[2]} {self.function}".replace("_", " ")


def programs(modules: Sequence[str] = OPEN) -> list[Program]:
    """Every program of the modules, in their order."""
    found = []
    for module in modules:
        listed = importlib.import_module(f"tests.zoo.{module}").PROGRAMS
        found += [Program(module, function.__name__) for function in listed]
    return found
