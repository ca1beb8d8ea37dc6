"""What is new since a mark."""

from __future__ import annotations

from pathlib import Path

import pytest

from smokealarm.data.watermark.state import Reached, read, remember, remembered
from smokealarm.data.watermark.watermark import Mark, before, is_above
from smokealarm.errors import FatalError, Place


@pytest.mark.parametrize(
    ("mark", "overlap", "since"),
    [
        pytest.param("2026-01-31", 0, "2026-01-31", id="none leaves the mark as it is"),
        pytest.param("2026-03-01", "2 days", "2026-02-27 00:00:00", id="days of a date"),
        pytest.param("2026-03-01 00:30:00", "1 hour", "2026-02-28 23:30:00", id="an hour"),
        pytest.param(
            "2026-03-01 00:30:00.5+00", "90 seconds", "2026-03-01 00:28:30.500000+00", id="a zone"
        ),
        pytest.param(10, 3, 7, id="a number"),
        pytest.param(1.5, 0.5, 1.0, id="a fraction"),
    ],
)
def test_the_overlap_is_taken_from_the_mark(mark: Mark, overlap: str | float, since: Mark) -> None:
    assert before(mark, overlap) == since


@pytest.mark.parametrize(("mark", "overlap"), [("part-7", "2 days"), (7, "2 days"), ("x", 3)])
def test_an_overlap_that_does_not_fit_is_told(mark: Mark, overlap: str | float) -> None:
    with pytest.raises(FatalError, match="does not fit the column"):
        before(mark, overlap)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(2, 1, id="numbers"),
        pytest.param("2026-01-01 10:00:00", "2026-01-01 09:59:59.9", id="moments"),
        pytest.param("2026-01-02", "2026-01-01 23:00:00", id="a day and a moment"),
        pytest.param("b", "a", id="texts"),
    ],
)
def test_one_mark_is_above_another(one: Mark, other: Mark) -> None:
    assert is_above(one, other)
    assert not is_above(other, one)
    assert not is_above(one, one)


def test_a_lower_mark_is_not_remembered_and_other_cases_keep_theirs(tmp_path: Path) -> None:
    path, place = tmp_path / "marks.json", Place(".smokealarm.yaml")
    for case, value in (("a", 5), ("b", 7), ("a", 3)):
        remember(path, case, Reached(table="t", column="id", value=value), place)
    state = read(path, place)
    assert remembered(state, "a", "t", "id") == 5
    assert remembered(state, "b", "t", "id") == 7
    assert remembered(state, "a", "another", "id") is None
