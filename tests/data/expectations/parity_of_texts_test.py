"""Columns of text: great_expectations on pandas says the same of the same file."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.data.beside_peer import agree
from tests.data.peer import Peer

alike = settings(
    max_examples=6,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)

WORDS = [
    "",
    "a",
    "A",
    "ab",
    "aab",
    "b1",
    "7",
    "10",
    "日本",
    "٣",
    "a\n",
    "\x0b",
    "ß",
    "a b",
    "👨‍👩‍👧",
    "e\u0301",
]
JSON = [
    "1",
    "NaN",
    '{"a": 1}',
    "{'a': 1}",
    "[1,]",
    "[1]",
    '"x"',
    "null",
    "",
    '{"a": "x"}',
    "1e999",
    "01",
]
DATES = ["2020-01-31", "2020-02-30", "31.01.2020", "May", "10", "", "noon", "2020-01-31T25:00:00", "1/2",
         "2020-01-31 10:00:00", "0000-01-01", "9999-12-31", "2020-W01-1", "99999999999999999999"]  # fmt: skip


def texts(words: list[str]) -> st.SearchStrategy[pa.Array]:
    """A column of these and of any other words, and of nulls."""
    other = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=4)
    value = st.none() | st.sampled_from(words) | st.sampled_from(words) | other
    return st.lists(value, max_size=30).map(lambda values: pa.array(values, pa.string()))


MOSTLY = st.sampled_from([1.0, 0.5, 0.0])
PATTERNS = [
    "a", "^a", "b$", r"^\d+$", r"\w", r"\s", r"\bb", "(?i)^A", "a(?=b)", r"(.)\1", "^..$", "[^a]",
    "a{1,2}$", "^$", "a|7", r"\.", "(?s)^.$", r"^\S+$", "ß",
]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("expect_column_value_lengths_to_be_between", {"min_value": 1, "max_value": 2}),
        (
            "expect_column_value_lengths_to_be_between",
            {"min_value": 1, "max_value": 3, "strict_min": True, "strict_max": True},
        ),
        ("expect_column_value_lengths_to_equal", {"value": 2.0}),
        ("expect_column_values_to_be_in_set", {"value_set": ["a", "日本", None, 7]}),
        ("expect_column_values_to_not_be_in_set", {"value_set": ["a", "日本", None, 7]}),
        ("expect_column_values_to_not_be_in_set", {"value_set": []}),
        ("expect_column_values_to_be_unique", {}),
        ("expect_column_values_to_be_null", {}),
        ("expect_column_values_to_not_be_null", {}),
    ],
)
@alike
@given(values=texts(WORDS), mostly=MOSTLY)
def test_of_words(
    peer: Peer, kind: str, options: dict[str, Any], values: pa.Array, mostly: float
) -> None:
    agree(peer, values, kind, mostly=mostly, **options)


@alike
@given(values=texts(WORDS), regex=st.sampled_from(PATTERNS), mostly=MOSTLY)
def test_of_a_pattern(peer: Peer, values: pa.Array, regex: str, mostly: float) -> None:
    for kind in ("expect_column_values_to_match_regex", "expect_column_values_to_not_match_regex"):
        agree(peer, values, kind, regex=regex, mostly=mostly)


@pytest.mark.parametrize("regex", PATTERNS)
def test_of_every_pattern(peer: Peer, regex: str) -> None:
    values = pa.array([*WORDS, None])
    agree(peer, values, "expect_column_values_to_match_regex", regex=regex)


@alike
@given(
    values=texts(WORDS),
    regexes=st.lists(st.sampled_from(PATTERNS), min_size=1, max_size=3),
    match_on=st.sampled_from(["any", "all"]),
)
def test_of_several_patterns(
    peer: Peer, values: pa.Array, regexes: list[str], match_on: str
) -> None:
    kind = "expect_column_values_to_match_regex_list"
    agree(peer, values, kind, regex_list=regexes, match_on=match_on)
    kind = "expect_column_values_to_not_match_regex_list"
    agree(peer, values, kind, regex_list=regexes)


@alike
@given(values=texts(JSON), mostly=MOSTLY)
def test_of_json(peer: Peer, values: pa.Array, mostly: float) -> None:
    agree(peer, values, "expect_column_values_to_be_json_parseable", mostly=mostly)


def test_of_every_text_of_json(peer: Peer) -> None:
    agree(peer, pa.array(JSON), "expect_column_values_to_be_json_parseable")
    packed = pa.array([text.encode() for text in JSON])
    agree(peer, packed, "expect_column_values_to_be_json_parseable")


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}}},
        {"$defs": {"n": {"type": "number"}}, "anyOf": [{"$ref": "#/$defs/n"}, {"type": "null"}]},
        {"$schema": "http://json-schema.org/draft-04/schema#", "type": "array", "minItems": 1},
        {},
    ],
)
def test_of_a_schema(peer: Peer, schema: dict[str, Any]) -> None:
    values = pa.array(["1", '{"a": 1}', '{"a": "x"}', "[]", "[1]", None, '"x"', "null", "NaN"])
    agree(peer, values, "expect_column_values_to_match_json_schema", json_schema=schema)


@alike
@given(values=texts(DATES), mostly=MOSTLY)
def test_of_dates(peer: Peer, values: pa.Array, mostly: float) -> None:
    agree(peer, values, "expect_column_values_to_be_dateutil_parseable", mostly=mostly)
    kind = "expect_column_values_to_match_strftime_format"
    agree(peer, values, kind, strftime_format="%Y-%m-%d", mostly=mostly)


def test_of_every_date(peer: Peer) -> None:
    agree(peer, pa.array(DATES), "expect_column_values_to_be_dateutil_parseable")
    for form in ("%Y-%m-%d", "%d.%m.%Y", "%m/%d", "%B", "%Y-%m-%dT%H:%M:%S"):
        kind = "expect_column_values_to_match_strftime_format"
        agree(peer, pa.array(DATES), kind, strftime_format=form)
