from __future__ import annotations

from collections.abc import Callable, Iterator

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smokealarm.data.values.portable import is_same, notes
from tests.data.patterns import MADE, PLAIN_TEXTS, misread, undeclared, unproved

Found = Callable[[str, str], "bool | None"]


@pytest.fixture(scope="module")
def re2() -> Iterator[Found]:
    """What RE2 finds, inside DuckDB."""
    with duckdb.connect() as connection:

        def found(regex: str, text: str) -> bool | None:
            try:
                query = connection.execute("SELECT regexp_matches(?, ?)", [text, regex])
            except duckdb.InvalidInputException:
                return None
            return bool(query.fetchall()[0][0])

        yield found


def test_every_difference_of_re2_has_a_note(re2: Found) -> None:
    assert not undeclared("RE2", re2)


def test_re2_differs_wherever_a_note_says_so(re2: Found) -> None:
    assert not unproved("RE2", re2)


@settings(derandomize=True, deadline=None, max_examples=300)
@given(regex=MADE, texts=st.lists(PLAIN_TEXTS, min_size=3, max_size=5))
def test_re2_finds_the_same_in_plain_texts_where_no_note_says_otherwise(
    re2: Found, regex: str, texts: list[str]
) -> None:
    assert not misread("RE2", re2, regex, texts)


def test_spelt_out_characters_may_have_relatives_among_plain_ones() -> None:
    assert is_same("(?i)s", "Java")
    assert not is_same(r"(?i)\u017f", "Java") and not is_same("(?i)ſ", "Java")


@pytest.mark.parametrize(
    "regex",
    ["^[0-9]{4}-[0-9]{2}$", "^(a|b)+[^x]?", r"\.png", r"^[A-Za-z0-9_.+-]+@", "(?:ab)*?c", "^ä", "(?i:a)b"],
)  # fmt: skip
def test_a_plain_pattern_is_read_by_re2_as_by_python(regex: str) -> None:
    assert not [note for note in notes(regex) if "RE2" in note.engines and not note.rarely]


@pytest.mark.parametrize(
    ("regex", "what", "engines", "portable"),
    [
        ("a(?=b)", "lookaround is refused there", ("RE2",), "two checks"),
        (r"\bab", r"\b is a backspace there, and matches nothing", ("PostgreSQL",), "(^|"),
        ("(?P<year>[0-9])", "name of a group", ("Java", "PostgreSQL"), "( without a name"),
        ("[[:alpha:]]", "class of its own", ("RE2", "PostgreSQL"), "[A-Za-z]"),
        ("^a{,3}$", "{,n} is no repeat there", ("RE2", "Java", "PostgreSQL"), "{0,n}"),
        ("a{300}", "300 is more than they count to", ("PostgreSQL",), "lengths"),
    ],
)
def test_a_note_says_what_where_and_how_to_write_it(
    regex: str, what: str, engines: tuple[str, ...], portable: str
) -> None:
    (note,) = (note for note in notes(regex) if not note.rarely)
    assert what in note.what and note.engines == engines and portable in note.portable


def test_each_note_comes_once_and_escaped_signs_have_none() -> None:
    assert len(notes(r"\d\d\d")) == 1
    assert not notes(r"\\d\$\.\(\?=[$.]")
