"""The embedded engine: DuckDB, without a network, within bounds, and leaving nothing behind."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from smokealarm.errors import Inconclusive

SETTINGS = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "preserve_insertion_order": "true",  # row numbers rest on it
}


@contextmanager
def connected() -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to an empty database in memory, which spills into a folder that goes away."""
    with tempfile.TemporaryDirectory(prefix="smokealarm-") as spill:
        connection = duckdb.connect(config={**SETTINGS, "temp_directory": spill})
        try:
            connection.execute("SET TimeZone = 'UTC'")  # a date means the same on every machine
            connection.execute("SET enable_progress_bar = false")  # it would write to stdout
            _leave_memory(connection)
            yield connection
        except duckdb.OutOfMemoryException as error:
            raise Inconclusive(
                f"the table does not fit into memory: {str(error).splitlines()[0]}",
                "Ask less of this table, or run on a machine with more memory or free disk.",
            ) from None
        finally:
            connection.close()


def _leave_memory(connection: duckdb.DuckDBPyConnection) -> None:
    """Take three quarters of DuckDB's own limit (80 % of the machine's or container's memory).

    The rest is for the operating system's cache and the job beside us. A share can be written as
    "60%" only from DuckDB 2.0 on.
    """
    [(limit,)] = connection.execute("SELECT current_setting('memory_limit')").fetchall()
    amount, unit = limit.split()
    connection.execute(f"SET memory_limit = '{float(amount) * 0.75:.2f} {unit}'")
