"""The notes on patterns, held to a real PostgreSQL and to Java, by which Spark searches."""

from __future__ import annotations

from typing import Any

import psycopg
from pyspark.errors import IllegalArgumentException
from pyspark.sql import SparkSession

from tests.data.patterns import PROBES, undeclared, unproved
from tests.data.remote.servers import Server


def test_postgresql_differs_where_a_note_says_so_and_nowhere_else(server: Server) -> None:
    with server.connect() as connection:

        def found(regex: str, text: str) -> bool | None:
            try:
                row = connection.execute("SELECT %s::text ~ %s::text", [text, regex]).fetchone()
            except psycopg.DataError:
                return None
            return bool(row and row[0])

        assert not undeclared("PostgreSQL", found)
        assert not unproved("PostgreSQL", found)


def test_java_differs_where_a_note_says_so_and_nowhere_else(spark: SparkSession) -> None:
    patterns: Any = spark._jvm.java.util.regex.Pattern  # type: ignore[union-attr]

    def found(regex: str, text: str) -> bool | None:
        try:
            return bool(patterns.compile(regex).matcher(text).find())
        except IllegalArgumentException:  # as pyspark calls a PatternSyntaxException
            return None

    assert not undeclared("Java", found)
    assert not unproved("Java", found)


def test_spark_searches_as_java(spark: SparkSession) -> None:
    plain = [probe for probe in PROBES if probe[0] in ("a|b", "a(?=b)", r"(.)\1", "[^a]")]
    frame = spark.createDataFrame(plain, "regex string, text string")
    assert [row[0] for row in frame.selectExpr("text RLIKE regex").collect()] == [True] * len(plain)
