"""The columns of two tables side by side: cumulative shares of numbers, counts of categories."""

from __future__ import annotations

from smokealarm.data.columns import NUMBERS, Column, Kind
from smokealarm.data.conditions.where import Condition
from smokealarm.data.duck.alike import same_rows
from smokealarm.data.duck.relation import Relation
from smokealarm.data.duck.sql import Sql, identifier, joined
from smokealarm.data.duck.values import missing
from smokealarm.data.questions.comparisons import Paired, PairedColumns, Shares, Steps

SAMPLE = 1_000_000  # rows of numbers of each table that are compared; the distance is good to 0.002
FEW = 20  # distinct numbers up to which they are categories
MOST = 200  # categories that are compared one by one
BARS = 30


def paired(relation: Relation, question: PairedColumns) -> dict[str, Paired]:
    """Every column that is meant, in the reference and here."""
    other = relation.beside(question.other)
    if not question.profile:
        same_rows(other, question.where, question.other)
    theirs = _profiled(other) if question.profile else other.columns
    found = {}
    for name in question.meant(list(relation.columns)):
        if name in theirs:
            found[name] = _column(relation, other, theirs[name], question)
    return found


def _profiled(profile: Relation) -> dict[str, Column]:
    """The columns that a stored profile describes: see `data.profile`."""
    rows = profile.ask(Sql("SELECT DISTINCT c0, c1 FROM " + identifier(profile.view.name)))
    return {name: Column(name, kind, Kind[kind]) for name, kind in rows}


def _column(relation: Relation, other: Relation, theirs: Column, question: PairedColumns) -> Paired:
    mine = relation.columns[theirs.name]
    numbers = mine.kind in NUMBERS and theirs.kind in NUMBERS
    dates = Kind.MOMENT in (mine.kind, theirs.kind)
    name = f"pair{len(relation.scratch)}"
    relation.scratch[("pair", mine.name, question)] = name
    as_number = numbers or dates
    here = _counted(relation, mine.name, question.where, as_number, dates)
    if question.profile:
        there = _from_profile(other, mine.name, as_number)
    else:
        there = _counted(other, theirs.name, question.where, as_number, dates)
    both = joined(
        [
            Sql("CREATE TEMP TABLE " + name + " AS SELECT v, CAST(sum(a) AS DOUBLE) AS a, "),
            Sql("CAST(sum(b) AS DOUBLE) AS b FROM (SELECT v, n AS a, 0 AS b FROM"),
            there,
            Sql("UNION ALL SELECT v, 0, n FROM"),
            here,
            Sql(") GROUP BY v"),
        ],
        " ",
    )
    relation.ask(both)
    try:
        return _compared(relation, name, mine, as_number, question)
    finally:
        relation.connection.execute(f"DROP TABLE {name}")


def _counted(
    relation: Relation, name: str, where: Condition | None, as_number: bool, dates: bool
) -> Sql:
    """The values `v` with their rows `n`; missing ones are NULL. Of very many rows, a sample."""
    column, key, rows = relation.columns[name], relation.key(name), relation.rows(where)
    value = f"CAST({key} AS VARCHAR)"
    if dates:
        value = f"CAST(epoch(TRY_CAST({key} AS TIMESTAMP)) AS DOUBLE)"
    elif as_number:
        value = f"CAST({key} AS DOUBLE)"
    chosen = ""
    if as_number:
        [(total,)] = relation.ask(Sql(f"SELECT count(*) FROM {rows.text}", rows.values))
        if total > 2 * SAMPLE:
            chosen = f"WHERE hash({relation.view.row}) % {total // SAMPLE} = 0"
    given = f"CASE WHEN {missing(key, column)} THEN NULL ELSE {value} END"
    query = f"(SELECT {given} AS v, count(*) AS n FROM {rows.text} {chosen} GROUP BY 1)"
    return Sql(query, rows.values)


def _from_profile(profile: Relation, name: str, as_number: bool) -> Sql:
    value = "CAST(c2 AS DOUBLE)" if as_number else "CAST(c2 AS VARCHAR)"
    query = f"(SELECT {value} AS v, CAST(c3 AS BIGINT) AS n FROM {identifier(profile.view.name)}"
    return Sql(query + " WHERE c0 = ?)", (name,))


def _compared(
    relation: Relation, name: str, column: Column, as_number: bool, question: PairedColumns
) -> Paired:
    [(a, b, no_a, no_b, distinct, singles, whole)] = relation.ask(
        Sql(
            "SELECT coalesce(sum(a) FILTER (v IS NOT NULL), 0), "
            "coalesce(sum(b) FILTER (v IS NOT NULL), 0), "
            "coalesce(sum(a) FILTER (v IS NULL), 0), coalesce(sum(b) FILTER (v IS NULL), 0), "
            "count(v), count(v) FILTER (a <= 1 AND b <= 1), "
            f"{'bool_and(v IS NULL OR v = floor(v))' if as_number else 'true'} FROM {name}"
        )
    )
    present, gone = (int(a), int(b)), (int(no_a), int(no_b))
    named = bool(question.names)
    compared = a and b and not named  # a column that was emptied is told, whatever it was
    left_out = _left_out(column, distinct, singles, bool(whole), as_number) if compared else ""
    if left_out or not (a and b):
        return Paired(present=present, missing=gone, seen=None, left_out=left_out)
    if question.bins and as_number and distinct > FEW:
        seen: Steps | Shares = _binned(relation, name, question.bins)
    elif as_number and (distinct > FEW or not whole or column.kind is Kind.MOMENT):
        seen = _steps(relation, name, a, b, column)
    else:
        seen = _shares(relation, name, distinct)
    return Paired(present=present, missing=gone, seen=seen)


def _left_out(column: Column, distinct: int, singles: int, whole: bool, as_number: bool) -> str:
    """Why a column that nobody named is not compared: its values differ from table to table anyway."""
    if column.kind is Kind.MOMENT:
        return "dates move on; name the column to compare it"
    if column.kind is Kind.OTHER:
        return f"values of type {column.type} have no distribution to compare"
    if distinct > 50 and singles >= 0.9 * distinct and (whole or not as_number):
        return "nearly every value is there once, as in a column of ids or texts"
    return ""


def _steps(relation: Relation, name: str, a: float, b: float, column: Column) -> Steps:
    """Kolmogorov's and Smirnov's distance, exact for ties too: cumulated over distinct values."""
    cumulated = (
        f"SELECT v, sum(a) OVER w / {a!r} - sum(b) OVER w / {b!r} AS d FROM {name} "
        "WHERE v IS NOT NULL WINDOW w AS (ORDER BY v ROWS UNBOUNDED PRECEDING)"
    )
    [(at, d)] = relation.ask(
        Sql(f"SELECT arg_max(v, abs(d)), arg_max(d, abs(d)) FROM ({cumulated})")
    )
    shown = f"{at:.6g}"
    if column.kind is Kind.MOMENT:
        [(shown,)] = relation.ask(
            Sql("SELECT CAST(make_timestamp(CAST(? AS BIGINT)) AS VARCHAR)", (int(at * 1e6),))
        )
    edges, counts = _histogram(relation, name)
    return Steps(distance=abs(d), at=shown, more_below=d < 0, edges=edges, counts=counts)


def _histogram(
    relation: Relation, name: str
) -> tuple[tuple[float, ...], tuple[tuple[int, ...], tuple[int, ...]]]:
    """Bars of one width between the extremes of both, for the eye only."""
    finite = f"FROM {name} WHERE v IS NOT NULL AND NOT isinf(v)"
    [(low, high)] = relation.ask(Sql(f"SELECT min(v), max(v) {finite}"))
    if low is None or not high > low:
        return (), ((), ())
    half = "CAST(? AS DOUBLE) / 2"  # the width may be more than the largest number
    place = f"(v / 2 - {half}) / ({half} - {half}) * {BARS}"
    bar = f"least(CAST(floor({place}) AS INTEGER), {BARS - 1})"
    rows = relation.ask(
        Sql(
            f"SELECT {bar} AS bar, sum(a), sum(b) {finite} GROUP BY 1",
            (low, high, low),
        )
    )
    found = {at: (int(a), int(b)) for at, a, b in rows}
    edges = tuple(low + (high / BARS - low / BARS) * at for at in range(BARS))
    counts = [found.get(at, (0, 0)) for at in range(BARS)]
    return edges, (tuple(a for a, _ in counts), tuple(b for _, b in counts))


def _shares(relation: Relation, name: str, distinct: int) -> Shares:
    """The most frequent values one by one, the others together."""
    rows = relation.ask(
        Sql(f"SELECT v, a, b FROM {name} WHERE v IS NOT NULL ORDER BY a + b DESC, v LIMIT {MOST}")
    )
    values = tuple((_whole(value), int(a), int(b)) for value, a, b in rows)
    [(a, b)] = relation.ask(Sql(f"SELECT sum(a), sum(b) FROM {name} WHERE v IS NOT NULL"))
    rest = (int(a) - sum(row[1] for row in values), int(b) - sum(row[2] for row in values))
    return Shares(values=values, rest=rest, distinct=distinct)


def _whole(value: str | float) -> str | int | float:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _binned(relation: Relation, name: str, bins: int) -> Shares:
    """Numbers cut at the reference's quantiles; a bin has its right edge."""
    rows = relation.ask(
        Sql(
            f"WITH c AS (SELECT v, a, b, sum(a) OVER (ORDER BY v ROWS UNBOUNDED PRECEDING) AS f, "
            f"sum(a) OVER () AS n FROM {name} WHERE v IS NOT NULL), "
            f"d AS (SELECT *, least(floor((f - a) * {bins} / n), {bins - 1}) AS bin FROM c) "
            "SELECT bin, min(v), max(v), sum(a), sum(b) FROM d GROUP BY bin ORDER BY bin"
        )
    )
    values = tuple((f"{low:.4g} to {high:.4g}", int(a), int(b)) for _, low, high, a, b in rows)
    return Shares(values=values, rest=(0, 0), distinct=len(values))
