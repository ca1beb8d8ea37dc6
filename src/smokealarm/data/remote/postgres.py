"""PostgreSQL: one read-only transaction per case, so that all answers are about the same rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import ibis.expr.types as ir
import psycopg
from ibis.backends.postgres import Backend
from ibis.common.exceptions import TableNotFound
from psycopg import errors, sql

from smokealarm.data.remote import failures
from smokealarm.data.remote.address import Address
from smokealarm.data.remote.normal import microseconds

CONNECT_SECONDS = 20

# A value means itself in these settings, whatever the server's or the role's own are.
SETTINGS = {
    "standard_conforming_strings": "on",
    "TimeZone": "UTC",
    "DateStyle": "ISO",
    "IntervalStyle": "postgres",
    "extra_float_digits": "1",
    "bytea_output": "hex",
    "lock_timeout": "30s",
}


class Postgres:
    """A connection to one server, in a transaction that can only read."""

    name = "PostgreSQL"

    def __init__(self, connection: psycopg.Connection, address: Address, timeout: float) -> None:
        self.queries = 0
        self._connection = connection
        self._backend = Backend.from_connection(connection)
        self._address = address
        self._timeout = timeout

    def table(self, address: Address) -> ir.Table:
        try:
            schema = self._backend.get_schema(address.table, database=address.schema or None)
        except TableNotFound:
            known = self._backend.list_tables(database=address.schema or None)
            raise failures.no_table(address, known) from None
        except errors.Error as error:
            raise self._told(error) from None
        columns = sql.SQL(", ").join(_column(name, kind) for name, kind in schema.items())
        query = sql.SQL("SELECT {} FROM {}").format(columns, _name(address))
        kinds = {name: _kind(kind) for name, kind in schema.items()}
        text = query.as_string(self._connection)
        known_as = ops.SQLQueryResult(text, ibis.schema(kinds), self._backend)
        table: ir.Table = known_as.to_expr()
        return table

    def rows(self, expression: ir.Table) -> Sequence[tuple[Any, ...]]:
        return self._run(self._backend.compile(expression))

    def microseconds(self, moment: Any) -> Any:
        return microseconds(moment)

    def sql(self, query: str, address: Address, limit: int) -> Sequence[tuple[Any, ...]]:
        table = _name(address).as_string(self._connection)
        return self._run(query.replace("{batch}", table), limit)

    def _run(self, query: str, limit: int | None = None) -> Sequence[tuple[Any, ...]]:
        self.queries += 1
        try:
            with self._connection.cursor() as cursor:
                cursor.execute(query.encode())
                return cursor.fetchall() if limit is None else cursor.fetchmany(limit)
        except (errors.Error, UnicodeError) as error:
            if not self._connection.closed:
                self._connection.rollback()
            raise self._told(error) from None

    def _told(self, error: Exception) -> Exception:
        if self._connection.closed:
            return failures.lost(self._address, str(error))
        if isinstance(error, errors.QueryCanceled):
            return failures.too_slow(self._timeout)
        if isinstance(error, errors.InsufficientPrivilege):
            return failures.not_allowed(self._address, str(error))
        if isinstance(error, errors.ReadOnlySqlTransaction):
            return failures.read_only(str(error))
        return failures.refused(self._address, self.name, str(error))


@contextmanager
def connected(address: Address, timeout: float) -> Iterator[Postgres]:
    """A connection that reads one snapshot, and is closed whatever happens.

    psycopg cancels the running query on the server when an interrupt ends its wait.
    """
    try:
        connection = psycopg.connect(
            address.url, connect_timeout=CONNECT_SECONDS, application_name="smokealarm"
        )
    except errors.Error as error:
        raise _unreachable(address, error) from None
    except UnicodeError:
        raise failures.unreachable(address, "the host's name is no name") from None
    try:
        connection.read_only = True
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        for name, value in {**SETTINGS, "statement_timeout": f"{timeout * 1000:.0f}ms"}.items():
            connection.execute("SELECT set_config(%s, %s, false)", (name, value))
        connection.commit()
        yield Postgres(connection, address, timeout)
    finally:
        connection.close()


def _unreachable(address: Address, error: Exception) -> Exception:
    said = str(error)
    if "password" in said or "authentication" in said or "no pg_hba.conf entry" in said:
        return failures.not_let_in(address, said)
    if 'database "' in said and "does not exist" in said:
        return failures.no_database(address, said)
    return failures.unreachable(address, said)


def _name(address: Address) -> sql.Identifier:
    return sql.Identifier(*filter(None, (address.schema, address.table)))


def _kind(kind: dt.DataType) -> dt.DataType:
    """The type by which a column is asked about: JSON and what Ibis does not know are text."""
    as_text = kind.is_json() or kind.is_unknown() or kind.is_uuid() or kind.is_inet()
    return dt.String() if as_text or kind.is_macaddr() else kind


def _column(name: str, kind: dt.DataType) -> sql.Composable:
    """Text compares by code point, as in a file, not by the database's language; NaN is missing."""
    column = sql.Identifier(name)
    if _kind(kind).is_string():
        return sql.SQL('CAST({} AS TEXT) COLLATE "C" AS {}').format(column, column)
    if kind.is_floating() or kind.is_decimal():
        return sql.SQL("NULLIF({}, 'NaN') AS {}").format(column, column)
    return column
