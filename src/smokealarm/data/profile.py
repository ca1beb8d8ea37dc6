"""A stored profile: what `no_drift` needs of a reference, in a small CSV file beside the code.

`smokealarm suggest profile` writes it, one row for each column and value: `column,kind,value,rows`. Of
many numbers, a thousand that stand for as many equal parts; of texts, the 1,000 most frequent. A profile
holds values of the table: leave out what is private.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Any

from smokealarm.data.columns import Kind
from smokealarm.data.duck.relation import Relation
from smokealarm.data.duck.sql import Sql

HEADER = ("column", "kind", "value", "rows")
PARTS = 1000
NUMBERS = {
    Kind.NUMBER: "CAST({} AS DOUBLE)",
    Kind.BOOLEAN: "CAST({} AS DOUBLE)",
    Kind.MOMENT: "CAST(epoch(CAST({} AS TIMESTAMP)) AS DOUBLE)",
}


def profiled(relation: Relation, leave_out: Sequence[str] = ()) -> Iterator[tuple[Any, ...]]:
    """The rows of the profile."""
    for name, column in relation.columns.items():
        if name in leave_out or column.kind is Kind.OTHER:
            continue
        key = relation.key(name)
        value = NUMBERS.get(column.kind, "CAST({} AS VARCHAR)").format(key)
        missing, rows = relation.missing(name), relation.rows()
        counted = (
            f"SELECT {value} AS v, count(*) AS n FROM {rows.text} WHERE NOT {missing} GROUP BY 1"
        )
        [(gone,)] = relation.ask(Sql(f"SELECT count(*) FROM {rows.text} WHERE {missing}"))
        few = _parts(counted) if column.kind in NUMBERS else _most_frequent(counted)
        for found, count in relation.ask(Sql(few)):
            yield name, column.kind.name, found, int(count)
        if gone:
            yield name, column.kind.name, "", gone


def _parts(counted: str) -> str:
    """Values with their rows; of more than a thousand, the largest of each thousandth part."""
    return (
        f"WITH c AS ({counted}), d AS (SELECT v, n, ceil(sum(n) OVER (ORDER BY v) * {PARTS} / "
        f"sum(n) OVER ()) AS part, count(*) OVER () AS many FROM c) "
        f"SELECT max(v), sum(n) FROM d GROUP BY CASE WHEN many > {PARTS} THEN part ELSE v END ORDER BY 1"
    )


def _most_frequent(counted: str) -> str:
    return f"SELECT v, n FROM ({counted}) ORDER BY n DESC, v LIMIT {PARTS}"


def profile(relation: Relation, leave_out: Sequence[str] = ()) -> str:
    """The text of the profile of a table as it is now."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    writer.writerows(profiled(relation, leave_out))
    return text.getvalue()
