"""The notes on patterns, held to a real PostgreSQL and to Java, by which Spark searches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyspark.errors import IllegalArgumentException
from pyspark.sql import SparkSession

from tests.data.patterns import MADE, PLAIN_TEXTS, PROBES, misread, undeclared, unproved
from tests.data.remote.servers import Server

Found = Callable[[str, str], "bool | None"]
EXAMPLES = settings(derandomize=True, deadline=None, max_examples=300)
TEXTS = st.lists(PLAIN_TEXTS, min_size=3, max_size=5)


@pytest.fixture(scope="module")
def postgresql(server: Server) -> Iterator[Found]:
    """What PostgreSQL finds."""
    with server.connect() as connection:

        def found(regex: str, text: str) -> bool | None:
            try:
                row = connection.execute("SELECT %s::text ~ %s::text", [text, regex]).fetchone()
            except psycopg.DataError:
                return None
            return bool(row and row[0])

        yield found


@pytest.fixture(scope="module")
def java(spark: SparkSession) -> Found:
    """What Java finds."""
    patterns: Any = spark._jvm.java.util.regex.Pattern  # type: ignore[union-attr]

    def found(regex: str, text: str) -> bool | None:
        try:
            return bool(patterns.compile(regex).matcher(text).find())
        except IllegalArgumentException:  # as pyspark calls a PatternSyntaxException
            return None

    return found


def test_postgresql_differs_where_a_note_says_so_and_nowhere_else(postgresql: Found) -> None:
    assert not undeclared("PostgreSQL", postgresql)
    assert not unproved("PostgreSQL", postgresql)


@EXAMPLES
@given(regex=MADE, texts=TEXTS)
def test_postgresql_finds_the_same_in_plain_texts_where_no_note_says_otherwise(
    postgresql: Found, regex: str, texts: list[str]
) -> None:
    assert not misread("PostgreSQL", postgresql, regex, texts)


def test_java_differs_where_a_note_says_so_and_nowhere_else(java: Found) -> None:
    assert not undeclared("Java", java)
    assert not unproved("Java", java)


@EXAMPLES
@given(regex=MADE, texts=TEXTS)
def test_java_finds_the_same_in_plain_texts_where_no_note_says_otherwise(
    java: Found, regex: str, texts: list[str]
) -> None:
    assert not misread("Java", java, regex, texts)


def test_spark_searches_as_java(spark: SparkSession) -> None:
    plain = [probe for probe in PROBES if probe[0] in ("a|b", "a(?=b)", r"(.)\1", "[^a]")]
    frame = spark.createDataFrame(plain, "regex string, text string")
    assert [row[0] for row in frame.selectExpr("text RLIKE regex").collect()] == [True] * len(plain)
