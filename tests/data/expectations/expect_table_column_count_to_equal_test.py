from __future__ import annotations

from pathlib import Path

import pandas as pd

from tests.data.peer import Peer, ours
from tests.data.tables import ask

CHECK = "expect_table_column_count_to_equal"


def test_the_right_number_passes(real: Path, kind: str) -> None:
    assert not ask(real, f"iris.{kind}", CHECK, value=2)


def test_another_number_is_told(real: Path, kind: str) -> None:
    (finding,) = ask(real, f"iris.{kind}", CHECK, value=3)
    assert finding.message == f"the number of columns of iris.{kind} is 2, expected 3"


def test_it_says_what_great_expectations_says(peer: Peer, real: Path) -> None:
    frame = pd.read_parquet(real / "iris.parquet")
    for value in (1, 2):
        theirs = peer.says(frame, CHECK, value=value)
        assert theirs.success == ours(real, "iris.parquet", CHECK, value=value).success
