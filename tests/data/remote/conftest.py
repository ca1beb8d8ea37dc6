"""One PostgreSQL and one Spark for all tests of remote tables."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from pyspark.sql import SparkSession

from tests.data.remote.servers import Server, binaries, postgres


def lacking(what: str) -> None:
    """Skip the test, or fail it where everything should be there."""
    (pytest.fail if os.environ.get("SMOKEALARM_NO_SKIPS") else pytest.skip)(what)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A PostgreSQL with a user that needs a password."""
    programs = binaries()
    if programs is None:
        lacking("no PostgreSQL here: apt-get install postgresql, or pip install pgserver")
        return
    with postgres(programs) as running:
        yield running


@pytest.fixture(scope="session")
def spark() -> Iterator[SparkSession]:
    """A local session of one thread, small and without its web pages."""
    if not shutil.which("java") and not os.environ.get("JAVA_HOME"):
        lacking("no Java here: apt-get install default-jre-headless")
        return
    settings = {
        "spark.ui.enabled": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.memory": "1g",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.shuffle.partitions": "1",
        "spark.sql.adaptive.enabled": "false",
        # Tables of a few rows: to compile the plans would take longer than to walk through them.
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.codegen.factoryMode": "NO_CODEGEN",
        "spark.log.level": "ERROR",
    }
    builder = SparkSession.builder.master("local[1]")
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    yield session
    session.stop()
