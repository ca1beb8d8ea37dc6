"""A suite for a table, proposed from reference data: few checks, wide on purpose, explained line by line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from smokealarm.data.duck.relation import Relation
from smokealarm.data.proposing.candidate import Line
from smokealarm.data.proposing.candidates import candidates
from smokealarm.data.proposing.neighbours import block_length
from smokealarm.data.proposing.sample import Sample, sample
from smokealarm.data.proposing.width import width
from smokealarm.errors import Inconclusive

FEWEST = 50  # rows from which anything is learnt


class Proposed(NamedTuple):
    """A check with its options, why, and the smallest fault that it would catch."""

    check: str
    line: Line


class Suite(NamedTuple):
    """What is proposed, and what was left out, each with the reason.

    - `rows`: that were looked at; `of`: that there are; `batch`: for how many rows at a time
    - `block`: how many neighbouring rows were kept together
    - `factor`: of how many standard deviations every range is, to meet the target together
    """

    checks: tuple[Proposed, ...]
    left_out: tuple[str, ...]
    rows: int
    of: int
    batch: int
    block: int
    target: float
    factor: float


def suggested(
    relation: Relation, *, target: float = 0.01, batch: int = 0, block: int = 0, seed: int = 0
) -> Suite:
    """A suite that alarms on a share of at most `target` of the clean batches of about `batch` rows.

    Raises Inconclusive where there are too few rows to learn anything from.
    """
    known = sample(relation)
    if known.rows < FEWEST:
        raise Inconclusive(
            f"the reference has {known.rows} rows, too few to tell what is usual",
            f"Give it at least {FEWEST} rows; with 1,000 the ranges become useful.",
        )
    batch = batch or known.of
    block = block or block_length(known.columns, known.rows)
    found = [one for values in known.columns for one in candidates(values)]
    made = width(found, known.rows, batch, target, block, np.random.default_rng(seed))
    checks, left_out = [*_of_the_table(known, batch)], []
    for one, ranged in zip(found, made.ranges):
        line = one.line(ranged) if ranged else None
        if line:
            checks.append(Proposed(one.check, line))
        else:
            why = "would never fail" if ranged else "has tails too heavy to be judged"
            left_out.append(f"{one.check} of {one.column} {why}")
    return Suite(
        checks=tuple(checks),
        left_out=tuple(left_out),
        rows=known.rows,
        of=known.of,
        batch=batch,
        block=block,
        target=target,
        factor=made.factor,
    )


def _of_the_table(known: Sample, batch: int) -> Iterator[Proposed]:
    """What holds for the table as a whole. Half the rows is where the other ranges stop being right."""
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
