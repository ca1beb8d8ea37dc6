"""What is proposed about the table as a whole: its columns, their types, its size, its rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from smokealarm.data.columns import Column, Kind
from smokealarm.data.duck.relation import Relation
from smokealarm.data.duck.sql import Sql, identifier
from smokealarm.data.proposing.candidate import Line
from smokealarm.data.proposing.sample import MOST_ROWS, Sample

FEWEST_COLUMNS = 4  # below this, rows are equal by chance
UNIQUE = "expect_column_values_to_be_unique"
SAY_THE_TYPE = (
    "expect_column_mean_to_be_between",
    "expect_column_value_lengths_to_be_between",
    "expect_column_values_to_be_in_set",
)  # each alarms where a column's type is another one
DATES = ("DATE", "TIMESTAMP")
TYPES = {Kind.BOOLEAN: ["bool"], Kind.NUMBER: ["int", "float", "DECIMAL"]}


class Proposed(NamedTuple):
    """A check with its options, why, and the smallest fault that it would catch."""

    check: str
    line: Line


def of_the_table(
    relation: Relation, known: Sample, batch: int, others: Sequence[Proposed]
) -> Iterator[Proposed]:
    """What holds for the table as a whole. Half the rows is where the other ranges stop being right.

    `others`: the lines about its columns. A type is told where none of them would notice another one.
    """
    names: list[Any] = [values.column.name for values in known.columns]
    yield Proposed(
        "expect_table_columns_to_match_set",
        Line({"column_set": names}, f"There are {len(names)} columns", "a column lost or added"),
    )
    yield Proposed(
        "expect_table_row_count_to_be_between",
        Line(
            {"min_value": max(1, batch // 2)},
            f"The ranges below are for batches of about {batch:,} rows",
            "a batch that lost more than half of them",
        ),
    )
    keys = _about(others, UNIQUE)
    if _never_repeat(relation, [name for name in names if name not in keys]):
        yield Proposed(
            "no_duplicate_rows",
            Line(
                {"ignore": keys} if keys else {},
                "No row equals another, and already half of the columns tell them apart",
                "a row that was written twice",
            ),
        )
    told = _about(others, *SAY_THE_TYPE)
    for values in known.columns:
        if values.column.name not in told and values.present.mean() > 0.5:
            yield from _type(values.column)


def _about(lines: Sequence[Proposed], *checks: str) -> list[Any]:
    return [line.options["column"] for check, line in lines if check in checks]


def _type(column: Column) -> Iterator[Proposed]:
    """The type in the widest words for it, as files of one source differ in the width."""
    names = ["DATE", "datetime"] if column.type.startswith(DATES) else TYPES.get(column.kind)
    if names:
        yield Proposed(
            "expect_column_values_to_be_in_type_list",
            Line(
                {"column": column.name, "type_list": names},
                f"Its type is {column.type}",
                "values that became text",
            ),
        )


def repeats(relation: Relation, column: str) -> bool:
    """Whether a value of the column is there more than once, in the whole table."""
    present = f"{identifier(relation.view.name)} WHERE NOT {relation.missing(column)}"
    return _repeats(relation, [column], present)


def _repeats(relation: Relation, names: Sequence[str], rows: str) -> bool:
    keys = ", ".join(relation.key(name) for name in names)
    [(again,)] = relation.ask(Sql(f"SELECT count(*) - count(DISTINCT hash({keys})) FROM {rows}"))
    return bool(again)


def _never_repeat(relation: Relation, names: Sequence[str]) -> bool:
    """Whether no row equals another, and would not by chance either.

    That no two rows of a reference are equal does not say that the next batch has none. So the
    columns are dealt out to two hands, the most telling in turn: where already each hand tells all
    rows apart, two equal rows would be two coincidences at once.
    """
    if len(names) < FEWEST_COLUMNS:
        return False
    names = _by_variety(relation, names)
    some = f"(FROM {identifier(relation.view.name)} LIMIT {MOST_ROWS})"
    if any(_repeats(relation, hand, some) for hand in (names[0::2], names[1::2])):
        return False
    return not _repeats(relation, names, identifier(relation.view.name))


def _by_variety(relation: Relation, names: Sequence[str]) -> list[str]:
    """The columns with the most different values first."""
    counted = ", ".join(f"approx_count_distinct({relation.key(name)})" for name in names)
    [counts] = relation.ask(Sql(f"SELECT {counted} FROM {identifier(relation.view.name)}"))
    return [name for _, name in sorted(zip(counts, names), key=lambda pair: -pair[0])]
