"""What is counted part by part is what is counted at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from smokealarm.data.duck import scans
from smokealarm.data.duck.connection import connected
from smokealarm.data.duck.measures import measured
from smokealarm.data.duck.parts import in_parts
from smokealarm.data.duck.relation import Relation
from smokealarm.data.duck.table import Everything
from smokealarm.data.questions import AgainstSet, Faulty, Missing, Number, Question, Repeated
from smokealarm.data.sources.opening import view
from smokealarm.data.sources.source import source_of
from smokealarm.errors import Place
from tests.data.tables import table

QUESTIONS: list[Question[Any]] = [
    Faulty("x", Repeated()),
    Faulty("x", Missing()),
    Number("x", "distinct"),
    Number("x", "once"),
    Number("x", "min"),
    AgainstSet("x", (1, 2, "a", "b", "zz")),
]


@pytest.mark.parametrize(
    "values",
    [
        pytest.param([at // 3 for at in range(1000)] + [None], id="whole numbers"),
        pytest.param([0.0, -0.0, 1.5, float("nan"), float("nan"), None], id="zeros and NaN"),
        pytest.param(["a", "b", "a", None] + [f"v{at}" for at in range(99)], id="texts"),
        pytest.param([True, False, None, True], id="truths"),
        pytest.param([], id="nothing"),
    ],
)
def test_parts_add_up_to_the_whole(tmp_path: Path, values: list[Any]) -> None:
    source = source_of(table(tmp_path, {"x": values}), tmp_path, Place("x"))
    with connected() as connection:
        opened = view(connection, source, Everything(), "t")
        relation = Relation(connection=connection, view=opened, beside=lambda name: relation)
        asked = [one for question in QUESTIONS if (one := measured(relation, question))]
        assert len(asked) == len(QUESTIONS)
        scan = scans.Scan(column="x", where=None, by_counts=True, asked=tuple(asked))
        assert dict(scans.of_parts(relation, scan)) == dict(scans.run(relation, scan))
        rows = in_parts(relation.columns["x"], lambda part: _rows(relation, part))
        assert sum(rows) + values.count(None) >= len(values)


def _rows(relation: Relation, part: str) -> int:
    query = f"SELECT count(*) FROM (SELECT c0 AS v FROM t) WHERE {part}"
    [(rows,)] = relation.connection.execute(query).fetchall()
    return int(rows)
