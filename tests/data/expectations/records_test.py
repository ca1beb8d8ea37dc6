"""All expectations about several columns of one row, beside the peer on generated tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.data.peer import Peer, ours
from tests.data.tables import table

PAIR = ("both_values_are_missing", "either_value_is_missing", "neither")
ROW = ("all_values_are_missing", "any_value_is_missing", "never")
NAN, INF = float("nan"), float("inf")

WHOLE = st.one_of(st.none(), st.integers(-2, 3))
REAL = st.one_of(st.none(), st.sampled_from([NAN, INF, -INF, 0.0, -0.0, 0.5, 1.0, 2.0, 3.0]))
TEXT = st.one_of(st.none(), st.sampled_from(["", "a", "b", "ä", "1"]))
COLUMNS = {
    "whole": (pa.int64(), WHOLE),
    "small": (pa.int8(), WHOLE),
    "real": (pa.float64(), REAL),
    "text": (pa.string(), TEXT),
    "flag": (pa.bool_(), st.booleans()),
}
NUMERIC = ("whole", "small", "real", "flag")


@st.composite
def frames(draw: st.DrawFn, kinds: tuple[str, ...], width: int) -> pa.Table:
    """A table of columns a, b, c of these kinds."""
    chosen = [draw(st.sampled_from(kinds)) for _ in range(width)]
    if "text" in chosen and draw(st.booleans()):
        chosen = ["text"] * width
    rows = draw(st.integers(0, 8))
    return pa.table(
        {
            name: pa.array(
                draw(st.lists(COLUMNS[kind][1], min_size=rows, max_size=rows)), COLUMNS[kind][0]
            )
            for name, kind in zip("abc", chosen)
        }
    )


def agree(folder: Path, peer: Peer, rows: pa.Table, kind: str, **options: Any) -> None:
    name = table(folder, dict(zip(rows.column_names, rows.columns)))
    said = peer.says(pd.read_parquet(folder / name), kind, **options)
    assert not said.raised, said.raised
    mine = ours(folder, name, kind, **options)
    assert mine.success == said.success
    assert mine.rows == (said.rows or ())
    if not said.success:
        assert mine.counts == pytest.approx(dict(said.counts))


ALIKE = settings(
    max_examples=25,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.mark.parametrize("or_equal", [False, True])
@given(rows=frames(NUMERIC, 2), ignore=st.sampled_from(PAIR), mostly=st.sampled_from([1, 0.5]))
@ALIKE
def test_a_greater_than_b(
    tmp_path: Path, peer: Peer, rows: pa.Table, ignore: str, mostly: float, or_equal: bool
) -> None:
    options = {"column_A": "a", "column_B": "b", "ignore_row_if": ignore, "mostly": mostly}
    kind = "expect_column_pair_values_a_to_be_greater_than_b"
    agree(tmp_path, peer, rows, kind, or_equal=or_equal, **options)


@given(rows=frames(tuple(COLUMNS), 2), ignore=st.sampled_from(PAIR))
@ALIKE
def test_a_equals_b(tmp_path: Path, peer: Peer, rows: pa.Table, ignore: str) -> None:
    kind = "expect_column_pair_values_to_be_equal"
    agree(tmp_path, peer, rows, kind, column_A="a", column_B="b", ignore_row_if=ignore)


VALUES = st.sampled_from([None, 0, 1, 2, 0.5, "a", "1", ""])


@given(
    rows=frames(("whole", "real", "text"), 2),
    ignore=st.sampled_from(PAIR),
    pairs=st.lists(st.tuples(VALUES, VALUES), max_size=6),
)
@ALIKE
def test_the_pair_is_in_a_set(
    tmp_path: Path, peer: Peer, rows: pa.Table, ignore: str, pairs: list[tuple[Any, Any]]
) -> None:
    kind = "expect_column_pair_values_to_be_in_set"
    options = {"column_A": "a", "column_B": "b", "ignore_row_if": ignore}
    agree(tmp_path, peer, rows, kind, value_pairs_set=[list(pair) for pair in pairs], **options)


@pytest.mark.parametrize(
    "kind",
    [
        "expect_compound_columns_to_be_unique",
        "expect_multicolumn_values_to_be_equal",
        "expect_select_column_values_to_be_unique_within_record",
    ],
)
@given(rows=frames(tuple(COLUMNS), 3), ignore=st.sampled_from(ROW), width=st.integers(2, 3))
@ALIKE
def test_three_columns(
    tmp_path: Path, peer: Peer, rows: pa.Table, ignore: str, width: int, kind: str
) -> None:
    columns = ["a", "b", "c"][:width]
    agree(tmp_path, peer, rows, kind, column_list=columns, ignore_row_if=ignore)


@given(
    rows=frames(NUMERIC, 3), ignore=st.sampled_from(ROW), total=st.sampled_from([0, 1, 2.5, 3, INF])
)
@ALIKE
def test_the_sum(tmp_path: Path, peer: Peer, rows: pa.Table, ignore: str, total: float) -> None:
    kind = "expect_multicolumn_sum_to_equal"
    options = {"column_list": ["a", "b", "c"], "ignore_row_if": ignore}
    agree(tmp_path, peer, rows, kind, sum_total=total, **options)


@pytest.mark.parametrize("condition", ["a > 0", "b.notnull() and a != 1"])
def test_only_the_rows_of_the_condition_are_meant(
    tmp_path: Path, peer: Peer, condition: str
) -> None:
    rows = pa.table({"a": [1, 2, 0, 2, 1], "b": [1.0, 1.0, None, 1.0, 1.0]})
    where = {"row_condition": condition, "condition_parser": "pandas"}
    for kind in ("expect_compound_columns_to_be_unique", "expect_multicolumn_values_to_be_equal"):
        agree(tmp_path, peer, rows, kind, column_list=["a", "b"], **where)
