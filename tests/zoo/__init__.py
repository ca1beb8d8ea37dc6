"""The zoo of healthy programs: what ordinary, sound training code looks like, of every kind.

A module of the zoo stands for a file in a user's repository: it imports nothing of ours. Its list
`PROGRAMS` names the functions that a user would write behind `setup:`. None of them may raise an alarm.

The programs of `held_out/` were written before the checks and are not looked at while one works on
them: what the checks say of those is the measure of how they do on programs that nobody has seen.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

ZOO = Path(__file__).parent
OPEN: tuple[str, ...] = (
    "vision",
    "text",
    "series",
    "tabular",
    "generative",
    "graphs_and_sets",
    "recommending",
    "representation",
    "reinforcement",
    "loops",
    "tuning",
    "unusual",
    "hub",
    "more_tutorials",
    "more_adversaries",
    "more_styles",
    "more_models",
)
HELD_OUT: tuple[str, ...] = (
    "held_out.vision2",
    "held_out.text2",
    "held_out.tables2",
    "held_out.generative2",
    "held_out.loops2",
)


class Program(NamedTuple):
    """One healthy program, as `setup:` names it from the folder of the zoo."""

    module: str
    function: str

    @property
    def setup(self) -> str:
        return f"{self.module}:{self.function}"

    def load(self) -> Callable[..., Any]:
        """The function itself, for tests that need no repository around it."""
        module = importlib.import_module(f"tests.zoo.{self.module}")
        function: Callable[..., Any] = getattr(module, self.function)
        return function

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
