"""The catalogue: what goes wrong with tables in practice, each at several strengths."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from smokealarm.data.columns import Column, Kind
from smokealarm.data.drilling.planted import Original, Planted, instead, line, percent
from smokealarm.data.duck.sql import identifier, quoted

FEW, SOME, MANY = 0.01, 0.1, 0.5
LABELS = ("label", "labels", "target", "class", "y")

BETWEEN = "expect_column_values_to_be_between"
COLUMNS = "expect_table_columns_to_match_set"
IN_SET = "expect_column_values_to_be_in_set"
MEAN = "expect_column_mean_to_be_between"
NOT_NULL = "expect_column_values_to_not_be_null"
OF_TYPE = "expect_column_values_to_be_of_type"
ROWS = "expect_table_row_count_to_be_between"
STDEV = "expect_column_stdev_to_be_between"

Fault = Callable[[Original, Column], Iterator[Planted]]


def nulls(original: Original, column: Column) -> Iterator[Planted]:
    for share in (FEW, SOME, MANY, 1.0):
        values = {column.name: instead(original, column.name, "NULL", share)}
        remedy = line(NOT_NULL, column=column.name)
        yield Planted(NOT_NULL, f"nulls in {column.name}", percent(share), values, remedy=remedy)


def another_unit(original: Original, column: Column) -> Iterator[Planted]:
    """Inches for centimetres, grams for kilograms; from some of the sources, or all."""
    key = identifier(column.name)
    for factor, share in ((1000, FEW), (1000, SOME), (2.54, 1.0), (1000, 1.0)):
        values = {column.name: instead(original, column.name, f"{key} * {factor}", share)}
        name, manner = f"another unit in {column.name}", f"times {factor:g}, {percent(share)}"
        remedy = line(MEAN, column=column.name, min_value="...", max_value="...")
        yield Planted(MEAN, name, manner, values, remedy=remedy)


def sentinels(original: Original, column: Column) -> Iterator[Planted]:
    """What some program wrote in place of a missing value."""
    for share in (FEW, SOME, MANY):
        values = {column.name: instead(original, column.name, "-999", share)}
        name, remedy = f"-999 in {column.name}", line(BETWEEN, column=column.name, min_value="...")
        yield Planted(BETWEEN, name, percent(share), values, remedy=remedy)


def shifted(original: Original, column: Column) -> Iterator[Planted]:
    """The distribution has moved, and no single value is odd."""
    key, table = identifier(column.name), identifier(original.name)
    for size in (0.1, 0.5, 1.0):
        values = {column.name: f"{key} + {size} * (SELECT stddev_samp({key}) FROM {table})"}
        name, manner = f"shifted {column.name}", f"by {size:g} standard deviations"
        yield Planted(MEAN, name, manner, values, remedy=line("no_drift", reference="..."))


def frozen(original: Original, column: Column) -> Iterator[Planted]:
    """A sensor, or a clock, that repeats its last value."""
    key, table, at = (identifier(name) for name in (column.name, original.name, original.at))
    for share in (SOME, MANY, 1.0):
        first = round(original.rows * (1 - share))
        last = f"(SELECT {key} FROM {table} WHERE {at} = {max(0, first - 1)})"
        values = {column.name: f"CASE WHEN {at} >= {first} THEN {last} ELSE {key} END"}
        name, manner = f"{column.name} is frozen", f"the last {percent(share)}"
        remedy = line(STDEV, column=column.name, min_value="...")
        if column.kind is Kind.MOMENT:
            remedy = line("freshness", column=column.name, max_age="...")
        yield Planted(STDEV, name, manner, values, remedy=remedy)


def typos(original: Original, column: Column) -> Iterator[Planted]:
    """Of texts that repeat: in others nothing tells a typo from a new value."""
    if column.name not in original.categories:
        return
    for share in (FEW, SOME, MANY):
        values = {
            column.name: instead(original, column.name, f"{identifier(column.name)} || 's'", share)
        }
        name, remedy = f"typos in {column.name}", line(
            IN_SET, column=column.name, value_set="[...]"
        )
        yield Planted(IN_SET, name, percent(share), values, remedy=remedy)


def encoding_damage(original: Original, column: Column) -> Iterator[Planted]:
    """UTF-8 that was read as Latin-1, or bytes that were none: both leave signs no text should have."""
    key = identifier(column.name)
    for share in (FEW, SOME, MANY):
        damaged = f"left({key}, 1) || {quoted('Ã©')} || substr({key}, 2)"
        values = {column.name: instead(original, column.name, damaged, share)}
        name, remedy = f"damaged encoding in {column.name}", line(
            "text_encoding", column=column.name
        )
        yield Planted("text_encoding", name, percent(share), values, remedy=remedy)


def another_type(original: Original, column: Column) -> Iterator[Planted]:
    """Numbers that became text on the way."""
    text = f"CAST({identifier(column.name)} AS VARCHAR) || ' kg'"
    remedy = line(OF_TYPE, column=column.name, type_="...")
    name = f"{column.name} became text"
    yield Planted(OF_TYPE, name, percent(1), {column.name: text}, remedy=remedy)


def dropped(original: Original, column: Column) -> Iterator[Planted]:
    remedy = line("schema_lock", file="...")
    yield Planted(COLUMNS, f"{column.name} is gone", "", dropped=[column.name], remedy=remedy)


def shuffled_label(original: Original, column: Column) -> Iterator[Planted]:
    """Labels that stand beside the wrong rows: each column by itself looks as before."""
    table, key, at, dice = (
        identifier(name) for name in (original.name, column.name, original.at, original.dice)
    )
    mixed = f"SELECT {key}, row_number() OVER (ORDER BY {dice}) - 1 AS place FROM {table}"
    other = f"(SELECT mixed.{key} FROM ({mixed}) AS mixed WHERE mixed.place = {at})"
    for share in (SOME, MANY, 1.0):
        values = {column.name: instead(original, column.name, other, share)}
        condition = f"'{column.name} == ...'"  # within a class the other columns have moved
        remedy = line("no_drift", reference="...", row_condition=condition)
        yield Planted("no_drift", f"shuffled {column.name}", percent(share), values, remedy=remedy)


def swapped(original: Original, columns: Sequence[Column]) -> Iterator[Planted]:
    """Two columns of one type that changed places."""
    for one, other in zip(columns, columns[1:]):
        if one.kind is Kind.NUMBER:
            check, remedy = BETWEEN, line(
                BETWEEN, column=one.name, min_value="...", max_value="..."
            )
        else:
            check, remedy = "no_drift", line("no_drift", reference="...")
        values = {one.name: identifier(other.name), other.name: identifier(one.name)}
        name = f"{one.name} and {other.name} changed places"
        yield Planted(check, name, percent(1), values, remedy=remedy)


def of_rows(original: Original) -> Iterator[Planted]:
    """Rows that are there twice, or not at all, and a file that breaks off."""
    table, at, dice = (identifier(name) for name in (original.name, original.at, original.dice))
    for share in (FEW, SOME, MANY):
        more = f"UNION ALL SELECT * FROM {table} WHERE {dice} < {share}"
        remedy = "Add: - no_duplicate_rows"
        yield Planted(
            "no_duplicate_rows", "duplicate rows", percent(share), more=more, remedy=remedy
        )
    for share in (SOME, MANY, 0.99):
        tail = f"WHERE {at} < {round(original.rows * (1 - share))}"
        remedy = line(ROWS, min_value="...")
        yield Planted(ROWS, "rows are lost", f"the last {percent(share)}", tail=tail, remedy=remedy)
    yield Planted(ROWS, "a truncated file", "half of its bytes are left", cut=0.5)


OF_NUMBERS: Sequence[Fault] = (another_unit, sentinels, shifted, frozen, another_type)
OF_TEXTS: Sequence[Fault] = (typos, encoding_damage)
OF_MOMENTS: Sequence[Fault] = (frozen,)
OF_ALL: Sequence[Fault] = (nulls, dropped)


def faults(original: Original) -> Iterator[Planted]:
    """The whole catalogue for this table."""
    of_kind = {Kind.NUMBER: OF_NUMBERS, Kind.TEXT: OF_TEXTS, Kind.MOMENT: OF_MOMENTS}
    for column in original.columns.values():
        for fault in (*of_kind.get(column.kind, ()), *OF_ALL):
            yield from fault(original, column)
        if column.name.lower() in LABELS:
            yield from shuffled_label(original, column)
    for kind in (Kind.NUMBER, Kind.TEXT):
        yield from swapped(original, original.of(kind))
    yield from of_rows(original)


def healthy(original: Original) -> Iterator[Planted]:
    """What happens to a table every day: other rows of the same kind, in another order."""
    dice = identifier(original.dice)
    yield Planted("", "the table as it is", "")
    for number in range(4):
        low, high = 0.2 * number, 0.2 * number + 0.2
        tail = f"WHERE {dice} < {low} OR {dice} >= {high}"
        yield Planted("", "a fifth of the rows left out", f"part {number + 1}", tail=tail)
