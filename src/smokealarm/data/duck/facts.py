"""What the columns are, and rows to look at."""

from __future__ import annotations

from smokealarm.data.columns import Kind
from smokealarm.data.duck.relation import Relation
from smokealarm.data.duck.sql import Sql
from smokealarm.data.questions import Value
from smokealarm.data.questions.comparisons import Fact, Facts, Sample


def facts(relation: Relation, question: Facts) -> tuple[Fact, ...]:
    """Every column: which have missing values in one scan, the values of categories one by one."""
    if not relation.columns:
        return ()
    rows = relation.rows(question.where)
    missing = ", ".join(f"bool_or({relation.missing(name)})" for name in relation.columns)
    [found] = relation.ask(Sql(f"SELECT {missing} FROM {rows.text}", rows.values))
    return tuple(
        Fact(
            name=name,
            type=column.type,
            nullable=bool(nullable),
            values=(
                _values(relation, name, rows, question.at_most)
                if column.kind in (Kind.TEXT, Kind.BOOLEAN)
                else None
            ),
        )
        for (name, column), nullable in zip(relation.columns.items(), found)
    )


def _values(relation: Relation, name: str, rows: Sql, at_most: int) -> tuple[Value, ...] | None:
    """The distinct values in their order, unless there are more; the scan ends at the first too many."""
    key = relation.key(name)
    found = relation.ask(
        Sql(
            f"SELECT DISTINCT {key} FROM {rows.text} WHERE {key} IS NOT NULL LIMIT {at_most + 1}",
            rows.values,
        )
    )
    return tuple(sorted(value for (value,) in found)) if len(found) <= at_most else None


def sample(relation: Relation, question: Sample) -> dict[str, list[Value]]:
    """Rows chosen by the hash of their number: the same ones every time."""
    rows = relation.rows(question.where)
    [(total,)] = relation.ask(Sql(f"SELECT count(*) FROM {rows.text}", rows.values))
    step = -(-total // question.limit) or 1
    chosen = f"WHERE hash({relation.view.row}) % {step} = 0" if step > 1 else ""
    found = {}
    for name, column in relation.columns.items():
        key = relation.key(name)
        value = {
            Kind.NUMBER: f"CAST({key} AS DOUBLE)",
            Kind.BOOLEAN: key,
            Kind.MOMENT: f"CAST(epoch_us(CAST({key} AS TIMESTAMP)) AS DOUBLE)",
        }.get(column.kind, f"CAST({key} AS VARCHAR)")
        given = f"CASE WHEN {relation.missing(name)} THEN NULL ELSE {value} END"
        query = f"SELECT {given} FROM {rows.text} {chosen} ORDER BY {relation.view.row}"
        found[name] = [value for (value,) in relation.ask(Sql(query, rows.values))]
    return found
