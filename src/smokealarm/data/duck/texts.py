"""Questions about texts in DuckDB's words."""

from __future__ import annotations

from smokealarm.data.duck.relation import Relation
from smokealarm.data.duck.sql import Sql, joined
from smokealarm.data.questions import Faulty, SizeOutside, Unit
from smokealarm.data.questions.texts import SharedStart, SizeQuantile, Start
from smokealarm.data.values.text_damage import SPACE

TEXT = "CAST(v AS VARCHAR)"  # a column of another type is told by the check


def _size(unit: Unit) -> Sql:
    """The size of a text `v`."""
    if unit == "words":
        return Sql(f"len(regexp_extract_all({TEXT}, CAST(? AS VARCHAR)))", (f"[^{SPACE}]+",))
    return Sql(f"strlen({TEXT})" if unit == "bytes" else f"length({TEXT})")


def size_outside(relation: Relation, question: Faulty) -> Sql:
    """What is true of a text `v` of another size."""
    fault = question.fault
    assert isinstance(fault, SizeOutside), "as FAULTS says"
    size = _size(fault.unit)
    sides = ((fault.min_value, "<"), (fault.max_value, ">"))
    return joined(
        (
            Sql(f"{size.text} {sign} ?", (*size.values, bound))
            for bound, sign in sides
            if bound is not None
        ),
        " OR ",
    )


def quantile(relation: Relation, question: SizeQuantile) -> float | None:
    size, rows = _size(question.unit), relation.rows(question.where)
    [(found,)] = relation.ask(
        Sql(
            f"SELECT quantile_disc({size.text}, {float(question.level)}) "
            f"FROM (SELECT {relation.key(question.column)} AS v FROM {rows.text}) "
            "WHERE v IS NOT NULL",
            (*size.values, *rows.values),
        )
    )
    return None if found is None else float(found)


def start(relation: Relation, question: SharedStart) -> Start:
    rows, length = relation.rows(question.where), int(question.characters)
    found = relation.ask(
        Sql(
            f"SELECT left({TEXT}, {length}) AS s, count(*) AS n, sum(count(*)) OVER () "
            f"FROM (SELECT DISTINCT {relation.key(question.column)} AS v FROM {rows.text}) "
            f"WHERE length({TEXT}) >= {length} GROUP BY 1 ORDER BY n DESC, s LIMIT 1",
            rows.values,
        )
    )
    return Start(int(found[0][2]), int(found[0][1]), found[0][0]) if found else Start(0, 0, "")
