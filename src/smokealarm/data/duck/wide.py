"""A table of very many columns, some of them at a time.

Every query over a file names all its columns to the engine once more: 2,000 questions about 2,000
columns of 1,000 rows took 68 CPU seconds so, and take 4.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from smokealarm.data.duck.relation import Relation, View
from smokealarm.data.duck.sql import Sql, identifier
from smokealarm.data.questions import (
    AgainstSet,
    Commonest,
    Counts,
    Faulty,
    Histogram,
    Number,
    Quantiles,
    Question,
    Unordered,
)

MANY = 200  # columns
AT_ONCE = 200  # columns that are held together
VALUES = 10_000_000  # that are worth holding together

OF_VALUES = (AgainstSet, Commonest, Counts, Faulty, Histogram, Number, Quantiles)

Asked = tuple[Relation, list[Question[Any]]]


def narrowed(relation: Relation, questions: Iterable[Question[Any]]) -> Iterator[Asked]:
    """The questions, each with a relation that can answer it. Take each before you ask for the next."""
    questions = list(questions)
    by_column: dict[str, list[Question[Any]]] = {}
    for question in questions:
        if _is_of_values(question):
            by_column.setdefault(question.columns[0], []).append(question)
    size = _size(relation) if len(by_column) > MANY else 0
    if size < 2:
        yield relation, questions
        return
    yield relation, [question for question in questions if not _is_of_values(question)]
    columns = iter(by_column)
    while some := list(islice(columns, size)):
        name = f"{relation.view.name} {some[0]}"
        yield (
            _held(relation, name, some),
            [question for column in some for question in by_column[column]],
        )
        relation.ask(Sql(f"DROP TABLE {identifier(name)}"))


def _is_of_values(question: Question[Any]) -> bool:
    """Whether the values of one column are all that it takes, without their rows."""
    alone = question.where is None and len(question.columns) == 1
    ordered = isinstance(getattr(question, "fault", None), Unordered)
    return alone and isinstance(question, OF_VALUES) and not ordered


def _size(relation: Relation) -> int:
    """How many columns to hold; none where they are held anyway."""
    if relation.view.row == "rowid":
        return 0
    [(rows,)] = relation.ask(Sql(f"SELECT count(*) FROM {identifier(relation.view.name)}"))
    return min(AT_ONCE, VALUES // max(1, int(rows)))


def _held(relation: Relation, name: str, columns: list[str]) -> Relation:
    """A table of these columns only."""
    keys = ", ".join(f"{relation.key(column)} AS c{at}" for at, column in enumerate(columns))
    query = f"CREATE TEMP TABLE {identifier(name)} AS SELECT {keys} FROM {identifier(relation.view.name)}"
    relation.ask(Sql(query))
    view = View(name, {column: relation.columns[column] for column in columns}, "rowid")
    return Relation(connection=relation.connection, view=view, beside=relation.beside)
