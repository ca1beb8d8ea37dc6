"""What the record says, and what of it cannot be read."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from smokealarm.errors import FatalErrors
from smokealarm.style.record import HEADER, NAME, Region, State, counts, parse, understood

TODAY = date(2026, 6, 1)
RECORD = b"""\
# what this repository keeps
black * src/data/ keep
flake8 E9 . strict
flake8 F401 src/ new
shellcheck SC2086 scripts/ strict
waive flake8 E722 src/legacy/ until 2027-03-01: the callers log the exceptions, see #12
"""


def state(content: bytes, tool: str, code: str, path: str, today: date = TODAY) -> State:
    return parse(content).state(tool, code, path, today)


@pytest.mark.parametrize(
    "content", [b"", b"\n\n", b"# a comment\n", b"\xef\xbb\xbf"], ids=["no", "blank", "#", "BOM"]
)
def test_an_empty_record_keeps_nothing(content: bytes) -> None:
    record = parse(content)
    assert record.entries == ()
    assert record.state("flake8", "E999", "a.py", TODAY) is State.OFF
    assert not record.concerns("flake8", "a.py")


@pytest.mark.parametrize(
    ("tool", "code", "path", "expected"),
    [
        ("black", "black", "src/data/a.py", State.NEW),
        ("black", "black", "src/a.py", State.OFF),
        ("flake8", "E999", "a.py", State.STRICT),
        ("flake8", "E501", "a.py", State.OFF),
        ("flake8", "F401", "src/x/a.py", State.NEW),
        ("flake8", "F401", "src.py", State.OFF),
        ("flake8", "F401", "tests/src/a.py", State.OFF),
        ("shellcheck", "SC2086", "scripts/a.sh", State.STRICT),
        ("shellcheck", "E9", "scripts/a.sh", State.OFF),
    ],
)
def test_a_line_speaks_of_its_tool_and_rules_and_of_all_below_its_path(
    tool: str, code: str, path: str, expected: State
) -> None:
    assert state(RECORD, tool, code, path) is expected


@pytest.mark.parametrize("order", [1, -1], ids=["in order", "in reverse"])
@pytest.mark.parametrize(
    "lines",
    [
        ["flake8 F . new", "flake8 F401 src/ strict", "flake8 F401 src/a.py new"],
        ["flake8 F . new", "flake8 F401 src/a.py new", "flake8 F401 src/a.py strict"],
    ],
    ids=["in narrower places", "in the same place, which a union merge leaves"],
)
def test_of_several_lines_the_highest_holds(lines: list[str], order: int) -> None:
    content = "\n".join(lines[::order]).encode()
    assert state(content, "flake8", "F401", "src/a.py") is State.STRICT
    assert state(content, "flake8", "F811", "src/a.py") is State.NEW
    assert state(content, "flake8", "F401", "b.py") is State.NEW


def test_a_waive_takes_back_what_it_names_until_the_end_of_its_day() -> None:
    content = b"flake8 E . strict\nwaive flake8 E7 src/ until 2026-06-01: see #1\n"
    assert state(content, "flake8", "E722", "src/a.py") is State.OFF
    assert state(content, "flake8", "E722", "a.py") is State.STRICT
    assert state(content, "flake8", "E999", "src/a.py") is State.STRICT
    assert state(content, "flake8", "E722", "src/a.py", TODAY + timedelta(1)) is State.STRICT


def test_only_the_waives_that_have_not_ended_make_the_day_matter() -> None:
    record = parse(RECORD)
    assert [waive.region for waive in record.in_force(TODAY)] == [
        Region("flake8", "E722", "src/legacy/")
    ]
    assert record.in_force(date(2027, 3, 2)) == ()


def test_a_tool_must_look_at_the_files_that_a_line_of_it_speaks_of() -> None:
    record = parse(RECORD)
    assert record.tools() == {"black", "flake8", "shellcheck"}
    assert record.concerns("black", "src/data/a.py")
    assert not record.concerns("black", "src/a.py")
    assert record.concerns("flake8", "anything/at/all.py")


@pytest.mark.parametrize(
    ("kept", "is_new", "expected"),
    [
        (State.OFF, True, False),
        (State.NEW, False, False),
        (State.NEW, True, True),
        (State.STRICT, False, True),
    ],
)
def test_off_lets_nothing_count_new_what_is_new_and_strict_all(
    kept: State, is_new: bool, expected: bool
) -> None:
    assert counts(kept, is_new) is expected


def test_carriage_returns_tabs_and_a_byte_order_mark_change_nothing() -> None:
    content = b"\xef\xbb\xbfflake8\tE9   . strict\r\n\r\n  flake8 F src/ new"
    assert [str(line) for line in parse(content).lines] == [
        "flake8 E9 . strict",
        "flake8 F src/ new",
    ]


def test_copies_of_a_line_are_no_mistake_because_merges_make_them() -> None:
    assert state(b"flake8 F . new\nflake8 F . new\n", "flake8", "F401", "a.py") is State.NEW


WRONG = [
    ("flak8 E9 . strict", 1, "'flak8' is not a tool", "Did you mean flake8?"),
    ("wave flake8 E9 . until 2026-07-01: x", 1, "'wave' is not a tool", "Did you mean waive?"),
    ("flake8 E9 . strikt", 13, "'strikt' is not a state of flake8", "Did you mean strict?"),
    ("flake8 E9 . keep", 13, "'keep' is not a state of flake8", "Did you mean new?"),
    ("black * . new", 11, "'new' is not a state of black", "Did you mean keep?"),
    ("black E501 . keep", 7, "black has no rules", "Write `*`"),
    ("flake8 e9 . strict", 8, "'e9' is not the name of a rule", "Did you mean E9?"),
    ("flake8 E9* . strict", 8, "'E9*' is not the name of a rule", "Did you mean E9?"),
    ("flake8 E9 . off", 13, "`off` is not written", "waive flake8 E9 . until"),
    ("flake8 E9 .", 11, "expected 4 words, found 3", "TOOL RULE PATH STATE"),
    ("flake8 E9 my folder/ strict", 22, "expected 4 words, found 5", "written %20"),
    ("flake8", 1, "expected 4 words, found 1", "TOOL RULE PATH STATE"),
    ("flake8 E9 /src/ strict", 11, "not written from the repository's root", "mean src/?"),
    ("flake8 E9 ./src/ strict", 11, "not written from the repository's root", "mean src/?"),
    ("flake8 E9 ./ strict", 11, "not written from the repository's root", "mean .?"),
    ("flake8 E9 / strict", 11, "not written from the repository's root", "mean .?"),
    ("flake8 E9 a//b.py strict", 11, "not written from the repository's root", "mean a/b.py?"),
    ("flake8 E9 ../a strict", 11, "is no path in a repository", "from the repository's root"),
    ("flake8 E9 a%00 strict", 11, "is no path in a repository", "from the repository's root"),
    ("flake8 E9 src\\data\\ strict", 11, "has a backslash", "mean src/data/?"),
    ("flake8 E9 src/*.py strict", 11, "patterns are not read", "Name a folder"),
    ("flake8 E9 100%/ strict", 11, "has a % that", "written %25"),
    ("waive flake8 E9 . until 2026-07-01:  ", 25, "needs a reason", "until YYYY-MM-DD: REASON"),
    ("waive flake8 E9 . until 2026-07-01", 25, "needs a reason", "until YYYY-MM-DD: REASON"),
    ("waive flake8 E9 . until 2026-02-30: x", 25, "'2026-02-30' is not a day", "2027-03-01"),
    ("waive flake8 E9 . until 20260701: x", 25, "'20260701' is not a day", "2027-03-01"),
    ("waive flake8 E9 . forever: x", 19, "is not whole", "until YYYY-MM-DD: REASON"),
    ("waive flake8 E9 .", 17, "is not whole", "until YYYY-MM-DD: REASON"),
    ("waive flak8 E9 . until 2026-07-01: x", 7, "'flak8' is not a tool", "Did you mean flake8?"),
    ("flake8 E9 . str\x1bict", 16, "control characters", "Take it out"),
]


@pytest.mark.parametrize(
    ("line", "column", "what", "mend"), WRONG, ids=[line for line, *_ in WRONG]
)
def test_a_line_that_cannot_be_read_is_told_with_its_place_and_what_to_do(
    line: str, column: int, what: str, mend: str
) -> None:
    with pytest.raises(FatalErrors) as refusal:
        parse(f"# a comment\n{line}\nflake8 F . new\n".encode())

    (error,) = refusal.value.errors
    assert str(error).startswith(f"{NAME}:2:{column}: ")
    assert what in error.message
    assert mend in error.remedy


def test_all_that_is_wrong_is_told_at_once_and_the_rest_is_understood() -> None:
    record, complaints = understood(b"flake8 e9 . strict\nflake8 F . new\nfoo\n\xff\n")
    assert [error.place.line for error in complaints if error.place] == [1, 3, 4]
    assert [str(line) for line in record.lines] == ["flake8 F . new"]


def test_a_conflict_that_is_left_in_the_file_is_one_complaint() -> None:
    content = (
        b"<<<<<<< HEAD\nflake8 E9 . new\n||||||| 1a2b3c4\n=======\nflake8 E9 . strict\n"
        b">>>>>>> branch\n"
    )
    record, complaints = understood(content)
    assert [str(error.place) for error in complaints] == [f"{NAME}:1:1"]
    assert "a merge conflict is left" in complaints[0].message
    assert f"{NAME} merge=union" in complaints[0].remedy
    assert len(record.lines) == 2


def test_bytes_that_are_not_utf_8_are_told_with_their_place() -> None:
    with pytest.raises(FatalErrors, match=r"1:13: byte 0xff is not UTF-8"):
        parse("flake8 E9 é/".encode() + b"\xff/ strict\n")


def test_a_file_that_is_no_record_is_not_read_to_its_end() -> None:
    with pytest.raises(FatalErrors, match="Is it really a record"):
        parse(b"\n" * 2_000_000)


def test_the_header_that_suggest_writes_is_a_comment() -> None:
    assert parse("\n".join(HEADER).encode()).header == HEADER
