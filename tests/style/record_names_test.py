"""Whatever bytes a name has, it is one word of one line, and reads back as it was."""

from __future__ import annotations

import os
import posixpath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smokealarm.style.record import Line, Region, formatted, parse
from smokealarm.style.record.names import read, written
from smokealarm.style.record.record import Record

names = st.binary(min_size=1, max_size=12).map(os.fsdecode).filter(
    lambda name: "\0" not in name and posixpath.normpath(name.rstrip("/") or "/") == name.rstrip("/")
    and not name.startswith(("/", "..")) and not name.endswith("//")
)  # fmt: skip


@pytest.mark.parametrize("path", [".", "src/", "src/a.py", ".github/", "données/é.py", "[id]/a.py"])
def test_an_ordinary_name_is_written_as_it_is(path: str) -> None:
    assert written(path) == path


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("my folder/", "my%20folder/"),
        ("a\nb", "a%0Ab"),
        ("-rf/", "%2Drf/"),
        ("#a/-b", "%23a/-b"),
        ("100%", "100%25"),
        (os.fsdecode(b"\xff\xe9.py"), "%FF%E9.py"),
        ("a\u2028b\u202ec", "a%E2%80%A8b%E2%80%AEc"),
        ('say "it\'s"\\*?', "say%20%22it%27s%22%5C%2A%3F"),
    ],
)
def test_what_would_break_a_line_or_read_as_something_else_is_encoded(
    path: str, expected: str
) -> None:
    assert written(path) == expected
    assert read(expected) == path


@given(names)
def test_every_name_reads_back_from_its_line(path: str) -> None:
    line = Line(Region("flake8", "E9", path), "strict")
    content = formatted(Record(lines=(line,)))
    assert content.count(b"\n") == 1
    assert [one.region.path for one in parse(content).lines] == [path]
