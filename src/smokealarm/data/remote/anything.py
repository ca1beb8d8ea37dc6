"""Whatever else Ibis can connect to: DuckDB, Snowflake, BigQuery, MySQL, Trino, …"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
from ibis.common.exceptions import IbisError, TableNotFound

from smokealarm.data.remote import failures
from smokealarm.data.remote.address import Address
from smokealarm.data.remote.normal import microseconds, nan_is_null
from smokealarm.errors import FatalError, Inconclusive


class Anything:
    """A connection that Ibis made from the URL."""

    def __init__(self, backend: Any, address: Address) -> None:
        self.name = str(backend.name)
        self.queries = 0
        self._backend = backend
        self._address = address

    def table(self, address: Address) -> ir.Table:
        try:
            table = self._backend.table(address.table, database=address.schema or None)
        except TableNotFound:
            known = self._backend.list_tables(database=address.schema or None)
            raise failures.no_table(address, known) from None
        except Exception as error:  # each driver has its own
            raise failures.refused(address, self.name, str(error)) from None
        return nan_is_null(table) if self._backend.has_operation(ops.IsNan) else table

    def rows(self, expression: ir.Table) -> Sequence[tuple[Any, ...]]:
        self.queries += 1
        try:
            found = self._backend.to_pyarrow(expression)
        except Exception as error:  # each driver has its own
            raise failures.refused(self._address, self.name, str(error)) from None
        return list(zip(*(column.to_pylist() for column in found.columns)))

    def microseconds(self, moment: Any) -> Any:
        return microseconds(moment)

    def sql(self, query: str, address: Address, limit: int) -> Sequence[tuple[Any, ...]]:
        raise failures.unknown(self.name, "queries in SQL")


@contextmanager
def connected(address: Address, timeout: float) -> Iterator[Anything]:
    """A connection that is closed afterwards; how long a query may take, its server says."""
    try:
        backend = ibis.connect(address.url)
    except ImportError as error:
        raise FatalError(
            f"{address.scheme} needs a package that is not installed: {error}",
            f"pip install 'ibis-framework[{address.scheme}]'",
        ) from None
    except (IbisError, ValueError, AttributeError) as error:
        raise FatalError(
            f"nothing is known of tables at {address.scheme}://: "
            + address.without_secrets(str(error)),
            "Ibis connects to postgresql, spark, duckdb, snowflake, bigquery, mysql, trino and others: "
            "https://ibis-project.org/backends/",
        ) from None
    except Exception as error:  # each driver has its own
        raise failures.unreachable(address, str(error)) from None
    try:
        yield Anything(backend, address)
    except Inconclusive:
        raise
    finally:
        backend.disconnect()
