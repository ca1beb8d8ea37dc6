"""Which rows a condition means: of a real table, as our engine says and as the peer says."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from smokealarm.data.conditions.row_condition import RowCondition, parsed
from smokealarm.data.expectation import Expectation
from smokealarm.data.planning import Planned
from smokealarm.data.questions import Faulty, NotIn
from smokealarm.data.sources.source import source_of
from smokealarm.data.subject import Answered, answered
from smokealarm.errors import Place
from smokealarm.stage import Ask
from tests.data.peer import Peer

HERE = Place(".smokealarm.yaml", 4)


def ours(folder: Path, name: str, condition: RowCondition, parser: str | None = None) -> list[int]:
    """The numbers of the rows, from 1; every value of the column `id` has the fault."""
    question = Faulty("id", NotIn(("no id",)), where=parsed(condition, parser))
    ask = Ask(check="all", place=HERE)
    planned = [Planned(ask, Expectation(questions=(question,), judge=lambda answers: ()))]
    with answered(source_of(name, folder, HERE), planned, folder) as subject:
        assert isinstance(subject, Answered)
        list(subject.ask(ask))
        rows = [found.row for found in subject.answers.examples(question, at_most=1_000)]
        assert subject.answers.of(question).faulty == len(rows)
    return rows


def theirs(
    peer: Peer, frame: pd.DataFrame, condition: RowCondition, parser: str | None = "pandas"
) -> list[int]:
    """The same from great_expectations; no id is null, so each of the rows is unexpected."""
    said = peer.says(
        frame,
        "expect_column_values_to_be_null",
        column="id",
        row_condition=condition,
        condition_parser=parser,
    )
    assert not said.raised, said.raised
    return list(said.rows or ())
