"""What is a loosening of the record, and what only looks like one."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smokealarm.style.record import LONGEST, Line, Record, extended, formatted, loosened, parse
from tests.style.record_merges_test import TODAY, Edit, edits, lines


def told(base: str, head: str, today: date = TODAY, gone: str = "nothing") -> list[str]:
    """The regions that are loosened, with what they were and are."""
    found = loosened(parse(base.encode()), parse(head.encode()), today, lambda path: path != gone)
    return [f"{one.region}: {one.was} > {one.now}, line {one.number}" for one in found]


WAIVE = "waive flake8 E722 src/ until {}: see #1\n"

HARMLESS = {
    "nothing changed": ("flake8 F . new\n", "flake8 F . new\n"),
    "the first record": ("", "flake8 F . new\nblack * . strict\n"),
    "a higher state": ("flake8 F . new\n", "flake8 F . strict\n"),
    "a wider rule": ("flake8 F401 . new\nflake8 F811 . new\n", "flake8 F . new\n"),
    "all rules": ("flake8 F . new\n", "flake8 * . new\n"),
    "a wider path": ("flake8 F src/a/ strict\nblack * b.py keep\n", "flake8 F src/ strict\nblack * . keep\n"),
    "another order": ("flake8 F . new\nflake8 E . new\n", "flake8 E . new\nflake8 F . new\n"),
    "a copy less": ("flake8 F . new\nflake8 F . new\n", "flake8 F . new\n"),
    "a void line less": ("flake8 F . strict\nflake8 F401 src/ new\n", "flake8 F . strict\n"),
    "a comment less": ("# a\nflake8 F . new\n", "flake8 F . new\n"),
    "a renamed folder": ("flake8 F gone/ strict\n", "flake8 F here/ strict\n"),
    "a waive with an end": ("flake8 E . strict\n", "flake8 E . strict\n" + WAIVE.format("2026-11-28")),
    "a waive less": ("flake8 E . strict\n" + WAIVE.format("2026-07-01"), "flake8 E . strict\n"),
    "an old waive that ends late": (
        "flake8 E . strict\n" + WAIVE.format("2036-01-01"),
        "flake8 E . strict\n" + WAIVE.format("2036-01-01"),
    ),
    "a late waive of nothing": ("", WAIVE.format("2036-01-01")),
}  # fmt: skip


@pytest.mark.parametrize(("base", "head"), HARMLESS.values(), ids=HARMLESS)
def test_no_loosening_is(base: str, head: str) -> None:
    assert told(base, head, gone="gone/") == []


LOOSER = {
    "a line less": (
        "flake8 E . new\nflake8 F . new\n",
        "flake8 E . new\n",
        "F .: new > off, line 1",
    ),
    "all lines less": ("flake8 F . new\n", "", "F .: new > off, line 1"),
    "a lower state": ("flake8 F . strict\n", "#\nflake8 F . new\n", "F .: strict > new, line 2"),
    "a narrower rule": ("flake8 F . new\n", "flake8 F4 . new\n", "F .: new > off, line 1"),
    "a narrower path": ("flake8 F . new\n", "flake8 F src/ new\n", "F .: new > off, line 1"),
    "a wider but lower line": (
        "flake8 F401 src/ strict\n",
        "flake8 F . new\n",
        "F401 src/: strict > new, line 1",
    ),
    "another tool's line": ("flake8 * . new\n", "black * . keep\n", "* .: new > off, line 1"),
    "a folder whose files are all named, but not those to come": (
        "flake8 F src/ new\n",
        "flake8 F src/a.py new\n",
        "F src/: new > off, line 1",
    ),
    "a waive in place of its line": (
        "flake8 E722 src/ strict\n",
        WAIVE.format("2026-07-01"),
        "E722 src/: strict > off, line 1",
    ),
    "a line that goes with its waive": (
        "flake8 E722 src/ strict\n" + WAIVE.format("2026-07-01"),
        "",
        "E722 src/: strict > off, line 1",
    ),
    "a waive that ends too late": (
        "flake8 E . strict\n",
        "flake8 E . strict\n" + WAIVE.format("2026-11-29"),
        "E722 src/: strict > off, line 2",
    ),
    "a waive renewed for too long": (
        "flake8 E . strict\n" + WAIVE.format("2026-07-01"),
        "flake8 E . strict\n" + WAIVE.format("2027-07-01"),
        "E722 src/: strict > off, line 2",
    ),
}


@pytest.mark.parametrize(("base", "head", "expected"), LOOSER.values(), ids=LOOSER)
def test_a_loosening_is(base: str, head: str, expected: str) -> None:
    assert told(base, head) == [f"flake8 {expected}"]


def test_a_formatter_is_told_in_its_own_words() -> None:
    assert told("black * . strict\n", "black * . keep\n") == ["black * .: strict > keep, line 1"]


def test_a_lost_line_is_told_where_it_stood() -> None:
    base = "flake8 E1 . new\nflake8 E2 . new\nflake8 E3 . new\nflake8 F . new\n"
    assert told(base, base.replace("flake8 E3 . new\n", "")) == ["flake8 E3 .: new > off, line 2"]


def test_the_longest_waive_is_half_a_year() -> None:
    assert TODAY + LONGEST == date(2026, 11, 28)
    assert LONGEST == timedelta(days=180)


@given(edits, edits)
def test_whatever_is_added_and_tidied_is_no_loosening(one: Edit, two: Edit) -> None:
    base = extended(Record(), one.entries)
    head = parse(formatted(extended(base, two.entries)))
    assert loosened(base, head, TODAY, lambda path: True) == []


@given(st.lists(lines, max_size=6), st.lists(lines, max_size=6))
def test_a_loosening_is_told_where_and_only_where_a_file_may_feel_it(
    was: list[Line], now: list[Line]
) -> None:
    base, head = extended(Record(), was), extended(Record(), now)
    felt = any(
        head.state(*example, TODAY) < base.state(*example, TODAY) for example in map(_example, was)
    )
    assert bool(loosened(base, head, TODAY, lambda path: True)) == felt


def _example(line: Line) -> tuple[str, str, str]:
    """A rule that is in the line's region, and in a file there; no line names either."""
    tool, rule, path = line.region
    below = path if path.endswith(".py") else f"{path.removesuffix('.')}new"
    return tool, f"{rule.rstrip('*')}x", below
