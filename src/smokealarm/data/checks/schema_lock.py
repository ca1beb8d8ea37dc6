"""The check `schema_lock`."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher

from smokealarm.data.columns import listed
from smokealarm.data.expectation import Answers, Expectation
from smokealarm.data.locking import Locked, read
from smokealarm.data.questions.comparisons import Fact, Facts
from smokealarm.finding import Finding, Scalar

ALIKE = 0.6  # from which similarity of names on a column may have been renamed


def check(*, lock: str, order: bool = True) -> Expectation:
    """The columns are those of a lock file: their names, types, order, and whether values may be missing.

        data:
          - name: train
            table: data/train.parquet
            checks:
              - schema_lock: {lock: data/train.schema.json}

    Options:
        lock: a file in JSON or YAML, kept in the repository:
            `{"columns": [{"name": "age", "type": "BIGINT", "nullable": false}]}`. A column may also have
            `categories`, all values that are allowed. What is not said is not locked.
        order: false if columns may change places.

    `smokealarm suggest lock data/train.parquet --values-of label --write data/train.schema.json` writes the
    lock of a table as it is, here with the values of `label`. Types are the engine's; those of text files
    are read from the values, so a column without any value has any type. Each finding stands on the
    lock file's line. A column that is gone while one of a like name and the same type is new was renamed.
    """
    question = Facts(at_most=1000)

    def judge(answers: Answers) -> Iterator[Finding]:
        path = answers.file(lock)
        if not path.is_file():
            yield Finding(
                message=f"there is no lock file {lock}",
                remedy=f"Write it, look at it, and commit it: {_command(answers.table, lock)}",
            )
            return
        kept, found = read(path, lock), answers.of(question)
        again = _command(answers.table, lock, kept)
        remedy = f"If the change is meant, edit this line or write the lock again: {again}"
        for line, message, evidence in _changes(kept, found, order):
            yield Finding(
                path=lock, line=line, message=message, remedy=remedy, evidence=dict(evidence)
            )

    return Expectation(questions=(question,), judge=judge, files=(lock,))


def _command(table: str, lock: str, kept: Sequence[Locked] = ()) -> str:
    """What writes the lock, with the values of the same columns as before."""
    of = [word for one in kept if one.categories is not None for word in ("--values-of", one.name)]
    return shlex.join(["smokealarm", "suggest", "lock", table, *of, "--write", lock])


Change = tuple[int, str, Mapping[str, Scalar]]


def _changes(kept: Sequence[Locked], found: Sequence[Fact], order: bool) -> Iterator[Change]:
    """Every difference with the line of the lock that it is about."""
    here = {fact.name: fact for fact in found}
    known = {column.name for column in kept}
    new = [fact for fact in found if fact.name not in known]
    for column in kept:
        if column.name in here:
            yield from _differences(column, here[column.name])
        else:
            renamed = _renamed(column, new)
            if renamed:
                new.remove(renamed)
                told = f"{column.name} is gone; was it renamed to {renamed.name}?"
            else:
                told = f"{column.name} is gone"
            yield column.line, told, {"column": column.name}
    last = kept[-1].line if kept else 1
    for fact in new:
        yield last, f"{fact.name} is new ({fact.type})", {"column": fact.name, "type": fact.type}
    shared = [column.name for column in kept if column.name in here]
    now = [fact.name for fact in found if fact.name in known]
    if order and shared != now:
        at = next(at for at, (one, other) in enumerate(zip(shared, now)) if one != other)
        line = next(column.line for column in kept if column.name == shared[at])
        yield line, f"the order of the columns changed: it is {listed(now)}", {"column": shared[at]}


def _differences(column: Locked, fact: Fact) -> Iterator[Change]:
    evidence = {"column": column.name, "type": fact.type}
    empty = fact.nullable and fact.values == ()  # of a text file, such a column has no type
    if column.type is not None and column.type != fact.type and not empty:
        yield column.line, f"{column.name} was {column.type} and is {fact.type}", evidence
    if column.nullable is False and fact.nullable:
        yield column.line, f"values of {column.name} are missing, and none was", evidence
    if column.categories is None:
        return
    if fact.values is None:
        told = f"{column.name} has more than 1,000 values, and had {len(column.categories)}"
        yield column.line, told, evidence
        return
    if strangers := [str(value) for value in fact.values if value not in column.categories]:
        told = f"{column.name} has values that are not locked: {listed(strangers, 5)}"
        yield column.line, told, {**evidence, "unexpected_count": len(strangers)}


def _renamed(column: Locked, new: Sequence[Fact]) -> Fact | None:
    """The new column that most likely is the one that is gone."""
    alike = [
        (SequenceMatcher(None, column.name.lower(), fact.name.lower()).ratio(), fact)
        for fact in new
        if column.type in (None, fact.type)
    ]
    best = max(alike, key=lambda pair: pair[0], default=None)
    return best[1] if best and best[0] >= ALIKE else None
