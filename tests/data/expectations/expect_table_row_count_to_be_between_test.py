from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.data.tables import ask, text

CHECK = "expect_table_row_count_to_be_between"


def test_the_rows_of_a_real_table_are_counted(real: Path, kind: str) -> None:
    assert not ask(real, f"digits.{kind}", CHECK, min_value=1797, max_value=1797)


def test_too_few_rows_are_told(real: Path, kind: str) -> None:
    (finding,) = ask(real, f"digits.{kind}", CHECK, min_value=10_000)
    assert finding.message == (
        f"the number of rows of digits.{kind} is 1,797, expected at least 10000"
    )


@pytest.mark.parametrize(
    ("options", "alarms"),
    [
        ({"min_value": 3}, 0),
        ({"min_value": 3, "strict_min": True}, 1),
        ({"max_value": 3}, 0),
        ({"max_value": 3, "strict_max": True}, 1),
        ({"min_value": 0, "max_value": 2}, 1),
    ],
)
def test_rows_that_span_lines_and_blank_lines_are_counted_right(
    tmp_path: Path, options: dict[str, Any], alarms: int
) -> None:
    name = text(tmp_path, "poems.csv", 'a,b\n"x\ny",1\n\nz,2\nw,3\n\n')
    assert len(ask(tmp_path, name, CHECK, **options)) == alarms


def test_a_table_without_rows_has_none(tmp_path: Path) -> None:
    assert ask(tmp_path, text(tmp_path, "empty.csv", "a\n"), CHECK, min_value=1)
