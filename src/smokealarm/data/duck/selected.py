"""A query of the user's own, which anybody may have written: it reads the tables of its case, or nothing."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Timer
from typing import Any

import duckdb

from smokealarm.data.conditions.query import with_batch
from smokealarm.data.duck.connection import is_out_of_room
from smokealarm.data.duck.relation import Relation
from smokealarm.data.duck.sql import identifier
from smokealarm.data.questions import Selected, Value
from smokealarm.errors import FatalError, Inconclusive

MAX_SECONDS = 60.0


def selected(relation: Relation, question: Selected) -> tuple[tuple[Value, ...], ...]:
    """The first rows that the query returns. The engine has been closed off before."""
    name = _batch(relation)
    query = with_batch(question.query, identifier(name))
    try:
        _refuse_other_than_select(relation.connection, query)
        with _interrupted(relation.connection, MAX_SECONDS):
            limited = f"SELECT * FROM (\n{query}\n) AS q LIMIT {question.limit}"
            rows = relation.connection.execute(limited).fetchall()
    except duckdb.InterruptException:
        raise Inconclusive(
            f"the query took more than {MAX_SECONDS:.0f} seconds", "Let it do less."
        ) from None
    except duckdb.Error as error:
        if is_out_of_room(error):
            raise
        said = str(error).splitlines()[0].replace(name, "{batch}")
        raise FatalError(
            f"the query cannot be run: {said}",
            "It is SQL of DuckDB, one SELECT about {batch}, and may read no other file.",
        ) from None
    return tuple(tuple(map(_plain, row)) for row in rows)


def _batch(relation: Relation) -> str:
    """A view of the table with its own names of columns; SQL calls `A` beside `a` `A_1`."""
    name = f"batch_{relation.view.name}"
    columns = ", ".join(f"{relation.key(one)} AS {identifier(one)}" for one in relation.columns)
    relation.connection.execute(
        f"CREATE OR REPLACE TEMP VIEW {identifier(name)} AS "
        f"SELECT {columns} FROM {identifier(relation.view.name)}"
    )
    return name


def _refuse_other_than_select(connection: duckdb.DuckDBPyConnection, query: str) -> None:
    statements = connection.extract_statements(query)
    kinds = [statement.type for statement in statements]
    if kinds != [duckdb.StatementType.SELECT]:
        what = " and ".join(str(kind).rpartition(".")[2] for kind in kinds) or "nothing"
        raise FatalError(f"the query is {what}, not one SELECT", "Write one SELECT about {batch}.")


@contextmanager
def _interrupted(connection: duckdb.DuckDBPyConnection, seconds: float) -> Iterator[None]:
    timer = Timer(seconds, connection.interrupt)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _plain(value: Any) -> Value:
    """NaN is missing; what is no value of JSON becomes its text."""
    if isinstance(value, float) and math.isnan(value):
        return None
    return value if value is None or isinstance(value, (str, int, float, bool)) else str(value)
