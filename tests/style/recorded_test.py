"""A case that names the opt-in record: what counts is what the record keeps, rule by rule, path by path."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from smokealarm import changes
from smokealarm.errors import FatalError
from smokealarm.finding import Finding, Level
from smokealarm.style import record, recorded
from smokealarm.style.tools import TOOLS
from tests.repositories import commit, git, make_repository, stage, write
from tests.style.judging import ask, judged, told

RECORD = recorded.NAME
POLICY = """\
black * src/ keep
flake8 E711 . strict
flake8 F401 src/ new
shellcheck SC2086 . strict
"""
OLD = "import os\n\n\ndef f(x):\n    return x == None\n"
ALL = [ask("record"), ask("black"), ask("flake8"), ask("shellcheck")]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    files = {RECORD: POLICY, "src/old.py": OLD, "other/old.py": OLD}
    return make_repository(tmp_path / "repository", files)


def look(root: Path, **settings: object) -> list[Finding]:
    return judged(root, *ALL, record=RECORD, **settings)  # type: ignore[arg-type]  # as in YAML


def test_a_clean_change_says_nothing(root: Path) -> None:
    stage(root, {"src/new.py": "x = 1\n", "run.sh": '#!/bin/sh\necho "$1"\n'})
    assert look(root) == []


def test_strict_counts_what_was_there_and_new_does_not(root: Path) -> None:
    stage(root, {"src/old.py": OLD + "\n\ny = 1\n"})
    assert told(look(root)) == [("src/old.py", 5, "E711")]


def test_what_no_line_names_is_off(root: Path) -> None:
    stage(root, {"other/new.py": "import os\nx=1\nif x == None:\n    pass\n"})
    assert told(look(root)) == [("other/new.py", 3, "E711")]


def test_new_counts_what_the_change_adds(root: Path) -> None:
    stage(root, {"src/old.py": "import re\n" + OLD.replace("x == None", "x is None")})
    assert told(look(root)) == [("src/old.py", 1, "F401")]


def test_keep_holds_what_is_formatted(root: Path) -> None:
    stage(root, {"src/old.py": OLD.replace("x == None", "x  is  None")})
    assert ("src/old.py", 5, "black") in told(look(root))


def test_a_file_that_moves_to_where_a_rule_is_strict_is_judged_there(root: Path) -> None:
    stage(root, {RECORD: POLICY + "flake8 F4 strict/ strict\n"})
    commit(root)
    git(root, "mv", "other/old.py", "strict.py")
    (root / "strict").mkdir()
    git(root, "mv", "strict.py", "strict/old.py")
    assert ("strict/old.py", 1, "F401") in told(look(root))


def test_a_waive_spares_what_it_names_and_is_told(root: Path) -> None:
    stage(root, {RECORD: POLICY + f"waive flake8 E711 src/ until {soon()}: rewritten in #12\n"})
    stage(root, {"src/old.py": OLD + "\n\ny = 1\n"})
    found = look(root)
    assert [(one.path, one.level) for one in found] == [(RECORD, Level.NOTICE)]


def test_loosening_is_a_finding_of_its_own(root: Path) -> None:
    stage(root, {RECORD: POLICY.replace("flake8 E711 . strict\n", "flake8 E711 . new\n")})
    (found,) = look(root)
    assert (found.path, found.line, found.level) == (RECORD, 2, Level.FAILURE)


def test_loosening_on_disk_alone_is_seen_too(root: Path) -> None:
    write(root, {RECORD: POLICY.replace("flake8 E711 . strict\n", "")})
    found = judged(root, ask("record"), record=RECORD, changed=changes.working_tree)
    assert [one.path for one in found] == [RECORD]


def test_a_line_that_cannot_be_read_has_its_place(root: Path) -> None:
    stage(root, {RECORD: POLICY + "flake8 E711 . strickt\n"})
    with pytest.raises(FatalError) as caught:
        look(root)
    assert f"{RECORD}:5:15" in str(caught.value) and "Did you mean strict" in str(caught.value)


def test_without_a_file_nothing_is_opted_in(root: Path) -> None:
    other = make_repository(root.parent / "other", {"a.py": ""})
    stage(other, {"a.py": OLD})
    assert look(other) == []


def test_the_record_is_called_the_same_everywhere() -> None:
    assert recorded.NAME == record.NAME == ".smokealarm-style"


def test_every_tool_but_that_of_touched_lines_may_stand_in_the_record() -> None:
    assert set(record.TOOLS) == {name for name, tool in TOOLS.items() if not tool.touched_only}


def soon() -> str:
    """A month ahead, in UTC."""
    return (datetime.now(timezone.utc) + timedelta(days=30)).date().isoformat()
