"""The contract of a drill: a stage plants faults and makes healthy edits, and says who alarmed.

Each stage that can be drilled has a module `drill` with

    trials(case: Case, workspace: Workspace, terms: Terms) -> Iterator[Trial | Undrilled]

It works on copies in a private folder, never on the user's own files, and has every copy judged by
`terms.gate`, the very path that `smokealarm check` takes.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol, Union

from msgspec import Struct

from smokealarm.results import Results
from smokealarm.stage import Case


class Trial(Struct, frozen=True, kw_only=True):
    """One change that was made up, and whether the check alarmed.

    - `name`: of the fault, such as the rule that it breaks, or of the healthy edit
    - `manner`: how or where it was made, in a few words: "in a renamed file"
    - `place`: what it was made in, for a reader who wants to do it again
    - `detail`: where the check was wrong, what it said and what was changed
    - `remedy`: where the check was wrong, what may help: another check, another setting
    """

    check: str
    name: str
    manner: str = ""
    place: str = ""
    is_fault: bool
    alarmed: bool
    detail: str = ""
    remedy: str = ""

    @property
    def is_right(self) -> bool:
        return self.alarmed == self.is_fault


class Undrilled(Struct, frozen=True, kw_only=True):
    """Something that was not tried, and why: every silence has a reason."""

    check: str
    reason: str
    name: str = ""


Tried = Union[Trial, Undrilled]


class Gate(Protocol):
    """`smokealarm check` as a function."""

    def __call__(self, case: Case, root: Path, base: str, head: str) -> Results:
        """What the case says of the change from one commit to another of the repository."""


class Whole(Protocol):
    """`smokealarm check --all` as a function, of a folder that need not be a repository."""

    def __call__(self, case: Case, root: Path) -> Results:
        """What the case says of the files as they lie there."""


class Terms(Struct, frozen=True, kw_only=True):
    """What a drill is given beside the case: what it may take, and by what it is judged.

    A stage asks `is_over` between trials; once the time is over it says what it leaves out.
    """

    gate: Gate
    whole: Whole
    seed: int
    is_over: Callable[[], bool]
