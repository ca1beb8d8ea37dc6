"""The opt-in record as a case of style uses it. Its reading is loaded only where a case names one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from hashlib import sha256
from typing import TYPE_CHECKING

from msgspec import Struct

from smokealarm.finding import Finding
from smokealarm.loading import load
from smokealarm.style.companions import contents_of
from smokealarm.workspace import Workspace

if TYPE_CHECKING:
    from smokealarm.style.record import Sides, State

NAME = ".smokealarm-style"


class Kept(Struct, frozen=True, kw_only=True):
    """What the record keeps before the change and after it, on a day (in UTC)."""

    sides: Sides
    today: date
    content: str  # a hash of the file

    def state(self, tool: str, code: str, path: str) -> State:
        """What counts of the rule in the file: OFF, NEW or STRICT."""
        return self.sides.head.record.state(tool, code, path, self.today)

    def concerns(self, tool: str, path: str) -> bool:
        """Whether the tool has to look at the file at all."""
        return self.sides.head.record.concerns(tool, path)

    def policy(self) -> tuple[str, ...]:
        """What a verdict owes to it: the file, and the waives that count on this day."""
        return (self.content, *map(str, self.sides.head.record.in_force(self.today)))


def check(kept: Kept) -> Iterator[Finding]:
    """What the repository keeps, it keeps: the record of opted-in rules only tightens.

        style:
          - record: .smokealarm-style
            checks: [record, black, flake8, shellcheck]

    The record is a file with a line for each tool, rule and path; `smokealarm suggest style --write`
    makes it. With `record:`, what counts of the tools is what it keeps, in place of `scope:`.

        black * src/data/ keep
        flake8 E9 . strict
        flake8 F401 src/ new
        waive flake8 E722 src/legacy/ until 2027-03-01: the callers log the exceptions, see #12

    A rule may be the beginning of rules (`E9`) or `*`; a path is a file, a folder that ends with
    `/`, or `.` for the whole repository. In a path, a space is written `%20`, and so with every
    character that would break the line. The states:

    - `strict`: in a changed file, nothing may break the rule
    - `new`: a change may not add what breaks it; what was there does not count
    - `keep`: the same of a formatter; what is formatted stays so
    - what no line names is off

    Of several lines about one place the highest holds, so a merge that keeps the lines of both
    sides is always right: put `.smokealarm-style merge=union` into `.gitattributes`. (GitHub's
    own button does not heed it; merge the base into the branch by hand where it sees a conflict.)

    A `waive` takes back what it names, until the end of a day in UTC, and at most 180 days ahead.
    The line that it spares stays. It is told as a notice when it is added, and as a warning once it
    has ended. A change fails where it takes a line away or lowers it, whether waived or not, unless
    another line keeps as much or the path is gone. To give up a rule for good, merge over it.

    There are no options.
    """
    yield from load("style.record").check(kept.sides, kept.today)


def kept_by(workspace: Workspace, name: str) -> Kept:
    """The record of this name as it is judged. Raises FatalErrors with all that is wrong with it."""
    record = load("style.record")
    changes = workspace.changes
    changed = contents_of(workspace, [file for file in changes.files if file.path == name])
    sides = record.sides(
        workspace.root, changes.base, changes.head, name, content=changed.get(name)
    )
    return Kept(
        sides=sides,
        today=record.utc_today(),
        content=sha256(record.formatted(sides.head.record)).hexdigest(),
    )
