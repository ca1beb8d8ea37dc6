"""DuckDB, PostgreSQL and Spark answer every kind of question alike."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from pyspark.sql import SparkSession

from smokealarm.data.conditions.where import Absent, Among, Compared, Every, Not, Of, Some
from smokealarm.data.questions import (
    Afar,
    AgainstSet,
    Commonest,
    Counts,
    Crossed,
    Faulty,
    FaultyRecord,
    Histogram,
    In,
    LengthOutside,
    Mismatched,
    Missing,
    NotAbove,
    NotIn,
    NotPaired,
    Number,
    Ordered,
    Outlying,
    Outside,
    Present,
    Quantiles,
    Question,
    RecordRepeated,
    Refused,
    Repeated,
    RepeatedWithin,
    RowCount,
    SumIsNot,
    Unequal,
)
from tests.data.remote.same_answers import (
    TABLES,
    TYPES,
    Columns,
    differing,
    into_postgres,
    of_file,
    of_server,
    parquet,
    rich,
)
from tests.data.remote.servers import Server

STATISTICS = ("min", "max", "sum", "mean", "median", "stdev", "distinct", "missing", "once")
MOMENTS = ("day", "at", "zoned")
WHERES = (
    Compared("whole", ">", 0),
    Compared("whole", "!=", 2),
    Compared("x", "<=", 0.1),
    Compared("text", ">=", "a"),
    Compared("day", "<", "2024-03-01"),
    Compared("zoned", ">=", "2024-02-29T01:00:00+01:00"),
    Compared("whole", ">=", Of("x")),
    Compared("text", "==", 5),
    Among("text", ("a", "B", 7), negated=True),
    Among("flag", (True,)),
    Every((Absent("x", negated=True), Not(Some((Absent("text"), Compared("flag", "==", 1)))))),
)


def rows_with_a_fault() -> Iterator[Question[Any]]:
    for name in TYPES:
        for fault in (Missing(), Present(), Repeated(), In((1, "a", True, None))):
            yield Faulty(name, fault)
    for name in ("whole", "x", "short", "price", "flag"):
        yield Faulty(name, Outside(0, 1.5))
        yield Faulty(name, Outside(0.1, 2, strict_min=True))
        yield Faulty(name, NotIn((2, 0.1, -(2**40), "a")))
    for name in ("whole", "x", "price", "flag", *MOMENTS):
        yield Faulty(name, Afar(1.0))
        yield Faulty(name, Afar(1.0, double_sided=False))
        yield Faulty(name, Outlying("iqr", 0.3))
        yield Faulty(name, Outlying("std", 1.0))
    for name in MOMENTS:
        yield Faulty(name, Outside("2024-02-29", "2024-03-01T12:00:00", strict_max=True))
        yield Faulty(name, NotIn(("2024-02-28", "2024-02-28 23:59:59.5")))


def texts_with_a_fault() -> Iterator[Question[Any]]:
    yield Faulty("text", Outside("B", "a"))
    yield Faulty("text", LengthOutside(1, 3, strict_max=True))
    for patterns in (
        ("^[a-zA-Z]+$",),
        (r"\ba\b", "B"),
        ("é|日",),
        (r"\d", "^$"),
        ("(?i)A",),
        ("a.",),
    ):
        yield Faulty("text", Mismatched(patterns))
        yield Faulty("text", Mismatched(patterns, obeys="all"))
        yield Faulty("text", Mismatched(patterns, obeys="none"))
    yield Faulty("text", Mismatched(("%a_", "_"), kind="like"))
    yield Faulty("text", Mismatched(("%!%%",), kind="like", escape="!"))
    yield Faulty("text", Refused("dateutil"))


def about_columns() -> Iterator[Question[Any]]:
    for name in TYPES:
        for statistic in STATISTICS:
            yield Number(name, statistic)  # type: ignore[arg-type]  # they are the literal's
        yield Counts(name)
    for name in ("whole", "x", "price", "day", "zoned", "text"):
        yield Quantiles(name, (0.0, 0.2, 0.5, 1.0), "linear" if name == "x" else "nearest")
    yield Quantiles("whole", (0.3, 0.7), "midpoint")
    yield Histogram("x", (-1.0, 0.0, 0.125, 100.0))
    yield Histogram("whole", (-5.0, 0.0, 5.0))
    yield Ordered("x")
    yield AgainstSet("text", ("a", "z", None))
    yield AgainstSet("whole", (1, 2))
    yield AgainstSet("day", ("2024-02-28", "1999-01-01"))
    yield Commonest("whole", (1, 2))
    yield Commonest("text", ("a",))


def about_rows() -> Iterator[Question[Any]]:
    yield RowCount()
    for where in WHERES:
        yield RowCount(where=where)
    yield Faulty("x", Repeated(), where=WHERES[0])
    yield Number("price", "sum", where=WHERES[8])
    yield Number("x", "median", where=WHERES[0])
    yield Faulty("text", Mismatched((r"\ba",)), where=WHERES[1])


def about_records() -> Iterator[Question[Any]]:
    pairs = (("whole", "x"), ("day", "at"), ("text", "whole"), ("flag", "whole"), ("price", "x"))
    for names in pairs:
        for fault in (NotAbove(), NotAbove(or_equal=True), Unequal(), Unequal(True)):
            yield FaultyRecord(names=names, fault=fault, ignore="either_value_is_missing")
            yield FaultyRecord(names=names, fault=fault, ignore="both_values_are_missing")
        yield FaultyRecord(names=names, fault=RecordRepeated(), ignore="never")
        yield Crossed(names)
    three = ("whole", "x", "price")
    for ignore in ("all_values_are_missing", "any_value_is_missing", "never"):
        for one in (RecordRepeated(), RepeatedWithin(), SumIsNot(5.25)):
            yield FaultyRecord(names=three, fault=one, ignore=ignore)
    yield FaultyRecord(names=("whole", "price"), fault=SumIsNot(4.25), ignore="never")
    wanted = ((1, "a"), (None, "a"), (2, None))
    yield FaultyRecord(names=("whole", "text"), fault=NotPaired(wanted), ignore="never")


QUESTIONS = [
    *rows_with_a_fault(),
    *texts_with_a_fault(),
    *about_columns(),
    *about_rows(),
    *about_records(),
]


def one_of_each_sort() -> list[Question[Any]]:
    """A selection for Spark, which plans for seconds what others answer in milliseconds."""
    sorts: dict[object, Question[Any]] = {}
    for question in QUESTIONS:
        fault, column = getattr(question, "fault", None), getattr(question, "column", "")
        kind = column if column in ("x", "text", "zoned") else "other"
        statistic = getattr(question, "statistic", "")
        sorts.setdefault((type(question), type(fault), statistic, kind, question.where), question)
    return list(sorts.values())


def test_every_question_has_the_same_answer_in_postgresql(server: Server, tmp_path: Path) -> None:
    parquet(tmp_path, rich())
    into_postgres(server, rich())
    theirs, _ = of_server(server.url("public.same"), QUESTIONS)
    assert differing(QUESTIONS, of_file(tmp_path, QUESTIONS), theirs) == []


def test_every_sort_of_question_has_the_same_answer_in_spark(
    spark: SparkSession, tmp_path: Path
) -> None:
    file = parquet(tmp_path, rich())
    questions = one_of_each_sort()
    theirs, _ = of_server(f"spark://{file}", questions)
    assert differing(questions, of_file(tmp_path, questions), theirs) == []


@settings(
    max_examples=5, deadline=None, derandomize=True, phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(columns=TABLES)
def test_any_table_has_the_same_answers_in_postgresql(server: Server, columns: Columns) -> None:
    with tempfile.TemporaryDirectory() as folder:
        parquet(Path(folder), columns)
        into_postgres(server, columns)
        theirs, _ = of_server(server.url("same"), QUESTIONS)
        assert differing(QUESTIONS, of_file(Path(folder), QUESTIONS), theirs) == []
