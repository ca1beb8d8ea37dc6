from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from smokealarm.errors import FatalError
from smokealarm.style.adopting.ignored_revs import NAME, appended, revisions, strays
from tests.repositories import commit, git, make_repository, stage, write
from tests.style.verbs import COMMAND, environment, smokealarm, without_jupyter

UGLY = "x  = {  'a' : 1,\n 'b':2 }\ny = 'b'\n"
PRETTY = 'x = {"a": 1, "b": 2}\ny = "b"\n'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_repository(
        tmp_path / "repository",
        {"src/a.py": UGLY, "src/b.py": "x = 1\n", "other/c.py": UGLY, "notes.txt": "one\n"},
    )


def state(root: Path) -> tuple[str, str, str]:
    """Where the branch is, what is not committed, and what is on disk."""
    disk = sorted((p.name, p.read_bytes()) for p in root.glob("*/*.py"))
    return git(root, "rev-parse", "HEAD"), git(root, "status", "--porcelain"), repr(disk)


def test_a_formatted_folder_stays_as_it_is(root: Path) -> None:
    commit(root, {"src/a.py": PRETTY})
    before = state(root)
    done = smokealarm(root, "adopt", "src")
    assert done.returncode == 0 and "nothing to change in 2 files" in done.stdout
    assert state(root) == before


def test_a_folder_is_formatted_in_a_commit_of_its_own(root: Path) -> None:
    before = git(root, "rev-parse", "HEAD")

    done = smokealarm(root, "adopt", "src")

    assert done.returncode == 0, done.stderr
    assert git(root, "rev-parse", "HEAD~2") == before
    assert git(root, "diff", "--name-only", "HEAD~2", "HEAD~1") == "src/a.py"
    assert (root / "src/a.py").read_text() == PRETTY
    assert (root / "other/c.py").read_text() == UGLY
    assert git(root, "status", "--porcelain") == ""
    assert git(root, "branch", "--show-current") == "main"


def test_the_commit_is_recorded_so_that_blame_looks_through_it(root: Path) -> None:
    commit(root, {NAME: "# older\n" + "1" * 40})

    done = smokealarm(root, "adopt", "src")

    formatting = git(root, "rev-parse", "HEAD~1")
    lines = (root / NAME).read_text().splitlines()
    assert lines[:2] == ["# older", "1" * 40] and lines[-1] == formatting
    assert git(root, "diff", "--name-only", "HEAD~1", "HEAD") == NAME
    blamed = git(root, "blame", "-l", "-s", "--ignore-revs-file", NAME, "src/a.py")
    assert formatting not in blamed
    assert "git blame: 2 of 2 lines keep their author; 0 lines are new to blame" in done.stdout
    assert f"git config blame.ignoreRevsFile {NAME}" in done.stdout


def test_lines_that_blame_gives_to_the_formatting_are_counted_and_told(root: Path) -> None:
    long = "value = function({})\n".format(", ".join(f"argument_{i}={i}" for i in range(40)))
    commit(root, {"src/a.py": long})
    said = smokealarm(root, "adopt", "src").stdout
    kept, lines = 0, (root / "src/a.py").read_text().count("\n")
    formatting = git(root, "rev-parse", "HEAD~1")
    blamed = git(root, "blame", "-l", "-s", "--ignore-revs-file", NAME, "src/a.py")
    kept = sum(formatting not in line for line in blamed.splitlines())
    assert f"{kept} of {lines} lines keep their author" in said
    assert ("less than 90%" in said) == (kept < 0.9 * lines)


def test_the_record_is_raised_where_there_is_one(root: Path) -> None:
    commit(root, {".smokealarm-style": "# ours\nblack * . keep\n"})
    smokealarm(root, "adopt", "src")
    assert (root / ".smokealarm-style").read_text() == (
        "# ours\nblack * . keep\nblack * src/ strict\n"
    )
    assert git(root, "diff", "--name-only", "HEAD~1", "HEAD").split() == [NAME, ".smokealarm-style"]


def test_a_dry_run_tells_and_changes_nothing(root: Path) -> None:
    before = state(root)
    done = smokealarm(root, "adopt", ".", "--dry-run")
    assert "black changes 2 of 3 files" in done.stdout and "other/c.py" in done.stdout
    assert state(root) == before


def test_the_folder_is_the_one_that_the_user_means_from_where_they_are(root: Path) -> None:
    assert smokealarm(root / "src", "adopt", ".").returncode == 0
    assert (root / "src/a.py").read_text() == PRETTY
    assert (root / "other/c.py").read_text() == UGLY


def test_unrelated_work_that_is_not_committed_survives(root: Path) -> None:
    write(root, {"notes.txt": "two\n", "src/new.py": UGLY, "other/c.py": "z  = 1\n"})
    done = smokealarm(root, "adopt", "src")
    assert done.returncode == 0, done.stderr
    assert git(root, "status", "--porcelain").split("\n") == [
        " M notes.txt", " M other/c.py", "?? src/new.py",
    ]  # fmt: skip
    assert (root / "src/new.py").read_text() == UGLY


def test_a_file_that_black_cannot_read_is_named_and_left(root: Path) -> None:
    commit(root, {"src/broken.py": "x = (\n"})
    done = smokealarm(root, "adopt", "src")
    assert "cannot read 1 file" in done.stdout and "src/broken.py" in done.stdout
    assert git(root, "diff", "--name-only", "HEAD~2", "HEAD~1") == "src/a.py"


def test_notebooks_that_black_cannot_judge_here_are_named_and_left(
    root: Path, tmp_path: Path
) -> None:
    commit(root, {"src/n.ipynb": "{}"})
    done = smokealarm(root, "adopt", "src", **without_jupyter(tmp_path / "site"))
    assert done.returncode == 0 and "src/n.ipynb" in done.stdout
    assert git(root, "diff", "--name-only", "HEAD~2", "HEAD~1") == "src/a.py"


def test_generated_and_vendored_files_are_left(root: Path) -> None:
    commit(root, {".gitattributes": "src/a.py linguist-generated\nother/c.py linguist-vendored\n"})
    assert "nothing to change in 1 file" in smokealarm(root, "adopt", ".").stdout


@pytest.mark.parametrize("folder", ["with space", "new\nline", "-dash", "ü", os.fsdecode(b"\xe9")])
def test_an_odd_name_is_formatted_like_any_other(tmp_path: Path, folder: str) -> None:
    files = {f"{folder}/{folder}.py": UGLY, ".smokealarm-style": "flake8 F . new\n"}
    root = make_repository(tmp_path / "r", files)
    done = smokealarm(root, "adopt", "--", folder)
    assert done.returncode == 0, done.stderr
    assert (root / folder / f"{folder}.py").read_text() == PRETTY
    assert git(root, "status", "--porcelain") == ""


def _stage(root: Path) -> None:
    stage(root, {"notes.txt": "two\n"})


def _edit(root: Path) -> None:
    write(root, {"src/b.py": "x = 2\n"})


def _detach(root: Path) -> None:
    git(root, "switch", "--quiet", "--detach")


def _conflict(root: Path) -> None:
    git(root, "switch", "--quiet", "--create", "side")
    commit(root, {"notes.txt": "side\n"})
    git(root, "switch", "--quiet", "main")
    commit(root, {"notes.txt": "main\n"})
    git(root, "merge", "side", check=False)


def _rebase(root: Path) -> None:
    _conflict(root)
    git(root, "merge", "--abort")
    git(root, "rebase", "side", check=False)


def _new_record(root: Path) -> None:
    write(root, {".smokealarm-style": "black * . keep\n"})


def _bad_revisions(root: Path) -> None:
    commit(root, {NAME: "# fine\n1234abc\n"})


def _bad_record(root: Path) -> None:
    commit(root, {".smokealarm-style": "black * . tidy\n"})


@pytest.mark.parametrize(
    "hinder, said",
    [
        (_stage, "something is staged: notes.txt"),
        (_edit, "src/b.py is not committed"),
        (_detach, "not on a branch"),
        (_conflict, "a merge is under way"),
        (_rebase, "a rebase is under way"),
        (_new_record, ".smokealarm-style is not committed"),
        (_bad_revisions, f"{NAME}:2:1: '1234abc' is not the full name of a commit"),
        (_bad_record, ".smokealarm-style:1:11: 'tidy' is not a state of black"),
    ],
)
def test_what_is_in_the_way_is_told_and_nothing_happens(
    root: Path, hinder: object, said: str
) -> None:
    assert callable(hinder)
    hinder(root)
    before = state(root)
    done = smokealarm(root, "adopt", "src")
    assert done.returncode == 2 and said in done.stderr, done.stderr
    assert state(root) == before


def test_a_link_in_place_of_the_revisions_is_refused(root: Path) -> None:
    (root / NAME).symlink_to("notes.txt")
    git(root, "add", NAME)
    commit(root)
    done = smokealarm(root, "adopt", "src")
    assert done.returncode == 2 and "is no ordinary file" in done.stderr


def test_line_ends_on_disk_are_as_git_is_told_to_write_them(root: Path) -> None:
    commit(root, {".gitattributes": "*.py text eol=crlf\n"})
    (root / "src/a.py").unlink()
    git(root, "checkout", "--", "src/a.py")
    done = smokealarm(root, "adopt", "src")
    assert done.returncode == 0, done.stderr
    assert (root / "src/a.py").read_bytes() == PRETTY.replace("\n", "\r\n").encode()
    assert git(root, "status", "--porcelain") == ""


def test_commits_are_signed_where_the_user_signs_theirs(root: Path) -> None:
    git(root, "config", "commit.gpgsign", "true")
    git(root, "config", "gpg.program", "false")
    before = state(root)
    done = smokealarm(root, "adopt", "src")
    assert done.returncode == 2 and "sign" in done.stderr
    assert state(root) == before


def test_hooks_are_not_run_and_that_is_said(root: Path) -> None:
    hook = root / ".git/hooks/pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    done = smokealarm(root, "adopt", "src")
    assert done.returncode == 0 and "hooks were not run" in done.stdout


def test_before_the_first_commit_there_is_nothing_to_adopt(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "r")
    (root / "src").mkdir()
    done = smokealarm(root, "adopt", "src")
    assert done.returncode == 2 and "there is no commit yet" in done.stderr


@pytest.mark.parametrize("folder", ["nowhere", "..", "notes.txt"])
def test_what_is_no_folder_of_the_repository_is_refused(root: Path, folder: str) -> None:
    done = smokealarm(root, "adopt", folder)
    assert done.returncode == 2 and "is no folder of this repository" in done.stderr


def test_an_untracked_file_in_the_way_of_the_commits_is_not_lost(root: Path) -> None:
    write(root, {NAME: "mine\n"})
    done = smokealarm(root, "adopt", "src")
    assert done.returncode == 2
    assert (root / NAME).read_text() == "mine\n" and git(root, "rev-list", "--count", "HEAD") == "1"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize("seconds", [0.3, 0.9, 1.5, 2.1])
def test_whenever_it_is_stopped_all_of_it_has_happened_or_nothing(
    root: Path, number: signal.Signals, seconds: float
) -> None:
    before = state(root)
    process = subprocess.Popen(
        [*COMMAND, "adopt", "src"],
        cwd=root,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    time.sleep(seconds)
    process.send_signal(number)
    process.wait(timeout=60)
    _wait_for_the_last_step(root)
    if state(root) != before:
        assert git(root, "rev-parse", "HEAD~2") == before[0]
        assert git(root, "status", "--porcelain") == ""
        assert (root / "src/a.py").read_text() == PRETTY


def _wait_for_the_last_step(root: Path) -> None:
    """It runs on by itself when its parent is killed; while it does, git holds a lock."""
    for _ in range(100):
        time.sleep(0.05)
        if not (root / ".git/index.lock").exists():
            return


def test_git_refuses_entries_that_are_no_full_names() -> None:
    with pytest.raises(FatalError, match="'abc' is not the full name"):
        revisions(b"# one\n\nabc\n")


def test_a_revision_is_added_below_what_is_there_with_its_line_ends() -> None:
    assert appended(b"", "f" * 40, "why") == b"# why\n" + b"f" * 40 + b"\n"
    assert appended(b"# a\r\n1", "f" * 40, "why") == b"# a\r\n1\r\n# why\r\n" + b"f" * 40 + b"\r\n"


def test_revisions_of_the_history_are_no_strays_and_squashed_ones_are(root: Path) -> None:
    kept = git(root, "rev-parse", "HEAD")
    git(root, "switch", "--quiet", "--create", "side")
    squashed = commit(root, {"notes.txt": "two\n"})
    git(root, "switch", "--quiet", "main")
    content = f"{kept}\n# a branch\n{squashed}\n{'1' * 40}\n".encode()
    found = [(stray.revision.number, stray.why) for stray in strays(root, content)]
    assert found == [(3, "it is not in the history of HEAD"), (4, "this clone has no such commit")]
