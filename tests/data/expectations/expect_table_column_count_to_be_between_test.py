from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from tests.data.peer import Peer, ours
from tests.data.tables import ask

CHECK = "expect_table_column_count_to_be_between"


@pytest.mark.parametrize(
    ("options", "alarms"),
    [
        ({"min_value": 2, "max_value": 2}, 0),
        ({"min_value": 3}, 1),
        ({"max_value": 1}, 1),
        ({"max_value": 2}, 0),
        ({}, 0),
    ],
)
def test_the_columns_are_counted(
    real: Path, kind: str, options: dict[str, int], alarms: int
) -> None:
    found = ask(real, f"iris.{kind}", CHECK, **options)
    assert [finding.evidence["observed_value"] for finding in found] == [2] * alarms


def test_it_says_what_great_expectations_says(peer: Peer, real: Path) -> None:
    frame = pd.read_parquet(real / "iris.parquet")
    for options in ({"min_value": 2, "max_value": 2}, {"min_value": 3, "max_value": None}):
        theirs = peer.says(frame, CHECK, **options)
        assert theirs.success == ours(real, "iris.parquet", CHECK, **options).success
