"""The newest moment of a column of dates, of texts that are dates, or of numbers that count since 1970."""

from __future__ import annotations

from smokealarm.data.columns import Column, Kind
from smokealarm.data.duck.relation import Relation
from smokealarm.data.duck.sql import Sql
from smokealarm.data.questions.comparisons import Moments, Newest
from smokealarm.data.values.moments import PER_SECOND, instant

WITH_OFFSET = r"'.*(Z|[+-]\d{2}(:?\d{2})?)$'"


def newest(relation: Relation, question: Newest) -> Moments:
    """Which moment is the last that is not in the future, and what lies after it."""
    column, key = relation.columns[question.column], relation.key(question.column)
    rows, moment = relation.rows(question.where), _moment(column, question)
    inner = f"SELECT {relation.view.row} AS r, {key} AS v FROM {rows.text}"
    inner += f" WHERE NOT {relation.missing(question.column)}"
    past = "m <= CAST(? AS TIMESTAMPTZ)"
    after = "m > CAST(? AS TIMESTAMPTZ)"
    [found] = relation.ask(
        Sql(
            "SELECT count(*), count(*) FILTER (m IS NULL), min(r) FILTER (m IS NULL), "
            f"epoch_us(max(m) FILTER ({past})), arg_max(r, m) FILTER ({past}), "
            f"count(*) FILTER ({after}), epoch_us(max(m)), arg_max(r, m) "
            "FROM (SELECT r, CASE WHEN isfinite(m) THEN m END AS m "
            f"FROM (SELECT r, {moment.text} AS m FROM ({inner})))",
            (*(question.until,) * 3, *moment.values, *rows.values),
        )
    )
    present, unreadable, bad_row, last, last_row, later, latest, latest_row = found
    return Moments(
        present=present,
        unreadable=unreadable,
        unreadable_row=_from_one(bad_row),
        newest=instant(last),
        newest_row=_from_one(last_row),
        later=later,
        latest=instant(latest),
        latest_row=_from_one(latest_row),
    )


def _from_one(row: int | None) -> int | None:
    return None if row is None else row + 1


def _moment(column: Column, question: Newest) -> Sql:
    """The value as a moment in UTC; what is written without a zone is in that of the question."""
    if column.kind is Kind.NUMBER and question.unit:
        micros = f"CAST(v AS DOUBLE) / {PER_SECOND[question.unit]} * 1000000"
        return Sql(f"make_timestamptz(CAST({micros} AS BIGINT))")
    if "TIME ZONE" in column.type:
        return Sql("v")
    local = "timezone(?, {})"
    if column.kind is Kind.MOMENT:
        return Sql(local.format("CAST(v AS TIMESTAMP)"), (question.zone,))
    if column.kind is not Kind.TEXT:
        return Sql("CAST(NULL AS TIMESTAMPTZ)")
    if question.format:
        read = "CAST(try_strptime(CAST(v AS VARCHAR), ?) AS TIMESTAMP)"
        return Sql(local.format(read), (question.zone, question.format))
    text = "trim(CAST(v AS VARCHAR))"
    bare = local.format(f"TRY_CAST({text} AS TIMESTAMP)")
    has_offset = f"length({text}) > 10 AND regexp_full_match({text}, {WITH_OFFSET})"
    return Sql(
        f"CASE WHEN {has_offset} THEN TRY_CAST({text} AS TIMESTAMPTZ) ELSE {bare} END",
        (question.zone,),
    )
