"""What `smokealarm suggest lock` and `profile` do: write down what later tables are compared with."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Iterable
from pathlib import Path

from smokealarm import changes
from smokealarm.data.columns import listed
from smokealarm.data.duck.facts import facts
from smokealarm.data.duck.relation import Relation
from smokealarm.data.locking import lock
from smokealarm.data.profile import profile
from smokealarm.data.proposing.reference import reference
from smokealarm.data.questions.comparisons import Facts
from smokealarm.errors import FatalError, Inconclusive
from smokealarm.results import write_atomically

MOST_VALUES = 1000  # of a column whose values are locked


def run(options: Namespace) -> int:
    """Print what is kept of the table, or write it to a file of the repository."""
    root = changes.root_of(Path.cwd())
    try:
        with reference(options.table, root) as relation:
            text = _text(relation, options)
    except Inconclusive as doubt:  # no memory, or a file that is not there to be read
        print(f"smokealarm: {doubt.message}\n{doubt.remedy}", file=sys.stderr)
        return 3
    if options.write is None:
        print(text, end="")
    else:
        _write(root / options.write, text)
        print(f"{options.write} is written; look at it, and commit it")
    return 0


def _text(relation: Relation, options: Namespace) -> str:
    if options.stage == "lock":
        return locked(relation, options.values_of)
    _check_names(relation, options.leave_out)
    return profile(relation, options.leave_out)


def locked(relation: Relation, values_of: Iterable[str] = ()) -> str:
    """The text of a lock, with the values of these columns. Raises FatalError where they have too many."""
    _check_names(relation, values_of)
    known = facts(relation, Facts(at_most=MOST_VALUES))
    without = [fact.name for fact in known if fact.name in values_of and fact.values is None]
    if without:
        raise FatalError(
            f"the values of {listed(without)} cannot be locked",
            f"Name columns of texts or booleans, of at most {MOST_VALUES:,} different values.",
        )
    return lock(known, values_of)


def _check_names(relation: Relation, names: Iterable[str]) -> None:
    if unknown := [name for name in names if name not in relation.columns]:
        raise FatalError(
            f"there is no column {listed(unknown)}",
            f"The table has: {listed(list(relation.columns))}.",
        )


def _write(path: Path, text: str) -> None:
    if os.path.lexists(path) and (path.is_symlink() or not path.is_file()):
        raise FatalError(f"{path} is no ordinary file, so it is not replaced")
    try:
        write_atomically(path, text.encode("utf-8"))
    except OSError as error:
        raise FatalError(
            f"cannot write {path}: {error.strerror}",
            "Name a file in a folder that you may write to, on a disk with room.",
        ) from None
