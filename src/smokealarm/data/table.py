"""A table that has answered: every planned question at once, and the examples when asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import duckdb

from smokealarm.data.columns import Column, Kind
from smokealarm.data.layout import columns_of, kind_of, types_of
from smokealarm.data.patterns import condition
from smokealarm.data.plan import scans
from smokealarm.data.questions import Example, Faulty, Mean, Question, RowCount, Tally, Unmatched
from smokealarm.data.relation import relation
from smokealarm.data.source import Format, Source, Unreadable
from smokealarm.data.sql import Sql, examples_query, scan_query
from smokealarm.data.text_files import complaint, lines_of

# As pandas reads them; DuckDB's BOOLEAN would also take the letters t and f.
BOOLEANS = "('True', 'TRUE', 'true', 'False', 'FALSE', 'false')"

SHOWN = 60  # characters of a value in a message


class Table:
    """The answers of DuckDB about one file."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        source: Source,
        columns: Mapping[str, Column],
    ) -> None:
        self.table = source.name
        self.columns = columns
        self._connection = connection
        self._source = source
        self._names = {name: f"c{position}" for position, name in enumerate(columns)}
        self._rows = 0
        self._patterns: dict[Faulty, Sql] = {}
        self._tallies: dict[Faulty, Tally] = {}
        self._means: dict[Mean, float | None] = {}

    def rows(self) -> int:
        return self._rows

    def tally(self, question: Faulty) -> Tally:
        return self._tallies[question]

    def mean(self, question: Mean) -> float | None:
        return self._means.get(question)

    def examples(self, question: Faulty) -> Sequence[Example]:
        column = self.columns[question.column]
        row = "n0" if self._source.format is Format.PARQUET else "rowid"
        query, bound = examples_query(
            question, column, self._names[column.name], row, self._patterns
        )
        found = self._connection.execute(query, bound).fetchall()
        lines = lines_of(self._source, (row + 1 for row, _ in found))
        return [
            Example(row + 1, _shown(value, column.kind), lines.get(row + 1)) for row, value in found
        ]

    def answer(self, questions: Sequence[Question]) -> None:
        """Answer everything, one scan per column."""
        if RowCount() in questions:
            self._rows = self._one("SELECT count(*) FROM t", [])[0]
        for number, question in enumerate(questions):
            if isinstance(question, Faulty) and isinstance(question.fault, Unmatched):
                self._speak(question, number)
        for scan in scans(questions, self.columns):
            rows, missing, *answers = self._one(
                *scan_query(scan, self._names[scan.column.name], self._patterns)
            )
            for question in scan.faults:
                self._tallies[question] = Tally(int(rows), int(missing), int(answers.pop(0)))
            if scan.mean:
                self._means[scan.mean] = answers.pop(0)

    def _speak(self, question: Faulty, number: int) -> None:
        column = self.columns.get(question.column)
        if column:
            name = self._names[column.name]
            self._patterns[question] = condition(self._connection, question, column, name, number)

    def _one(self, query: str, bound: Sequence[object]) -> tuple[Any, ...]:
        [row] = self._connection.execute(query, bound).fetchall()  # an aggregate without groups
        return tuple(row)


def read(
    connection: duckdb.DuckDBPyConnection, source: Source, questions: Sequence[Question]
) -> Table:
    """The table, having answered. Raises Unreadable where the file is not what it should be."""
    try:
        return _read(connection, source, questions, careful=False)
    except duckdb.Error as error:
        if not _is_about_the_file(error):
            raise
        wrong = "" if source.format is Format.PARQUET else complaint(source)
        if source.format is Format.CSV and not wrong:
            return _carefully(connection, source, questions)
        raise _unreadable(source, wrong or _first_line(error)) from None


def _is_about_the_file(error: duckdb.Error) -> bool:
    """The plain kind is what the Parquet reader raises for a damaged footer."""
    about = (duckdb.DataError, duckdb.IOException, duckdb.InvalidInputException)
    return type(error) is duckdb.Error or isinstance(error, about)


def _carefully(
    connection: duckdb.DuckDBPyConnection, source: Source, questions: Sequence[Question]
) -> Table:
    """Again with types from every row: a value after the sample was of another type."""
    try:
        return _read(connection, source, questions, careful=True)
    except duckdb.Error as error:
        if not _is_about_the_file(error):
            raise
        raise _unreadable(source, _first_line(error)) from None


def _read(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    questions: Sequence[Question],
    careful: bool,
) -> Table:
    types = types_of(connection, source, careful)
    columns = columns_of(connection, source, types)
    if source.format is Format.PARQUET:
        _view(connection, source, columns)
    elif questions:
        columns = _load(connection, source, questions, types, columns, careful)
    table = Table(connection, source, columns)
    table.answer(questions)
    return table


def _view(
    connection: duckdb.DuckDBPyConnection, source: Source, columns: Mapping[str, Column]
) -> None:
    """Parquet has columns and row numbers of its own: nothing is loaded before it is asked for."""
    names = ", ".join(f"c{position}" for position in range(len(columns)))
    if "file_row_number" in (name.lower() for name in columns):
        numbered = f"(SELECT *, row_number() OVER () - 1 FROM {relation(source)})"
    else:
        numbered = relation(source).removesuffix(")") + ", file_row_number=true)"
    connection.execute(f"CREATE TEMP VIEW t AS SELECT * FROM {numbered} AS t({names}, n0)")


def _load(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    questions: Iterable[Question],
    types: dict[str, str],
    columns: dict[str, Column],
    careful: bool,
) -> dict[str, Column]:
    """Parse text once, into the columns that are asked about, however many questions there are."""
    asked = {question.column for question in questions if not isinstance(question, RowCount)}
    used = {f"c{at}": name for at, name in enumerate(columns) if name in asked}
    doubtful = (
        {}
        if source.format is Format.JSONL
        else {name: "VARCHAR" if type_ == "BOOLEAN" else type_ for name, type_ in types.items()}
    )
    every = ", ".join(f"c{position}" for position in range(len(columns)))
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE t AS SELECT {', '.join(used) or 'true AS c'} "
        f"FROM {relation(source, doubtful or types, careful)} AS t({every})"
    )
    if doubtful:
        for key, name in used.items():
            if columns[name].kind is Kind.BOOLEAN:
                columns[name] = _boolean_or_text(connection, key, name)
    return columns


def _boolean_or_text(connection: duckdb.DuckDBPyConnection, key: str, name: str) -> Column:
    others = f"SELECT count(*) FROM t WHERE {key} NOT IN {BOOLEANS}"
    if connection.execute(others).fetchall() == [(0,)]:
        connection.execute(f"ALTER TABLE t ALTER {key} TYPE BOOLEAN")
        return Column(name, "BOOLEAN", Kind.BOOLEAN)
    return Column(name, "VARCHAR", kind_of("VARCHAR"))


def _unreadable(source: Source, wrong: str) -> Unreadable:
    return Unreadable(
        f"{source.name} cannot be read as {source.format.value}: "
        + wrong.replace(str(source.path), source.name),
        "Mend the file or write it again; until then nothing can be said about its rows.",
    )


def _first_line(error: Exception) -> str:
    kind, _, said = str(error).splitlines()[0].partition(": ")
    return said or kind


def _shown(value: str | None, kind: Kind) -> str:
    text = "null" if value is None else repr(value) if kind is Kind.TEXT else value
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"
