"""Texts that are like another: sketched, met by a hash join in the engine, then compared in full.

In a band's bucket each text is compared with the first and with the one before it, so that a thousand texts
from one template cost a thousand comparisons and not a million.
"""

from __future__ import annotations

from typing import Any

from smokealarm.data.duck.alike import same_rows
from smokealarm.data.duck.relation import Relation
from smokealarm.data.duck.sql import Sql
from smokealarm.data.questions.comparisons import SimilarTexts, Twins
from smokealarm.errors import Inconclusive
from smokealarm.loading import load

BATCH = 20_000
SHOWN = 5


def similar(relation: Relation, question: SimilarTexts) -> Twins:
    """The texts that are like an earlier one, or like one of the other table."""
    minhash = load("data.statistics.minhash")
    name = f"texts{len(relation.scratch)}"
    relation.scratch[("texts", question)] = name
    total = _sketched(relation, relation, question, f"{name}a", minhash)
    if not question.other:
        candidates = " UNION ".join(
            f"SELECT r, unnest([min(r) OVER (PARTITION BY b{band}), "
            f"lag(r) OVER (PARTITION BY b{band} ORDER BY r)]) AS o FROM {name}a"
            for band in range(minhash.BANDS)
        )
        pairs = (
            f"SELECT p.r, p.o, x.t, y.t FROM ({candidates}) AS p JOIN {name}a AS x ON p.r = x.r "
            f"JOIN {name}a AS y ON p.o = y.r WHERE p.r > p.o ORDER BY p.r, p.o"
        )
        return _verified(relation, pairs, total, question, minhash)
    beside = relation.beside(question.other)
    if question.column not in beside.columns:
        raise Inconclusive(
            f"{question.other} has no column {question.column!r} to compare texts by",
            "Name a column that both tables have.",
        )
    _sketched(beside, relation, question, f"{name}b", minhash)
    candidates = " UNION ".join(
        f"SELECT x.r, unnest([y.low, y.high]) AS o FROM {name}a AS x JOIN (SELECT b{band} AS b, "
        f"min(r) AS low, max(r) AS high FROM {name}b GROUP BY 1) AS y ON x.b{band} = y.b"
        for band in range(minhash.BANDS)
    )
    pairs = (
        f"SELECT p.r, p.o, x.t, y.t FROM ({candidates}) AS p JOIN {name}a AS x ON p.r = x.r "
        f"JOIN {name}b AS y ON p.o = y.r ORDER BY p.r, p.o"
    )
    return _verified(relation, pairs, total, question, minhash)


def _sketched(
    source: Relation, into: Relation, question: SimilarTexts, name: str, minhash: Any
) -> int:
    """A table of plain texts with their sketches, made batch by batch; the number of texts."""
    rows, key = same_rows(source, question.where, question.other), source.key(question.column)
    text = f"SELECT {source.view.row} AS r, CAST({key} AS VARCHAR) AS t FROM {rows.text}"
    into.ask(Sql(f"CREATE TEMP TABLE {name}_raw AS {text} WHERE {key} IS NOT NULL", rows.values))
    [(total,)] = into.ask(Sql(f"SELECT count(*) FROM {name}_raw"))
    bands = "".join(f", b{band} UBIGINT" for band in range(minhash.BANDS))
    into.ask(Sql(f"CREATE TEMP TABLE {name} (r BIGINT, t VARCHAR{bands})"))
    for start in range(0, total, BATCH):
        batch = f"SELECT r, t FROM {name}_raw WHERE rowid >= {start} AND rowid < {start + BATCH}"
        plain = [(row, minhash.plain(text)) for row, text in into.ask(Sql(batch))]
        some = [(row, text) for row, text in plain if text]
        if some:
            into.connection.register("sketches", minhash.sketches(*zip(*some)))
            into.ask(Sql(f"INSERT INTO {name} SELECT * FROM sketches"))
            into.connection.unregister("sketches")
    into.ask(Sql(f"DROP TABLE {name}_raw"))
    return int(total)


def _verified(
    relation: Relation, pairs: str, total: int, question: SimilarTexts, minhash: Any
) -> Twins:
    """Those candidates that are as alike as was asked, one for each text."""
    again, last = 0, None
    found: list[tuple[int, int]] = []
    alike: list[float] = []
    cursor = relation.connection.execute(pairs)
    while batch := cursor.fetchmany(BATCH):
        for row, other, text, near in batch:
            if row == last:
                continue
            likeness = 1.0 if text == near else minhash.likeness(text, near)
            if likeness >= question.similarity:
                again, last = again + 1, row
                if len(found) < SHOWN:
                    found.append((row + 1, other + 1))
                    alike.append(likeness)
    return Twins(
        rows=total,
        again=again,
        pairs=tuple(found),
        columns=(question.column,),
        likeness=tuple(alike),
    )
