"""`check --fix` as people meet it: a real process, real tools, a real repository."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from smokealarm import changes
from smokealarm.style.fixing.on_disk import write as write_drafts
from smokealarm.style.fixing.staged import Draft, drafts
from smokealarm.style.source import Source
from smokealarm.workspace import Workspace
from tests.repositories import NOBODY, commit, git, make_repository, stage, write

BLACK = "style:\n  - checks: [black]\n"
SHELL = "style:\n  - checks: [shellcheck]\n"
ALL = "style:\n  - checks: [black, flake8: {select: [F]}, shellcheck]\n"
UGLY, NEAT = "x = {  'a':1 }\n", 'x = {"a": 1}\n'
UNQUOTED, QUOTED = "#!/bin/sh\necho $1\n", '#!/bin/sh\necho "$1"\n'
ODD = ["-dash", "with space", "new\nline", 'quo"te', "br{a}ce", "ü", os.fsdecode(b"caf\xe9")]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_repository(tmp_path / "repository", {".smokealarm.yaml": BLACK})


def check(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "smokealarm", "check", *arguments],
        cwd=root,
        env={**os.environ, **NOBODY},
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_a_change_without_a_finding_is_left_as_it_is(root: Path) -> None:
    stage(root, {"a.py": NEAT})

    done = check(root, "--staged", "--fix")

    assert done.returncode == 0
    assert "nothing to mend" in done.stdout
    assert git(root, "status", "--short") == "A  a.py"


def test_what_is_staged_is_mended_in_the_working_tree_and_never_in_the_index(root: Path) -> None:
    stage(root, {"a.py": UGLY, "b.py": UGLY})
    index = (root / ".git" / "index").read_bytes()

    done = check(root, "--staged", "--fix")

    assert done.returncode == 1  # of what was judged
    assert "mended 2 files: a.py (black), b.py (black)" in done.stdout
    assert "git diff" in done.stdout
    assert (root / "a.py").read_text() == NEAT
    assert (root / ".git" / "index").read_bytes() == index
    assert git(root, "show", ":a.py") == UGLY.rstrip("\n")


def test_only_the_named_files_are_mended(root: Path) -> None:
    stage(root, {"a.py": UGLY, "b.py": UGLY})

    check(root, "--fix", "a.py")

    assert ((root / "a.py").read_text(), (root / "b.py").read_text()) == (NEAT, UGLY)


def test_without_a_stage_style_it_says_so(root: Path) -> None:
    stage(root, {".smokealarm.yaml": "data: []\n"})

    done = check(root, "--staged", "--fix")

    assert done.returncode == 0
    assert "no case of the stage `style`" in done.stdout


def test_a_tool_that_mends_nothing_is_named_where_it_found_something(root: Path) -> None:
    stage(root, {".smokealarm.yaml": ALL, "a.py": "import os\n"})

    done = check(root, "--staged", "--fix")

    assert "not mended: what flake8 found; --fix knows no way" in done.stdout
    assert (root / "a.py").read_text() == "import os\n"


def test_a_file_that_does_not_parse_is_left_as_it_is(root: Path) -> None:
    stage(root, {"a.py": "x = (\n", "b.py": UGLY})

    done = check(root, "--staged", "--fix")

    assert "mended 1 file: b.py" in done.stdout
    assert (root / "a.py").read_text() == "x = (\n"


def test_a_dry_run_says_what_it_would_mend_and_writes_nothing(root: Path) -> None:
    stage(root, {"a.py": UGLY})

    done = check(root, "--staged", "--fix", "--dry-run")

    assert "would mend 1 file: a.py (black)" in done.stdout
    assert (root / "a.py").read_text() == UGLY


def test_a_program_that_reads_the_report_is_not_disturbed(root: Path) -> None:
    stage(root, {"a.py": UGLY})

    done = check(root, "--staged", "--fix", "--format", "json")

    assert json.loads(done.stdout)["verdict"] == "alarm"
    assert "mended 1 file: a.py" in done.stderr


class TestWhatCounts:
    def test_a_file_that_was_not_formatted_before_is_not_the_authors_to_format(
        self, root: Path
    ) -> None:
        commit(root, {"old.py": "a=1\nb=2\nc=3\n"})
        stage(root, {"old.py": "a=1\nb=2\nc=4\n"})

        whole = check(root, "--staged", "--fix")
        after_whole = (root / "old.py").read_text()
        lines = check(root, "--staged", "--fix-lines")

        assert "--fix-lines mends them" in whole.stdout
        assert after_whole == "a=1\nb=2\nc=4\n"
        assert "mended 1 file: old.py" in lines.stdout
        assert (root / "old.py").read_text() == "a=1\nb=2\nc = 4\n"

    def test_the_scope_lines_mends_changed_lines_only(self, root: Path) -> None:
        scoped = "style:\n  - scope: lines\n    checks: [black]\n"
        commit(root, {".smokealarm.yaml": scoped, "old.py": "a=1\nb=2\n"})
        stage(root, {"old.py": "a=1\nb=3\n"})

        check(root, "--staged", "--fix")

        assert (root / "old.py").read_text() == "a=1\nb = 3\n"

    def test_an_old_violation_of_a_script_stays(self, root: Path) -> None:
        commit(root, {".smokealarm.yaml": SHELL, "old.sh": UNQUOTED})
        stage(root, {"old.sh": UNQUOTED + "echo $2\n"})

        done = check(root, "--staged", "--fix")

        assert "mended 1 file: old.sh (shellcheck SC2086)" in done.stdout
        assert (root / "old.sh").read_text() == UNQUOTED + 'echo "$2"\n'

    def test_the_scope_files_mends_whole_scripts(self, root: Path) -> None:
        scoped = "style:\n  - scope: files\n    checks: [shellcheck]\n"
        commit(root, {".smokealarm.yaml": scoped, "old.sh": UNQUOTED})
        stage(root, {"old.sh": UNQUOTED + "echo $2\n"})

        check(root, "--staged", "--fix")

        assert (root / "old.sh").read_text() == QUOTED + 'echo "$2"\n'

    def test_what_the_options_of_a_check_leave_out_is_not_mended(self, root: Path) -> None:
        mild = "style:\n  - checks:\n      - shellcheck: {severity: warning}\n"
        stage(root, {".smokealarm.yaml": mild, "a.sh": "#!/bin/sh\ncd /tmp\necho $1\n"})

        check(root, "--staged", "--fix")

        assert (root / "a.sh").read_text() == "#!/bin/sh\ncd /tmp || exit\necho $1\n"

    def test_everything_tracked_can_be_mended_at_once(self, root: Path) -> None:
        commit(root, {".smokealarm.yaml": ALL, "a.py": UGLY, "a.sh": UNQUOTED})

        done = check(root, "--all", "--fix")

        assert "mended 2 files: a.py (black), a.sh (shellcheck SC2086)" in done.stdout


class TestLeftAlone:
    def test_a_file_with_edits_that_are_not_staged(self, root: Path) -> None:
        stage(root, {"half.py": UGLY, "whole.py": UGLY})
        (root / "half.py").write_text(UGLY + "# more\n")

        done = check(root, "--staged", "--fix")

        assert "left alone, because it has edits that are not staged: half.py" in done.stdout
        assert "git add -p half.py" in done.stdout
        assert (root / "half.py").read_text() == UGLY + "# more\n"
        assert (root / "whole.py").read_text() == NEAT

    def test_a_file_that_git_does_not_know(self, root: Path) -> None:
        write(root, {"new.py": UGLY})

        done = check(root, "--fix")

        assert "left alone, because git does not know it yet: new.py" in done.stdout
        assert (root / "new.py").read_text() == UGLY

    def test_a_file_that_is_only_added_with_intent(self, root: Path) -> None:
        write(root, {"new.py": UGLY})
        git(root, "add", "--intent-to-add", "new.py")

        done = check(root, "--fix")

        assert "left alone, because it has edits that are not staged: new.py" in done.stdout
        assert (root / "new.py").read_text() == UGLY

    def test_a_file_that_is_gone_from_the_disk(self, root: Path) -> None:
        stage(root, {"a.py": UGLY})
        (root / "a.py").unlink()

        done = check(root, "--staged", "--fix")

        assert "left alone, because it is not on disk: a.py" in done.stdout
        assert not (root / "a.py").exists()

    @pytest.mark.parametrize("linked", ["a.py", "folder"])
    def test_a_file_that_is_a_link_or_behind_one_on_disk(
        self, root: Path, tmp_path: Path, linked: str
    ) -> None:
        stage(root, {"a.py": UGLY, "folder/a.py": UGLY})
        write(tmp_path, {"a.py": UGLY})
        git(root, "rm", "--quiet", "--cached", "a.py" if linked == "folder" else "folder/a.py")
        (root / linked).rename(tmp_path / "elsewhere")
        (root / linked).symlink_to(tmp_path / "elsewhere")

        done = check(root, "--staged", "--fix")

        assert "left alone, because on disk it is no ordinary file" in done.stdout
        elsewhere = tmp_path / "elsewhere"
        kept = elsewhere / "a.py" if linked == "folder" else elsewhere
        assert kept.read_text() == UGLY
        assert (root / linked).is_symlink()

    def test_a_file_that_its_owner_made_read_only(self, root: Path) -> None:
        stage(root, {"a.py": UGLY})
        (root / "a.py").chmod(0o444)

        done = check(root, "--staged", "--fix")

        assert "left alone, because it is read-only: a.py" in done.stdout
        assert (root / "a.py").read_text() == UGLY

    def test_a_file_of_which_a_filter_keeps_a_part_on_disk_only(self, root: Path) -> None:
        git(root, "config", "filter.secret.clean", "sed /secret/d")
        commit(root, {".gitattributes": "*.py filter=secret\n"})
        stage(root, {"a.py": UGLY + "# secret\n"})

        done = check(root, "--staged", "--fix")

        assert "left alone, because a filter of git's changes it" in done.stdout
        assert (root / "a.py").read_text() == UGLY + "# secret\n"

    def test_a_file_that_was_edited_in_the_meantime(self, root: Path) -> None:
        stage(root, {"a.py": "an edit\n", "b.py": UGLY})
        new = NEAT.encode()

        left = write_drafts(root, [Draft(name, UGLY.encode(), new) for name in ("a.py", "b.py")])

        assert [(one.path, one.why.reason) for one in left] == [
            ("a.py", "it was edited in the meantime")
        ]
        assert (root / "a.py").read_text() == "an edit\n"
        assert (root / "b.py").read_text() == NEAT


class TestCommits:
    @pytest.fixture
    def branch(self, root: Path) -> Path:
        git(root, "switch", "--quiet", "--create", "work")
        commit(root, {"a.py": UGLY})
        return root

    def test_a_file_that_is_as_committed_is_mended(self, branch: Path) -> None:
        done = check(branch, "--base", "main", "--fix")

        assert done.returncode == 1
        assert (branch / "a.py").read_text() == NEAT

    def test_a_file_with_staged_edits_is_not_what_was_judged(self, branch: Path) -> None:
        stage(branch, {"a.py": UGLY + "# more\n"})

        done = check(branch, "--base", "main", "--fix")

        assert "left alone, because what is staged of it is not what was judged" in done.stdout
        assert (branch / "a.py").read_text() == UGLY + "# more\n"

    def test_a_commit_that_is_not_checked_out_is_not_mended(self, branch: Path) -> None:
        git(branch, "switch", "--quiet", "main")
        write(branch, {"a.py": UGLY})
        judged = changes.between(branch, "main", "work")
        (file,) = judged.files
        source = Source(path="a.py", place="a.py", content=UGLY.encode(), file=file)

        ready, left = drafts(Workspace(root=branch, changes=judged), {source: NEAT.encode()})

        assert ready == []
        assert "is not the one that is checked out" in left[0].why.reason


class TestBytes:
    @pytest.mark.parametrize(
        "before, after",
        [
            pytest.param(b"x=1\r\ny = 2\r\n", b"x = 1\r\ny = 2\r\n", id="line ends of Windows"),
            pytest.param(b"\xef\xbb\xbfx=1\n", b"\xef\xbb\xbfx = 1\n", id="a byte order mark"),
            pytest.param(
                b"# coding: latin-1\nx='\xe9'\n",
                b'# coding: latin-1\nx = "\xe9"\n',
                id="an encoding that is not UTF-8",
            ),
            pytest.param(b"x=1\n\x0c\ny = 2\n", b"x = 1\n\x0c\ny = 2\n", id="a form feed"),
        ],
    )
    def test_python_keeps(self, root: Path, before: bytes, after: bytes) -> None:
        stage(root, {"a.py": before})

        check(root, "--staged", "--fix")

        assert (root / "a.py").read_bytes() == after

    @pytest.mark.parametrize(
        "before, after",
        [
            pytest.param(
                b"#!/bin/sh\necho $1", b'#!/bin/sh\necho "$1"', id="no newline at the end"
            ),
            pytest.param(
                b"#!/bin/sh\n\techo '\xc3\xa9' $1\n",
                b"#!/bin/sh\n\techo '\xc3\xa9' \"$1\"\n",
                id="a tab and an accent before the place",
            ),
            pytest.param(
                b"#!/bin/sh\necho '\xe9' $1\n",
                b"#!/bin/sh\necho '\xe9' \"$1\"\n",
                id="a byte that is not UTF-8",
            ),
        ],
    )
    def test_a_script_keeps(self, root: Path, before: bytes, after: bytes) -> None:
        stage(root, {".smokealarm.yaml": SHELL, "a.sh": before})

        check(root, "--staged", "--fix")

        assert (root / "a.sh").read_bytes() == after

    def test_line_ends_that_only_the_disk_has_stay_there(self, root: Path) -> None:
        commit(root, {".gitattributes": "*.py text eol=crlf\n"})
        stage(root, {"a.py": UGLY.replace("\n", "\r\n")})

        check(root, "--staged", "--fix")

        assert git(root, "show", ":a.py") == UGLY.rstrip("\n")
        assert (root / "a.py").read_bytes() == NEAT.replace("\n", "\r\n").encode()

    @pytest.mark.parametrize("mode", [0o755, 0o600, 0o664])
    def test_the_mode_stays(self, root: Path, mode: int) -> None:
        stage(root, {"a.py": UGLY})
        (root / "a.py").chmod(mode)
        git(root, "add", "a.py")

        check(root, "--staged", "--fix")

        assert (root / "a.py").read_text() == NEAT
        assert (root / "a.py").stat().st_mode & 0o7777 == mode

    def test_odd_names_are_mended_like_any_other(self, root: Path) -> None:
        stage(root, {".smokealarm.yaml": ALL})
        stage(root, {f"{name}.py": UGLY for name in ODD} | {f"{name}.sh": UNQUOTED for name in ODD})

        done = check(root, "--staged", "--fix")

        assert f"mended {2 * len(ODD)} files: -dash.py (black)" in done.stdout
        assert "new\\nline.py (black)" in done.stdout  # in one line
        assert {(root / f"{name}.py").read_text() for name in ODD} == {NEAT}
        assert {(root / f"{name}.sh").read_text() for name in ODD} == {QUOTED}
