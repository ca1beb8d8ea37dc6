from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from smokealarm.errors import FatalError
from tests.data.tables import ask, table

CHECK = "expect_column_values_to_match_like_pattern"


def test_a_real_column_passes(real: Path, kind: str) -> None:
    assert not ask(real, f"iris.{kind}", CHECK, column="kind", like_pattern="______%")


def test_values_without_the_pattern_are_counted_and_shown(real: Path, kind: str) -> None:
    (finding,) = ask(real, f"iris.{kind}", CHECK, column="kind", like_pattern="v%")
    assert "50 of 150 values do not match LIKE 'v%' (33.3 %), first at row 1: 'setosa'" in (
        finding.message
    )


@pytest.mark.parametrize(
    ("value", "pattern", "escape", "right"),
    [
        pytest.param("ab", "a", None, False, id="it is about the whole value"),
        pytest.param("日", "_", None, True, id="_ is one character, not a byte"),
        pytest.param("a\nb", "a%b", None, True, id="% crosses lines"),
        pytest.param("A", "a", None, False, id="case counts"),
        pytest.param("a%", "a!%", "!", True, id="an escape takes the meaning from %"),
        pytest.param("ab", "a!%", "!", False, id="so that it is a character like others"),
        pytest.param("a!", "a!!", "!", True, id="the escape of itself"),
        pytest.param("a.", "a_", None, True, id="a dot is a character"),
        pytest.param("ab", "a.", None, False, id="and no pattern"),
        pytest.param(r"\%", r"\%", None, True, id="a backslash is a character"),
        pytest.param("it's", "it's", None, True, id="quotes"),
        pytest.param(705, "7%", None, True, id="numbers as Python prints them"),
    ],
)
def test_what_like_means(
    tmp_path: Path, value: Any, pattern: str, escape: str | None, right: bool
) -> None:
    name = table(tmp_path, {"x": [value, None]})
    found = ask(tmp_path, name, CHECK, column="x", like_pattern=pattern, escape=escape)
    assert (not found) is right


@pytest.mark.parametrize(
    ("options", "wrong"),
    [
        ({"like_pattern": "a", "escape": ""}, "not one character"),
        ({"like_pattern": "a", "escape": "!!"}, "not one character"),
        ({"like_pattern": "a!", "escape": "!"}, "escapes nothing"),
    ],
)
def test_an_escape_that_cannot_be_meant_is_told(
    tmp_path: Path, options: dict[str, Any], wrong: str
) -> None:
    with pytest.raises(FatalError, match=wrong):
        ask(tmp_path, "x.csv", CHECK, column="x", **options)
