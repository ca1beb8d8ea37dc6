from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from tests.data.peer import Peer, ours
from tests.data.tables import ask

CHECK = "expect_table_columns_to_match_ordered_list"


@pytest.mark.parametrize("wanted", [["petal", "kind"], None])
def test_the_right_columns_pass(real: Path, kind: str, wanted: list[str] | None) -> None:
    assert not ask(real, f"iris.{kind}", CHECK, column_list=wanted)


def test_another_order_is_told(real: Path, kind: str) -> None:
    (finding,) = ask(real, f"iris.{kind}", CHECK, column_list=["kind", "petal"])
    assert "position 0 has 'petal', expected 'kind'; position 1 has 'kind'" in finding.message


def test_lost_and_added_columns_are_told(real: Path, kind: str) -> None:
    (more,) = ask(real, f"iris.{kind}", CHECK, column_list=["petal"])
    (fewer,) = ask(real, f"iris.{kind}", CHECK, column_list=["petal", "kind", "id"])
    assert "position 1 has 'kind', expected nothing" in more.message
    assert "position 2 has nothing, expected 'id'" in fewer.message


def test_it_says_what_great_expectations_says(peer: Peer, real: Path) -> None:
    frame = pd.read_parquet(real / "iris.parquet")
    for wanted in (["petal", "kind"], ["kind", "petal"], ["petal"], []):
        theirs = peer.says(frame, CHECK, column_list=wanted)
        assert theirs.success == ours(real, "iris.parquet", CHECK, column_list=wanted).success
