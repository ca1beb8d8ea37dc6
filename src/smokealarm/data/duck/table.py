"""The tables of a case on one connection of the embedded engine, and what they answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import duckdb
from msgspec import structs

from smokealarm.data.columns import Column
from smokealarm.data.duck.answering import answered
from smokealarm.data.duck.examples import examples
from smokealarm.data.duck.relation import Relation
from smokealarm.data.expectation import Answers
from smokealarm.data.questions import Example, Faulty, FaultyRecord, Question
from smokealarm.data.sources.opening import first_line, is_about_the_file, unreadable, view
from smokealarm.data.sources.source import Source, Unreadable, inspect
from smokealarm.data.sources.text_files import lines_of
from smokealarm.errors import Inconclusive

T = TypeVar("T")


class Tables:
    """The case's own table, called "", and those beside it, each opened once and asked once."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, questions: Sequence[Question[Any]]
    ) -> None:
        self._connection = connection
        self._questions = questions
        self._wanted = frozenset(name for question in questions for name in question.columns)
        self._tables: dict[str, Table | Unreadable] = {}

    def open(self, name: str, source: Source) -> None:
        """Make a view of the source. One that is broken is told by the checks that ask about it."""
        try:
            inspect(source)
            opened = view(self._connection, source, self._wanted, f"t{len(self._tables)}")
        except Unreadable as unreadable:
            self._tables[name] = unreadable
            return
        relation = Relation(
            connection=self._connection, view=opened, beside=lambda other: self[other].relation
        )
        self._tables[name] = Table(source, relation, self)

    def answer(self) -> None:
        """Answer every question about every table that could be opened."""
        for name, table in self._tables.items():
            if isinstance(table, Table):
                mine = [question for question in self._questions if question.table == name]
                try:
                    table.answers = answered(table.relation, mine)
                except duckdb.Error as error:
                    if not is_about_the_file(error):
                        raise
                    self._tables[name] = unreadable(table.source, first_line(error))

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
        self.answers: Mapping[Question[Any], Any] = {}
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
        table = self._tables[question.table]
        found = examples(table.relation, question, at_most)
        lines = lines_of(table.source, (example.row for example in found))
        return [structs.replace(example, line=lines.get(example.row)) for example in found]

    def at(self, table: str) -> Answers:
        return self._tables[table]
