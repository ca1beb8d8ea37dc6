"""A suite for a table, proposed from reference data: few checks, wide on purpose, explained line by line."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from smokealarm.data.duck.relation import Relation
from smokealarm.data.proposing.candidates import candidates
from smokealarm.data.proposing.neighbours import block_length, wanders
from smokealarm.data.proposing.sample import sample
from smokealarm.data.proposing.thinning import MANY_COLUMNS, few_about_missing
from smokealarm.data.proposing.whole_table import UNIQUE, Proposed, of_the_table, repeats
from smokealarm.data.proposing.width import width
from smokealarm.errors import Inconclusive

FEWEST = 50  # rows from which anything is learnt


class Suite(NamedTuple):
    """What is proposed, and what was left out, each with the reason.

    - `rows`: that were looked at; `of`: that there are; `batch`: for how many rows at a time
    - `block`: how many neighbouring rows were kept together
    - `factor`: of how many standard deviations every range is, to meet the target together
    - `wandering`: columns of which no level is learnt
    - `trusting`: whether lines about missing values were left out where there never were any
    """

    checks: tuple[Proposed, ...]
    left_out: tuple[str, ...]
    rows: int
    of: int
    batch: int
    block: int
    target: float
    factor: float
    wandering: tuple[str, ...] = ()
    trusting: bool = False


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
    ordered = not block
    wandering = [one.column.name for one in known.columns if ordered and wanders(one)]
    block = block or block_length(known.columns, known.rows)
    found = [
        one
        for values in known.columns
        for one in candidates(values, values.column.name in wandering, ordered)
        if not (one.check == UNIQUE and known.of > known.rows and repeats(relation, one.column))
    ]
    trusting = len(known.columns) > MANY_COLUMNS
    if trusting:
        found = few_about_missing(found)
    rng = np.random.default_rng(seed)
    made = width(found, known.rows, batch, target, block, rng, ordered)
    checks, left_out = [], []
    for one, ranged in zip(found, made.ranges):
        line = None if isinstance(ranged, str) else one.line(ranged)
        if line:
            checks.append(Proposed(one.check, line))
        else:
            why = ranged if isinstance(ranged, str) else "would never fail"
            left_out.append(f"{one.check} of {one.column} {why}")
    return Suite(
        checks=(*of_the_table(relation, known, batch, checks), *checks),
        left_out=tuple(left_out),
        rows=known.rows,
        of=known.of,
        batch=batch,
        block=block,
        target=target,
        factor=made.factor,
        wandering=tuple(wandering),
        trusting=trusting,
    )
