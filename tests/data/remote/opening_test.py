"""How a remote table is reached, in how many queries, and at what cost to those who have none."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from pyspark.sql import SparkSession

from smokealarm.data.questions import (
    Faulty,
    Mismatched,
    Missing,
    Number,
    Outside,
    Quantiles,
    Repeated,
)
from smokealarm.errors import FatalError, Inconclusive
from tests.data.remote.same_answers import into_postgres, of_server, rich
from tests.data.remote.servers import Server
from tests.data.tables import ask

NOT_NULL = "expect_column_values_to_not_be_null"


def test_who_has_no_remote_table_does_not_load_ibis() -> None:
    program = "import sys, smokealarm.data as d; d.CHECKS; print('ibis' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout == "False\n"


def test_many_questions_share_few_queries(server: Server) -> None:
    into_postgres(server, rich(), "few")
    columns = ("whole", "x", "short", "price", "flag", "text", "day")
    by_rows = [Faulty(name, Missing()) for name in columns]
    by_rows += [Faulty(name, Outside(0, 5)) for name in columns[:4]]
    assert of_server(server.url("few"), by_rows)[1] == 1
    by_groups = [Faulty(name, Repeated()) for name in columns]
    by_groups_too = [Number(name, "distinct") for name in columns]
    assert of_server(server.url("few"), [*by_rows, *by_groups, *by_groups_too])[1] == 1
    medians = [Number(name, "median") for name in columns[:4]]
    quantiles = [Quantiles(name, (0.1, 0.9)) for name in columns[:4]]
    assert of_server(server.url("few"), [*by_rows, *by_groups, *medians, *quantiles])[1] == 2
    pattern = [Faulty("text", Mismatched((r"\ba",)))]
    assert of_server(server.url("few"), [*by_rows, *pattern])[1] == 3


def test_a_bad_column_is_alone_with_it(server: Server) -> None:
    server.run(
        "DROP TABLE IF EXISTS huge", "CREATE TABLE huge (x float8, y int)",
        "INSERT INTO huge VALUES (1.7e308, 1), (1.7e308, 2)",
    )  # fmt: skip
    total, other, rows = Number("x", "sum"), Number("y", "sum"), Faulty("x", Missing())
    answers, _ = of_server(server.url("huge"), [total, other, rows])
    assert isinstance(answers[total], Inconclusive)
    assert "out of range" in answers[total].message
    assert answers[other] == 3
    assert answers[rows].rows == 2


@pytest.mark.parametrize(
    "name", ["Robert'); DROP TABLE people;--", 'a "quoted" name', "50 %s", "naïve"]
)
def test_hostile_names_and_values_are_names_and_values(
    server: Server, spark: SparkSession, tmp_path: Path, name: str
) -> None:
    written = name.replace('"', '""')
    server.run('DROP TABLE IF EXISTS "odd"', f'CREATE TABLE "odd" ("{written}" text)')
    with server.connect() as connection:
        connection.execute('INSERT INTO "odd" VALUES (%s), (%s)', (name, "back\\slash' \\"))
    options = {"column": name, "value_set": [name, "back\\slash' \\"]}
    assert ask(tmp_path, server.url("odd"), "expect_column_values_to_be_in_set", **options) == []
    frame = spark.createDataFrame([(name,), ("back\\slash' \\",)], "v string").toDF(name)
    frame.createOrReplaceTempView("odd")
    assert ask(tmp_path, "spark://?table=odd", "expect_column_values_to_be_in_set", **options) == []


def test_a_table_that_spark_has_not_is_told(spark: SparkSession, tmp_path: Path) -> None:
    for url in ("spark:///nowhere/x.parquet", "spark://?table=nowhere"):
        with pytest.raises(FatalError, match="there is no table"):
            ask(tmp_path, url, NOT_NULL, column="x")


def test_another_engine_of_ibis_is_asked_the_same_way(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "shop.duckdb")) as connection:
        connection.execute(
            "CREATE TABLE people AS SELECT 1.5 AS age UNION ALL SELECT 'nan'::DOUBLE"
        )
    url = f"duckdb://{tmp_path}/shop.duckdb?table=people"
    [finding] = ask(tmp_path, url, NOT_NULL, column="age")
    assert finding.evidence["unexpected_count"] == 1


def test_an_engine_that_nobody_knows_is_told(tmp_path: Path) -> None:
    with pytest.raises(FatalError, match="nothing is known of tables at gopher://"):
        ask(tmp_path, "gopher://host/db?table=t", NOT_NULL, column="x")
