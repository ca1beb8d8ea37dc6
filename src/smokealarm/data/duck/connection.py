"""The embedded engine: DuckDB, without a network, within bounds, and leaving nothing behind."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from glob import escape
from pathlib import Path

import duckdb

from smokealarm.data.duck.sql import quoted
from smokealarm.errors import Inconclusive

SETTINGS = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "preserve_insertion_order": "true",  # row numbers rest on it
}

UNITS = {"bytes": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40}
PER_THREAD = 2**27  # bytes: with less, the buffers of many threads leave no room for the rows


@contextmanager
def connected(memory: str = "") -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to an empty database in memory, which spills into a folder that goes away.

    `memory` is what it may hold itself, as in "2GB".
    """
    with tempfile.TemporaryDirectory(prefix="smokealarm-") as spill:
        connection = duckdb.connect(config={**SETTINGS, "temp_directory": spill})
        try:
            connection.execute("SET TimeZone = 'UTC'")  # a date means the same on every machine
            connection.execute("SET enable_progress_bar = false")  # it would write to stdout
            _limit_memory(connection, memory)
            yield connection
        except duckdb.Error as error:
            if not is_out_of_room(error):
                raise
            raise Inconclusive(
                f"the table does not fit into memory and {os.path.dirname(spill)}: "
                f"{str(error).splitlines()[0]}",
                "Ask less of this table, raise `memory:`, or run on a machine with more memory or "
                "free disk; TMPDIR names another folder for what does not fit into memory.",
            ) from None
        finally:
            connection.close()


def close_off(connection: duckdb.DuckDBPyConnection, paths: Iterable[Path]) -> None:
    """From here on no query reads or writes another file, or sets anything: SQL of others may come.

    A path is allowed as it is, and as readers get it: with the signs of a glob escaped.
    """
    files = ", ".join(quoted(name) for path in paths for name in {str(path), escape(str(path))})
    connection.execute("SET python_enable_replacements = false")  # no variables of ours as tables
    connection.execute(f"SET allowed_paths = [{files}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def is_out_of_room(error: duckdb.Error) -> bool:
    """Whether memory or disk ended, which says nothing of the file that was read."""
    return isinstance(error, duckdb.OutOfMemoryException) or "No space left" in str(error)


def _limit_memory(connection: duckdb.DuckDBPyConnection, memory: str) -> None:
    """Take what is given, or 60 % of the memory of the machine or container.

    That is three quarters of DuckDB's own limit; the rest is for the operating system's cache and the
    job beside us. A share can be written as "60%" only from DuckDB 2.0 on.
    """
    if memory:
        connection.execute(f"SET memory_limit = {quoted(memory)}")
    [(limit, threads)] = connection.execute(
        "SELECT current_setting('memory_limit'), current_setting('threads')"
    ).fetchall()
    amount, unit = limit.split()
    enough = int(float(amount) * UNITS[unit] / PER_THREAD)
    if memory:
        connection.execute(f"SET threads = {max(1, min(threads, enough))}")
    else:
        connection.execute(f"SET memory_limit = '{float(amount) * 0.75:.2f} {unit}'")
