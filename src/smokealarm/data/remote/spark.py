"""Spark: the session that is there, or a local one; files of a path, or a table of the catalog."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from typing import Any

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

# pyspark first: where it is missing, its name says which extra to install.
from py4j.protocol import Py4JError
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession

from smokealarm.data.remote import failures
from smokealarm.data.remote.address import Address
from smokealarm.data.remote.normal import nan_is_null
from smokealarm.errors import FatalError, Inconclusive

# What the environment (SPARK_CONF_DIR, spark-defaults.conf) does not say.
LOCAL = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.sql.shuffle.partitions": str(os.cpu_count() or 2),
    "spark.log.level": "ERROR",
}
UTC = dt.Timestamp(timezone="UTC")
FORMATS = {".orc": "orc", ".json": "json", ".jsonl": "json", ".avro": "avro", ".delta": "delta"}


@ibis.udf.scalar.builtin(name="unix_micros")  # type: ignore[untyped-decorator]  # Ibis has no types
def _unix_micros(moment: dt.Timestamp(timezone="UTC")) -> dt.int64:  # type: ignore[valid-type]
    """Spark's own; Ibis has no microseconds there."""


class Spark:
    """A session, and the group of its jobs that a timeout ends."""

    name = "Spark"

    def __init__(self, session: SparkSession, address: Address, timeout: float) -> None:
        self.queries = 0
        self._session = session
        self._backend = ibis.pyspark.connect(session)
        self._address = address
        self._timeout = timeout
        self._view = f"smokealarm_{uuid.uuid4().hex}"
        self._views: dict[Address, str] = {}

    def table(self, address: Address) -> ir.Table:
        try:
            frame = self._frame(address)
        except (Py4JError, PySparkException) as error:
            raise self._no_table(address, error) from None
        view = f"{self._view}_{len(self._views)}"
        frame.createOrReplaceTempView(view)
        self._views[address] = view
        zoned = [field.name for field in frame.schema if field.dataType.typeName() == "timestamp"]
        table = nan_is_null(self._backend.table(view))
        return table.mutate(**{name: table[name].cast(UTC) for name in zoned}) if zoned else table

    def _frame(self, address: Address) -> DataFrame:
        if address.table:
            return self._session.table(".".join(filter(None, (address.schema, address.table))))
        kind = FORMATS.get(Path(address.path).suffix, "parquet")
        return self._session.read.format(kind).load(address.path)

    def _no_table(self, address: Address, error: Exception) -> Exception:
        said = str(error)
        if "PATH_NOT_FOUND" in said or "TABLE_OR_VIEW_NOT_FOUND" in said:
            return FatalError(
                f"there is no table {address.name} for Spark",
                "Write `spark:///path/to/table.parquet`, or `spark://?table=database.name`.",
            )
        return failures.refused(address, self.name, said)

    def rows(self, expression: ir.Table) -> Sequence[tuple[Any, ...]]:
        return self._run(self._backend.compile(expression))

    def microseconds(self, moment: Any) -> Any:
        return _unix_micros(moment.cast(UTC))

    def sql(self, query: str, address: Address, limit: int) -> Sequence[tuple[Any, ...]]:
        return self._run(query.replace("{batch}", self._views[address]), limit)

    def _run(self, query: str, limit: int | None = None) -> Sequence[tuple[Any, ...]]:
        """Through Arrow, because `collect` brings moments into the time zone of this machine."""
        self.queries += 1
        context, late = self._session.sparkContext, []

        def stop() -> None:
            late.append(True)
            context.cancelJobGroup(self._view)

        timer = Timer(self._timeout, stop)
        timer.start()
        context.setJobGroup(self._view, "smokealarm", interruptOnCancel=True)
        try:
            frame = self._session.sql(query)
            found = (frame if limit is None else frame.limit(limit)).toArrow()
            return list(zip(*(column.to_pylist() for column in found.columns)))
        except (Py4JError, PySparkException) as error:
            if late:
                raise failures.too_slow(self._timeout) from None
            raise failures.refused(self._address, self.name, str(error)) from None
        finally:
            timer.cancel()

    def close(self) -> None:
        for view in self._views.values():
            self._session.catalog.dropTempView(view)


@contextmanager
def connected(address: Address, timeout: float) -> Iterator[Spark]:
    """The session stays, for the next case: to start one takes seconds."""
    try:
        session = _session(address)
    except Exception as error:  # without Java it is a RuntimeError, an OSError or Py4J's own
        raise Inconclusive(
            f"Spark did not start: {(str(error).splitlines() or ['it does not say why'])[0]}",
            "Spark needs Java 17 or later (JAVA_HOME), and for a cluster its address.",
        ) from None
    spark = Spark(session, address, timeout)
    try:
        yield spark
    finally:
        spark.close()


def _session(address: Address) -> SparkSession:
    active = SparkSession.getActiveSession()
    if active is not None:
        return active
    host = address.url.partition("?")[0].removeprefix("spark://").partition("/")[0]
    builder = SparkSession.builder.appName("smokealarm")
    builder = builder.master(f"spark://{host}" if host else "local[*]")
    for name, value in LOCAL.items() if not host else ():
        builder = builder.config(name, value)
    return builder.getOrCreate()
