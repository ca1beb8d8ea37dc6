"""The table that the conditions are asked of, and conditions by the thousand."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pyarrow as pa
from hypothesis import strategies as st

from tests.data.tables import table

COLUMNS = {
    "id": list(range(8)),
    "whole": pa.array([0, 1, -3, 7, 2**53 + 1, 5, 5, -(2**40)], pa.int64()),
    "gappy": pa.array([1, None, 3, None, 5, 0, -1, 5], pa.int64()),
    "real": [0.5, float("nan"), None, float("inf"), float("-inf"), -0.0, 1e300, 5.0],
    "small": pa.array([0.1, None, 2.5, 0.0, 1.0, 5.0, -1.0, 3.0], pa.float32()),
    "text": ["a", "b", None, "", "ä", "5", "it's", "a"],
    "flag": [True, False, True, True, False, False, True, False],
    "moment": [dt.datetime(2020, 1, 1), None, dt.datetime(2021, 6, 1, 12), *[None] * 5],
    "two words": [1, 2, 3, 4, 5, 6, 7, 8],
}
NUMBERS = st.sampled_from([0, 1, -3, 5, 7, 0.5, 2.5, 0.1, -1.0, 1e300, 2**53])
TEXTS = st.sampled_from(["a", "b", "", "ä", "5", "it's", "zz"])
SIGNS = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])
NUMERIC = st.sampled_from(["whole", "gappy", "real", "small", "`two words`"])
ANY = st.sampled_from(["whole", "gappy", "real", "text", "flag", "moment", "`two words`"])


def written(folder: Path) -> str:
    """The table as a Parquet file; its name."""
    return table(folder, COLUMNS)


@st.composite
def atoms(draw: st.DrawFn) -> str:
    """One condition in pandas' words, without those where pandas is wrong or raises."""
    kind = draw(
        st.sampled_from("numbers texts sets text_sets null pairs flag chain moment".split())
    )
    number, sign = draw(NUMBERS), draw(SIGNS)
    if kind == "numbers":
        return f"{draw(NUMERIC)} {sign} {number!r}"
    if kind == "texts":
        return f"text {sign} {draw(TEXTS)!r}"
    if kind == "sets":
        column = draw(st.sampled_from(["whole", "gappy", "real"]))  # pandas widens no 32-bit set
        return f"{column} {draw(st.sampled_from(['in', 'not in']))} {draw(st.lists(NUMBERS))!r}"
    if kind == "text_sets":
        return f"text {draw(st.sampled_from(['in', 'not in']))} {draw(st.lists(TEXTS))!r}"
    if kind == "null":
        return f"{draw(ANY)}.{draw(st.sampled_from(['isnull', 'notnull', 'isna', 'notna']))}()"
    if kind == "pairs":
        return f"{draw(NUMERIC)} {sign} {draw(NUMERIC)}"
    if kind == "flag":
        return draw(st.sampled_from(["flag", "flag == True", "flag != 1", "not flag"]))
    if kind == "chain":
        return f"{number!r} <= {draw(NUMERIC)} < {draw(NUMBERS)!r}"
    return f"moment {draw(st.sampled_from(['<', '<=', '>', '>=']))} '2021-01-01'"


def conditions() -> st.SearchStrategy[str]:
    """Conditions of conditions, with both spellings of and, or and not."""
    return st.recursive(
        atoms(),
        lambda inner: st.one_of(
            st.builds("({}) and ({})".format, inner, inner),
            st.builds("({}) | ({})".format, inner, inner),
            st.builds("{} & {}".format, atoms(), atoms()),
            st.builds("{} or {} and {}".format, atoms(), atoms(), inner),
            st.builds("not ({})".format, inner),
            st.builds("~({})".format, inner),
        ),
        max_leaves=4,
    )
