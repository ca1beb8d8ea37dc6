"""The tables of a case on one connection of the embedded engine, and what they answered."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import duckdb

from smokealarm.data.columns import Column
from smokealarm.data.duck.answering import answered
from smokealarm.data.duck.connection import close_off
from smokealarm.data.duck.examples import examples
from smokealarm.data.duck.relation import Relation
from smokealarm.data.expectation import Answers
from smokealarm.data.questions import Example, Faulty, FaultyRecord, Question, Selected
from smokealarm.data.sources.opening import broken, is_about_the_file, view
from smokealarm.data.sources.places import lines_of, placed
from smokealarm.data.sources.source import Source, Unreadable
from smokealarm.data.sources.stillness import Stillness
from smokealarm.errors import FatalError, Inconclusive

T = TypeVar("T")


class Everything(frozenset[str]):
    """The names of all columns, which nobody knows before the file is opened."""

    def __contains__(self, name: object) -> bool:
        return True


class Tables:
    """The case's own table, called "", and those beside it, each opened once and asked once."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        questions: Sequence[Question[Any]],
        root: Path,
    ) -> None:
        self.root = root
        self._connection = connection
        self._questions = questions
        self._wanted: Collection[str] = frozenset(
            name for question in questions for name in question.wanted
        )
        if any(question.whole for question in questions):
            self._wanted = Everything()
        self._tables: dict[str, Table | Unreadable] = {}
        self._still: dict[str, Stillness] = {}

    def open(self, name: str, source: Source) -> None:
        """Make a view of the source. One that is broken is told by the checks that ask about it."""
        self._still[name] = Stillness(source)
        try:
            opened = view(self._connection, source, self._wanted, f"t{len(self._tables)}")
        except Unreadable as unreadable:
            self._still[name].check()
            self._tables[name] = unreadable
            return
        relation = Relation(
            connection=self._connection, view=opened, beside=lambda other: self[other].relation
        )
        self._tables[name] = Table(source, relation, self)

    def answer(self) -> None:
        """Answer every question about every table that could be opened.

        Queries of the user's own come last, when the engine is closed to all other files for good.
        """
        own = [question for question in self._questions if isinstance(question, Selected)]
        self._answer([question for question in self._questions if question not in own])
        if own:
            tables = [table for table in self._tables.values() if isinstance(table, Table)]
            close_off(self._connection, [p.path for t in tables for p in t.source.parts])
            self._answer(own)

    def _answer(self, questions: Sequence[Question[Any]]) -> None:
        for name, table in self._tables.items():
            if isinstance(table, Table):
                mine = [question for question in questions if question.table == name]
                try:
                    with self.still(name):
                        table.answers |= answered(table.relation, mine)
                except duckdb.Error as error:
                    if not is_about_the_file(error):
                        raise
                    self._tables[name] = broken(table.source, error)

    @contextmanager
    def still(self, name: str) -> Iterator[None]:
        """Raises Inconclusive where a file of the table changed meanwhile, whatever else was raised."""
        try:
            yield
        finally:
            self._still[name].check()

    def __getitem__(self, name: str) -> Table:
        """Raises Unreadable where the file is not what it should be."""
        table = self._tables[name]
        if isinstance(table, Unreadable):
            raise table
        return table


class Table:
    """The answers of DuckDB about one file."""

    def __init__(self, source: Source, relation: Relation, tables: Tables) -> None:
        self.table = source.name
        self.source = source
        self.relation = relation
        self.answers: dict[Question[Any], Any] = {}
        self._tables = tables

    @property
    def columns(self) -> Mapping[str, Column]:
        return self.relation.columns

    def of(self, question: Question[T]) -> T:
        answer: T | FatalError | Inconclusive | Unreadable
        answer = self._tables[question.table].answers[question]
        if isinstance(answer, (FatalError, Inconclusive, Unreadable)):
            raise answer
        return answer

    def examples(self, question: Faulty | FaultyRecord, at_most: int = 5) -> Sequence[Example]:
        table = self._tables[question.table]
        with self._tables.still(question.table):
            found = examples(table.relation, question, at_most)
        return placed(found, table.source, table.relation.view.starts)

    def lines(self, rows: Iterable[int]) -> Mapping[int, int]:
        return lines_of(rows, self.source, self.relation.view.starts)

    def file(self, path: str) -> Path:
        return self._tables.root / path

    def at(self, table: str) -> Answers:
        return self._tables[table]
