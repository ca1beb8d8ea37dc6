"""The check `record` in real repositories: what a reviewer is told."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from smokealarm.errors import FatalErrors
from smokealarm.finding import Finding, Level
from smokealarm.style.record import NAME, check, sides
from tests.repositories import commit, git, make_repository, stage

TODAY = date(2026, 6, 1)
FILES = {"src/a.py": "a = 1\n", "tests/b.py": "b = 1\n"}
LINE = "flake8 E src/ strict\n"


def repository(root: Path, record: str | bytes = LINE) -> Path:
    return make_repository(root, {NAME: record, **FILES})


def found(root: Path, base: str = "HEAD", head: str = "", today: date = TODAY) -> list[Finding]:
    return list(check(sides(root, base, head), today))


def test_a_repository_without_a_record_is_at_peace(tmp_path: Path) -> None:
    root = make_repository(tmp_path, FILES)
    assert found(root) == []
    assert found(root, base="") == []


def test_a_first_record_and_a_tighter_one_are_no_finding(tmp_path: Path) -> None:
    root = make_repository(tmp_path, FILES)
    stage(root, {NAME: LINE})
    assert found(root) == []
    commit(root)
    commit(root, {NAME: f"{LINE}black * . keep\n"})
    assert found(root, "HEAD~1", "HEAD") == []
    assert found(root, "", "HEAD") == []


def test_a_line_that_goes_is_a_failure_with_the_way_back(tmp_path: Path) -> None:
    root = repository(tmp_path, f"black * . keep\n{LINE}")
    stage(root, {NAME: "black * . keep\n"})

    (finding,) = found(root)

    assert finding.level is Level.FAILURE
    assert (finding.path, finding.line) == (NAME, 1)
    assert finding.message == "this change lowers `flake8 E src/` from strict to off"
    assert "Put the line back: flake8 E src/ strict" in finding.remedy
    assert "waive flake8 E src/ until YYYY-MM-DD: REASON" in finding.remedy


def test_the_index_is_judged_and_not_the_working_tree(tmp_path: Path) -> None:
    root = repository(tmp_path)
    (root / NAME).unlink()
    assert found(root) == []


def test_a_deleted_record_is_one_failure(tmp_path: Path) -> None:
    root = repository(tmp_path, f"{LINE}black * . keep\n")
    git(root, "rm", "--quiet", NAME)

    (finding,) = found(root)

    assert (finding.level, finding.path) == (Level.FAILURE, None)
    assert finding.message.startswith(f"this change deletes {NAME}")


def test_an_emptied_record_names_what_it_lowers(tmp_path: Path) -> None:
    root = repository(tmp_path)
    stage(root, {NAME: ""})
    assert [(one.path, one.line) for one in found(root)] == [(NAME, 1)]


@pytest.mark.parametrize(
    ("until", "today", "level", "message"),
    [
        ("2026-07-01", TODAY, Level.NOTICE, "this change waives `flake8 E7 src/` until 2026-07-01"),
        ("2026-06-01", TODAY, Level.NOTICE, "this change waives `flake8 E7 src/` until 2026-06-01"),
        ("2026-05-31", TODAY, Level.WARNING, "ended on 2026-05-31 and counts no more"),
        ("2027-01-01", TODAY, Level.FAILURE, "is waived for 214 days, and 180 is the most"),
    ],
    ids=["in time", "to the end of its day", "too late", "too long"],
)
def test_a_waive_that_a_change_adds_is_told(
    tmp_path: Path, until: str, today: date, level: Level, message: str
) -> None:
    root = repository(tmp_path)
    stage(root, {NAME: f"{LINE}waive flake8 E7 src/ until {until}: see #1\n"})

    (finding,) = found(root, today=today)

    assert finding.level is level
    assert message in finding.message
    assert (finding.path, finding.line) == (NAME, 2)


def test_a_waive_of_before_is_told_again_only_when_it_has_ended(tmp_path: Path) -> None:
    root = repository(tmp_path, f"{LINE}waive flake8 E7 src/ until 2026-06-01: see #1\n")
    stage(root, {"src/a.py": "a = 2\n"})

    assert found(root) == []
    (finding,) = found(root, today=date(2026, 6, 2))
    assert finding.level is Level.WARNING
    assert "delete this line" in finding.remedy and "a later end" in finding.remedy


def test_a_renewed_waive_is_one_notice_though_a_merge_kept_the_old_one(tmp_path: Path) -> None:
    old = f"{LINE}waive flake8 E7 src/ until 2026-05-01: see #1\n"
    root = repository(tmp_path, old)
    stage(root, {NAME: f"{old}waive flake8 E7 src/ until 2026-07-01: see #1\n"})
    assert [(one.level, one.line) for one in found(root)] == [(Level.NOTICE, 3)]


def test_a_waive_that_waives_nothing_is_a_notice(tmp_path: Path) -> None:
    root = repository(tmp_path, f"{LINE}waive flake8 F src/ until 2026-07-01: see #1\n")
    (finding,) = found(root)
    assert finding.level is Level.NOTICE
    assert "this waives nothing" in finding.message


def test_a_folder_that_is_renamed_together_with_its_line_is_no_finding(tmp_path: Path) -> None:
    root = repository(tmp_path)
    git(root, "mv", "src", "lib")
    stage(root, {NAME: LINE.replace("src/", "lib/")})
    assert found(root) == []


def test_a_folder_that_is_renamed_without_its_line_is_a_warning(tmp_path: Path) -> None:
    root = repository(tmp_path)
    git(root, "mv", "src", "lib")

    (finding,) = found(root)
    assert finding.level is Level.WARNING
    assert finding.message == "src/ is gone with this change, so this line keeps nothing"

    commit(root)
    assert [one.level for one in found(root)] == [Level.NOTICE]


@pytest.mark.parametrize(
    ("path", "mend"),
    [("src", "Did you mean src/?"), ("src/a.py/", "mean src/a.py?"), ("scr/", "Correct the path")],
)
@pytest.mark.parametrize("is_committed", [True, False], ids=["in a commit", "in the index"])
def test_a_new_line_about_a_path_that_is_not_there_is_a_warning(
    tmp_path: Path, path: str, mend: str, is_committed: bool
) -> None:
    root = repository(tmp_path)
    stage(root, {NAME: f"{LINE}flake8 F {path} new\n"})
    if is_committed:
        commit(root)

    (finding,) = found(root, "HEAD~1", "HEAD") if is_committed else found(root)

    assert (finding.level, finding.line) == (Level.WARNING, 2)
    assert mend in finding.remedy


def test_odd_names_are_found_in_commits_and_in_the_index(tmp_path: Path) -> None:
    odd = os.fsdecode(b"-a b\n\xff\"%41*/c'd.py")
    root = make_repository(tmp_path, {odd: "", NAME: ""})
    word = "%2Da%20b%0A%FF%22%2541%2A/"
    stage(root, {NAME: f"flake8 E {word} new\nflake8 F {word}c%27d.py new\n"})
    assert found(root) == []
    commit(root)
    assert found(root, "HEAD~1", "HEAD") == []


def test_a_submodule_may_be_named_as_a_folder(tmp_path: Path) -> None:
    root = repository(tmp_path / "outer")
    make_repository(root / "inner", {"a.py": ""})
    git(root, "-c", "advice.addEmbeddedRepo=false", "add", "inner")
    stage(root, {NAME: f"{LINE}flake8 E inner/ strict\n"})
    commit(root)
    assert found(root, "HEAD~1", "HEAD") == []


def test_what_cannot_be_read_is_refused_in_the_head_and_passed_over_in_the_base(
    tmp_path: Path,
) -> None:
    root = repository(tmp_path, f"<<<<<<< ours\n{LINE}=======\n>>>>>>> theirs\n")

    with pytest.raises(FatalErrors, match="a merge conflict is left"):
        found(root)
    stage(root, {NAME: LINE})
    assert found(root) == []
    stage(root, {NAME: ""})
    assert [one.level for one in found(root)] == [Level.FAILURE]
