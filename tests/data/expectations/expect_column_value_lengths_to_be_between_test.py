from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from smokealarm.errors import FatalError
from tests.data.tables import ask, count, table

CHECK = "expect_column_value_lengths_to_be_between"


def test_names_of_a_real_table_have_a_usual_length(real: Path, kind: str) -> None:
    assert not ask(real, f"iris.{kind}", CHECK, column="kind", min_value=6, max_value=10)


def test_longer_texts_are_counted_and_shown(real: Path, kind: str) -> None:
    (finding,) = ask(real, f"iris.{kind}", CHECK, column="kind", max_value=9)
    assert finding.message.startswith("kind: 50 of 150 values are not at most 9 long (33.3 %)")
    assert "row 51: 'versicolor'" in finding.message


@pytest.mark.parametrize(
    ("values", "options", "outside"),
    [
        pytest.param(["日本", "e\u0301"], {"max_value": 2}, 0, id="a character is a code point"),
        pytest.param(["", None], {"min_value": 1}, 1, id="an empty text has length 0, a null none"),
        pytest.param(["ab"], {"min_value": 2, "strict_min": True}, 1, id="a strict end is outside"),
        pytest.param(["ab"], {"max_value": 2, "strict_max": True}, 1, id="a strict end above too"),
        pytest.param([7, 1000], {"max_value": 3}, 1, id="numbers as Python prints them"),
        pytest.param(
            [[1, 2], [3], []], {"min_value": 1}, 1, id="a list is as long as its elements"
        ),
    ],
)
def test_what_a_length_is(
    tmp_path: Path, values: list[Any], options: dict[str, Any], outside: int
) -> None:
    found = ask(tmp_path, table(tmp_path, {"x": values}), CHECK, column="x", **options)
    assert (count(found) if found else 0) == outside


def test_a_range_without_ends_is_told(tmp_path: Path) -> None:
    with pytest.raises(FatalError, match="without ends"):
        ask(tmp_path, "x.csv", CHECK, column="x")
