"""The contract of a stage: it opens a subject once, and every check says what it saw."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from typing import Any, Protocol, Union

from msgspec import Struct

from smokealarm.errors import Place
from smokealarm.finding import Digest, Finding, Level, Machine, Picture

FILE_NAME = ".smokealarm.yaml"
NAMES = ("style", "data", "memorize", "regress")
DEFAULTS = "defaults"  # written among `checks:`, it stands for those that the stage has by default

Sight = Union[Finding, Picture, Machine, Digest]


class Ask(Struct, frozen=True, kw_only=True):
    """One line under `checks:`: which check, with which options, asked for at which place."""

    check: str
    place: Place
    options: Mapping[str, Any] = {}
    level: Level = Level.FAILURE
    skip: str = ""


class Case(Struct, frozen=True, kw_only=True):
    """One item under a stage in `.smokealarm.yaml`: a subject and what is asked of it.

    `settings` are the keywords of the stage's `opened`; `places` says where each was written.
    `about` are the files and folders that decide the verdict, where the stage can name them all and
    git has them all: a change elsewhere does not concern the case.
    """

    stage: str
    name: str
    place: Place
    asks: tuple[Ask, ...]
    settings: Mapping[str, Any] = {}
    places: Mapping[str, Place] = {}
    files: str = ""
    about: tuple[str, ...] = ()


class Subject(Protocol):
    """What a stage has opened, and asks once per check."""

    def ask(self, ask: Ask) -> Iterable[Sight]:
        """What the check sees. Raises Inconclusive where it cannot tell, after what it did see.

        Raises Unasked where the question does not apply, or was not paid for.
        """


class Stage(Protocol):
    """A package of `smokealarm` that knows one kind of subject.

    `CHECKS` is the table of its checks. The keyword-only arguments of each are the options that a
    user may write, and those of `opened` the settings of a case. Both are read for the errors of a
    configuration and for the editor's JSON Schema, so they are typed.

    A stage that can name the files on which a case's verdict rests does so in a function
    `about(case, root) -> tuple[str, ...]`; without it every change concerns the case.

    A stage may have `DEFAULTS`: the checks that are asked for by `checks: [defaults]`, or where a case
    has no `checks:` at all.
    """

    @property
    def CHECKS(self) -> Mapping[str, Callable[..., Any]]:
        """Every check by its name."""

    @property
    def opened(self) -> Callable[..., AbstractContextManager[Subject]]:
        """Called as `opened(case, workspace, **case.settings)`."""
