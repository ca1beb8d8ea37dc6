"""The same table and keywords for great_expectations and for us, and what both must say alike."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from tests.data.peer import Peer, Said, ours


def both(
    peer: Peer, folder: Path, values: pa.Array, kind: str, **options: Any
) -> tuple[Said, Said]:
    """What great_expectations and we say of a Parquet file with the column `x`."""
    at = pa.array(range(len(values)), pa.int64())
    pq.write_table(pa.table({"x": values, "at": at}), folder / "both.parquet")
    theirs = peer.says(pd.read_parquet(folder / "both.parquet"), kind, column="x", **options)
    return theirs, ours(folder, "both.parquet", kind, column="x", **options)


def agree(peer: Peer, folder: Path, values: pa.Array, kind: str, **options: Any) -> None:
    """The same verdict, the same rows, and the same counts where there is something to count."""
    theirs, mine = both(peer, folder, values, kind, **options)
    assert not theirs.raised, theirs.raised
    assert mine.rows == (theirs.rows or ()), (mine, theirs)
    assert mine.success == theirs.success, (mine, theirs)
    for name, count in mine.counts.items():
        assert math.isclose(count, theirs.counts.get(name, count)), (name, mine, theirs)
