"""The tables of a case on one connection of a remote engine, and what they answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from msgspec import Struct

from smokealarm.data.columns import Column
from smokealarm.data.expectation import Answers
from smokealarm.data.questions import Example, Faulty, FaultyRecord, Question
from smokealarm.data.remote.address import Address
from smokealarm.data.remote.answering import answered
from smokealarm.data.remote.columns import columns_of
from smokealarm.data.remote.engines import Engine
from smokealarm.data.remote.examples import examples
from smokealarm.data.remote.relation import MOST_VALUES, Relation
from smokealarm.errors import Inconclusive

T = TypeVar("T")


class Reading(Struct, frozen=True, kw_only=True):
    """How a remote table is read, as the case's settings say."""

    key: tuple[str, ...] = ()
    timeout: float = 300.0
    most_values: int = MOST_VALUES


class Tables:
    """The case's own table, called "", and those beside it, each asked once."""

    def __init__(self, engine: Engine, reading: Reading, root: Path) -> None:
        self.root = root
        self._engine = engine
        self._reading = reading
        self._tables: dict[str, Table] = {}

    def open(self, name: str, address: Address) -> None:
        """Look at the table's columns. Raises FatalError where it is not there."""
        found = self._engine.table(address)
        columns = columns_of(found)
        relation = Relation(
            engine=self._engine,
            address=address,
            table=found,
            columns=columns,
            beside=lambda other: self[other].relation,
            key=tuple(column for column in self._reading.key if column in columns),
            most_values=self._reading.most_values,
        )
        self._tables[name] = Table(address.name, relation, self)

    def answer(self, questions: Sequence[Question[Any]]) -> None:
        """Answer every question about every table; a second call adds to the first."""
        for name, table in self._tables.items():
            mine = [question for question in questions if question.table == name]
            table.answers |= answered(table.relation, mine)

    def __getitem__(self, name: str) -> Table:
        return self._tables[name]


class Table:
    """The answers of an engine about one table."""

    def __init__(self, table: str, relation: Relation, tables: Tables) -> None:
        self.table = table
        self.relation = relation
        self.answers: dict[Question[Any], Any] = {}
        self._tables = tables

    @property
    def columns(self) -> Mapping[str, Column]:
        return self.relation.columns

    def of(self, question: Question[T]) -> T:
        answer: T | Inconclusive = self._tables[question.table].answers[question]
        if isinstance(answer, Inconclusive):
            raise answer
        return answer

    def examples(self, question: Faulty | FaultyRecord, at_most: int = 5) -> Sequence[Example]:
        return examples(self._tables[question.table].relation, question, at_most)

    def lines(self, rows: Iterable[int]) -> Mapping[int, int]:
        return {}

    def file(self, path: str) -> Path:
        return self._tables.root / path

    def at(self, table: str) -> Answers:
        return self._tables[table]
