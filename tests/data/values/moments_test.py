from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smokealarm.data.values.moments import iso, nanoseconds

EPOCH = dt.datetime(1970, 1, 1)


@given(st.datetimes(dt.datetime(1, 1, 1), dt.datetime(9999, 12, 31)))
def test_a_moment_is_what_python_makes_of_it_and_comes_back(moment: dt.datetime) -> None:
    since = moment - EPOCH
    expected = ((since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds) * 1000
    assert nanoseconds(moment.isoformat(" ")) == expected
    assert iso(expected) == moment.isoformat(" ")


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("2020-01-01", "2020-01-01 00:00:00.000000001"),
        ("2020-01-01 02:00:00+02", "2020-01-01 00:00:01Z"),
        ("2020-01-01T00:00:00+05:30", "2020-01-01"),
        ("9999-12-31", "10000-01-01"),
        ("0044-03-15 (BC)", "0001-01-01"),
        ("-infinity", "0044-03-15 (BC)"),
        ("290000-01-01", "infinity"),
    ],
)
def test_moments_that_python_does_not_know_have_their_order(earlier: str, later: str) -> None:
    first, second = nanoseconds(earlier), nanoseconds(later)
    assert first is not None and second is not None and first < second


@pytest.mark.parametrize("text", ["", "soon", "2020-1-1", "12:00:00", "2020-01-01 12"])
def test_what_is_no_moment_is_none(text: str) -> None:
    assert nanoseconds(text) is None
