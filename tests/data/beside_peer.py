"""Columns of every kind, generated, and the question whether great_expectations says the same of them."""

from __future__ import annotations

import datetime as dt
import math
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from tests.data.peer import Peer, Said, ours
from tests.data.tables import table

FEW = settings(
    max_examples=25,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

INF = math.inf
DAY = dt.date(2020, 1, 1)
MOMENT = dt.datetime(2020, 1, 1)

VALUES: dict[str, tuple[pa.DataType, SearchStrategy[Any]]] = {
    "whole numbers": (pa.int64(), st.integers(-3, 3) | st.integers(-(2**40), 2**40)),
    "small numbers": (pa.uint8(), st.integers(0, 255)),
    "numbers": (
        pa.float64(),
        st.sampled_from([0.0, -0.0, 0.5, 1.0, 2.5, math.nan, INF, -INF]) | st.floats(-1e6, 1e6),
    ),
    "finite numbers": (pa.float64(), st.sampled_from([0.5, 2.5, math.nan]) | st.floats(-1e6, 1e6)),
    "decimals": (pa.decimal128(9, 2), st.integers(-500, 500).map(lambda n: Decimal(n) / 100)),
    "booleans": (pa.bool_(), st.booleans()),
    "texts": (pa.string(), st.sampled_from(["a", "b", "ä", "Z", "", "1", "😀"])),
    "moments": (
        pa.timestamp("us"),
        st.integers(-5, 5).map(lambda n: MOMENT + dt.timedelta(hours=7 * n)),
    ),
    "days": (pa.date32(), st.integers(-5, 5).map(lambda n: DAY + dt.timedelta(days=n))),
}


def columns(*kinds: str, min_size: int = 0) -> SearchStrategy[pa.Array]:
    """A column of one of the kinds, with nulls, or of none at all."""
    return st.sampled_from(kinds).flatmap(lambda kind: _column(*VALUES[kind], min_size))


def _column(
    type_: pa.DataType, values: SearchStrategy[Any], min_size: int
) -> SearchStrategy[pa.Array]:
    drawn = st.lists(st.none() | values, min_size=min_size, max_size=12)
    return drawn.map(lambda some: pa.array(some, type_))


def both(peer: Peer, column: pa.Array, kind: str, **options: Any) -> tuple[Said, Said]:
    """What great_expectations says of the column `x`, and what we say; `at` numbers the rows from 0."""
    with tempfile.TemporaryDirectory() as folder:
        name = table(Path(folder), {"x": column, "at": pa.array(range(len(column)), pa.int64())})
        theirs = peer.says(pd.read_parquet(Path(folder) / name), kind, column="x", **options)
        return theirs, ours(Path(folder), name, kind, column="x", **options)


def agree(peer: Peer, column: pa.Array, kind: str, **options: Any) -> None:
    """The same verdict, the same rows, and the same counts where there is something to count."""
    theirs, mine = both(peer, column, kind, **options)
    assert not theirs.raised, theirs.raised
    assert mine.rows == (theirs.rows or ()), (mine, theirs)
    assert mine.success == theirs.success, (mine, theirs)
    for name, count in mine.counts.items():
        assert math.isclose(count, theirs.counts.get(name, count)), (name, mine, theirs)


def same_number(theirs: Any, mine: Any) -> bool:
    """Equal to the last digits that the order of adding leaves; dates by their time."""
    if theirs is None or mine is None:
        return theirs is None and mine is None
    if isinstance(mine, str) and not isinstance(theirs, bool):
        return (
            bool(pd.Timestamp(mine) == pd.Timestamp(theirs)) if _is_date(mine) else theirs == mine
        )
    return math.isclose(theirs, mine, rel_tol=1e-9, abs_tol=1e-7)


def _is_date(text: str) -> bool:
    return text[:2] == "20" and text[4:5] == "-" or text[:4] == "2019"
