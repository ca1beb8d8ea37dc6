"""Numbers and names as a reader would write them."""

from __future__ import annotations

import math

import pytest

from smokealarm.finding import Finding, Scalar
from smokealarm.report import wording
from smokealarm.report.ranking import Entry, grouped
from smokealarm.results import Silence


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.0042, "4 ms"),
        (1.25, "1.2 s"),
        (99.4, "99.4 s"),
        (125, "2 min 5 s"),
        (math.nan, "? s"),
        (-1, "? s"),
    ],
)
def test_a_duration_is_told_in_its_own_unit(value: float, shown: str) -> None:
    assert wording.seconds(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (True, "yes"),
        (None, "-"),
        (1797, "1,797"),
        (0.000123456, "0.0001235"),
        (10**400, "beyond 10^15"),
        ("a\nb", "a b"),
    ],
)
def test_a_value_is_short_enough_to_read(value: Scalar, shown: str) -> None:
    assert wording.scalar(value) == shown


@pytest.mark.parametrize(
    ("parts", "shown"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "", "b", "c"], "a, b and c")],
)
def test_a_list_ends_in_and(parts: list[str], shown: str) -> None:
    assert wording.listed(parts) == shown


@pytest.mark.parametrize(
    ("lines", "shown"),
    [
        ([], ""),
        ([4], "also on line 4"),
        ([4, 9], "also on lines 4 and 9"),
        ([1, 1], "and 2 times more"),
        (list(range(2, 12)), "also on lines 2, 3, 4, 5, 6 and 5 more"),
    ],
)
def test_repeats_name_their_lines(lines: list[int], shown: str) -> None:
    repeats = tuple(Finding(message="m", line=line) for line in lines)
    assert wording.repeated(Entry(Finding(message="m", line=1), "style", repeats=repeats)) == shown


OWNED = "Lightning owns the loop, so that {} cannot be seen"


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ([("digits", "a", "why")], ["memorize: digits a: why"]),
        (
            [("digits", name, "why") for name in "abcde"],
            ["memorize: digits: 5 checks (a, b, c and 2 more): why"],
        ),
        (
            [("digits", "a", OWNED.format("the mode")), ("digits", "b", OWNED.format("the order"))],
            ["memorize: digits: 2 checks (a and b): Lightning owns the loop"],
        ),
        (
            [("digits", "a", "why"), ("signs", "a", "why")],
            ["memorize: digits a and signs a: why"],
        ),
        (
            [("digits", "a", "why"), ("digits", "b", "why not")],
            ["memorize: digits a: why", "memorize: digits b: why not"],
        ),
    ],
    ids=["one", "one reason", "one cause", "two cases", "two reasons"],
)
def test_silences_of_one_cause_are_one_line(
    told: list[tuple[str, str, str]], shown: list[str]
) -> None:
    silences = [
        Silence(stage="memorize", case=case, check=check, reason=reason)
        for case, check, reason in told
    ]
    assert [wording.silence(group) for group in grouped(silences)] == shown
