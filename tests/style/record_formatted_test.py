"""The one written form: sorted, without lines that say nothing, and changed line by line."""

from __future__ import annotations

import difflib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smokealarm.style.record import Line, Record, Region, Waive, extended, formatted, parse
from tests.style.record_merges_test import Edit, edits, lines, waives

TIDY = b"""\
# the policy
# of this repository
black * src/data/ keep
# agreed in #12
flake8 E9 . strict
flake8 F401 src/ new
flake8 F401 tests/ new
waive flake8 E9 src/legacy/ until 2026-07-01: see #1
# the end
"""


def tidied(content: bytes) -> list[str]:
    return formatted(parse(content)).decode().splitlines()


def test_a_tidy_record_is_left_as_it_is() -> None:
    assert formatted(parse(TIDY)) == TIDY


def test_lines_are_sorted_by_bytes_and_comments_move_along() -> None:
    content = b"# top\nflake8 F . new\n\n# why\nflake8 E9 . strict\r\nblack * . keep"
    assert tidied(content) == [
        "# top",
        "black * . keep",
        "# why",
        "flake8 E9 . strict",
        "flake8 F . new",
    ]


@pytest.mark.parametrize(
    "void",
    [
        "flake8 F . new",
        "flake8 F . strict",
        "flake8 F401 . strict",
        "flake8 F src/a.py strict",
        "flake8 F8 src/ new",
    ],
)
def test_a_line_goes_where_a_wider_one_keeps_as_much(void: str) -> None:
    assert tidied(f"{void}\nflake8 F . strict\n".encode()) == ["flake8 F . strict"]


@pytest.mark.parametrize(
    "other",
    ["flake8 * . new", "flake8 F . new", "flake8 F401 . strict", "flake8 E src/ strict"],
)
def test_a_line_stays_where_it_says_more_than_the_others(other: str) -> None:
    assert sorted([other, "flake8 F src/ strict"]) == tidied(
        f"{other}\nflake8 F src/ strict\n".encode()
    )


def test_of_waives_the_last_to_end_stays_and_one_with_another_reason() -> None:
    content = (
        b"waive flake8 F src/ until 2026-07-01: one\n"
        b"waive flake8 F src/ until 2026-08-01: two\n"
        b"waive flake8 F src/ until 2026-08-01: three\n"
        b"waive flake8 F401 src/a.py until 2026-08-01: four\n"
        b"waive flake8 F401 src/b.py until 2026-09-01: five\n"
    )
    assert [line.partition(": ")[2] for line in tidied(content)] == ["three", "two", "five"]


@given(edits, edits)
def test_tidying_twice_is_tidying_once_and_keeps_the_policy(one: Edit, two: Edit) -> None:
    entries = [*one.entries, *two.entries]
    untidy = extended(Record(), entries)
    tidy = parse(formatted(untidy))

    assert formatted(tidy) == formatted(untidy)
    for line in untidy.lines:
        assert tidy.kept(line.region) is untidy.kept(line.region)
    for waive in untidy.waives:
        assert tidy.waived_until(waive.region) == untidy.waived_until(waive.region)


@given(st.lists(lines, max_size=8), st.lists(waives, max_size=2))
def test_the_form_is_what_sort_makes_of_the_lines_in_the_c_locale(
    some: list[Line], others: list[Waive]
) -> None:
    texts = formatted(extended(Record(), [*some, *others])).splitlines()
    assert texts == sorted(texts)


CHANGES = [
    ("a rule is kept in one more folder", b"", b"flake8 F401 docs/ new\n"),
    ("a rule becomes strict", b"flake8 F401 src/ new\n", b"flake8 F401 src/ strict\n"),
    ("a formatter is kept everywhere", b"black * src/data/ keep\n", b"black * . keep\n"),
    ("a waive is renewed", b"until 2026-07-01", b"until 2026-09-01"),
    ("a waive is no more needed", b"waive flake8 E9 src/legacy/ until 2026-07-01: see #1\n", b""),
]


@pytest.mark.parametrize(("was", "now"), [c[1:] for c in CHANGES], ids=[c[0] for c in CHANGES])
def test_one_change_of_policy_is_one_line_of_the_diff(was: bytes, now: bytes) -> None:
    edited = parse(TIDY.replace(was, now)) if was else extended(parse(TIDY), parse(now).entries)
    after = formatted(edited)
    diff = list(difflib.ndiff(TIDY.decode().splitlines(), after.decode().splitlines()))
    assert len([line for line in diff if line.startswith("+ ")]) == bool(now)
    assert len([line for line in diff if line.startswith("- ")]) == bool(was)


def test_a_line_that_replaces_narrower_ones_takes_them_out() -> None:
    more = extended(parse(TIDY), [Line(Region("flake8", "F401", "."), "new")])
    assert [str(line) for line in parse(formatted(more)).lines if line.region.rule == "F401"] == [
        "flake8 F401 . new"
    ]
