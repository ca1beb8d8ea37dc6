from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smokealarm.data.conditions.row_condition import parsed
from smokealarm.errors import FatalError
from tests.data.conditions.meant import ours
from tests.data.conditions.tables import NUMBERS, SIGNS, TEXTS, written


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("conditions")
    written(folder)
    return folder


WHOLE = NUMBERS.filter(lambda number: isinstance(number, int))  # DuckDB loses digits in mixed lists
COLUMNS = st.sampled_from(["whole", "gappy", "`two words`"])


@st.composite
def atoms(draw: st.DrawFn) -> str:
    column, sign = draw(COLUMNS), draw(SIGNS)
    text = "'" + draw(TEXTS).replace("'", "''") + "'"
    numbers = draw(st.lists(WHOLE, min_size=1))
    inside = ", ".join(map(repr, numbers))
    return draw(
        st.sampled_from(
            [
                f"{column} {sign} {numbers[0]!r}",
                f"{column} {sign} gappy",
                f"text {sign} {text}",
                f"text NOT IN ({text}, 'a')",
                f"{column} IN ({inside})",
                f"{column} not in ({inside})",
                f"{column} BETWEEN {numbers[0]!r} AND 5",
                f"{column} NOT BETWEEN {numbers[0]!r} AND 5",
                f"{column} IS NULL",
                "text IS NOT NULL",
                "flag",
            ]
        )
    )


@given(
    condition=st.recursive(
        atoms(),
        lambda inner: st.one_of(
            st.builds("({} AND {})".format, inner, inner),
            st.builds("({} OR {})".format, inner, inner),
            st.builds("NOT ({})".format, inner),
        ),
        max_leaves=5,
    )
)
@settings(
    max_examples=60,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_the_same_rows_are_meant_as_sql_means(folder: Path, condition: str) -> None:
    """A column with nulls in it makes a condition neither true nor false."""
    sql = condition.replace("`", '"').replace("==", "=")
    with duckdb.connect() as connection:
        query = f"SELECT id + 1 FROM '{folder}/table.parquet' WHERE {sql} ORDER BY id"
        rows = [row for row, in connection.execute(query).fetchall()]
    assert ours(folder, "table.parquet", condition, "spark") == rows


@pytest.mark.parametrize(
    ("condition", "at"),
    [
        ("", 1),
        ("gappy >", 8),
        ("gappy > 1 flag", 11),
        ("gappy = NULL", 9),
        ("1 = 1", 1),
        ("upper(text) = 'A'", 1),
        ("gappy IN ()", 11),
        ("text = 'a' -- no", 12),
        ("text = 'a", 8),
        ("text NOT 5", 10),
        ("(flag", 6),
        ("flag; DROP TABLE t0", 5),
        ("text = (SELECT 1)", 8),
    ],
)
def test_what_is_not_understood_is_told_with_its_place(condition: str, at: int) -> None:
    if not condition:
        assert parsed(condition, "spark") is None
        return
    with pytest.raises(FatalError, match=f"not understood at character {at},"):
        parsed(condition, "spark")


def test_a_condition_nested_beyond_reason_is_refused() -> None:
    with pytest.raises(FatalError, match="nested more than 50 levels"):
        parsed("(" * 200 + "flag" + ")" * 200, "spark")
