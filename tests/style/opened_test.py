from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from smokealarm import changes
from smokealarm.errors import FatalError
from smokealarm.finding import Finding
from tests.repositories import commit, git, make_repository, stage
from tests.style.judging import ask, judged, told

ODD = ["-dash", "with space", "new\nline", "co:lon", 'quo"te', "ü", os.fsdecode(b"caf\xe9")]
ALL = [ask("black"), ask("flake8"), ask("shellcheck")]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_repository(tmp_path / "repository", {"README.md": ""})


def test_nothing_changed(root: Path) -> None:
    assert judged(root, *ALL) == []


def test_files_and_exclude_choose_by_path(root: Path) -> None:
    names = ["src/a.py", "src/made/b.py", "other/c.py"]
    stage(root, {name: "import os\n" for name in names})

    found = judged(root, ask("flake8"), files="^src/", exclude="/made/")

    assert told(found) == [("src/a.py", 1, "F401")]


def test_an_exclude_that_is_no_regular_expression_is_the_users_to_mend(root: Path) -> None:
    with pytest.raises(FatalError, match="`exclude`: '\\(' is not a regular expression"):
        judged(root, ask("flake8"), exclude="(")


@pytest.mark.parametrize("name", ODD)
def test_an_odd_name_is_judged_like_any_other(root: Path, name: str) -> None:
    stage(root, {f"{name}.py": "import os\nx=1\n", f"{name}.sh": "#!/bin/sh\necho $1\n"})

    assert told(judged(root, *ALL)) == [
        (f"{name}.py", 2, "black"),
        (f"{name}.py", 1, "F401"),
        (f"{name}.py", 2, "E225"),
        (f"{name}.sh", 2, "SC2086"),
    ]


@pytest.mark.parametrize("name", ODD)
def test_a_syntax_error_under_an_odd_name_is_a_finding(root: Path, name: str) -> None:
    stage(root, {f"{name}.py": "x = (\n", "other.py": "x = )\n"})

    found = judged(root, ask("black"))

    assert [one.path for one in found] == sorted([f"{name}.py", "other.py"])


def test_the_blob_is_judged_whatever_is_on_disk(root: Path) -> None:
    stage(root, {"a.py": "import os\n"})
    (root / "a.py").unlink()

    assert told(judged(root, ask("flake8"))) == [("a.py", 1, "F401")]


def test_a_commit_that_is_not_checked_out_is_judged_with_its_own_configuration(root: Path) -> None:
    git(root, "switch", "--quiet", "--create", "side")
    commit(root, {".flake8": "[flake8]\nignore = E\n", "a.py": "import os\nx=1\n"})
    git(root, "switch", "--quiet", "main")

    found = judged(root, ask("flake8"), changed=lambda root: changes.between(root, "main", "side"))

    assert told(found) == [("a.py", 1, "F401")]


def test_a_change_of_name_or_mode_alone_adds_nothing(root: Path) -> None:
    commit(root, {"a.py": "import os\n", "b.py": "import re\n"})
    git(root, "mv", "a.py", "z.py")
    git(root, "update-index", "--chmod=+x", "b.py")

    assert judged(root, *ALL) == []
    assert len(judged(root, ask("flake8"), scope="files")) == 2


def test_a_thousand_files_are_no_more_than_a_command_line_holds(root: Path) -> None:
    folder = "/".join(["a_folder_with_a_rather_long_name"] * 6)
    stage(root, {f"{folder}/{number}.py": "import os\n" for number in range(1000)})

    assert len(judged(root, ask("flake8"))) == 1000


def test_nothing_is_left_behind(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = root.parent / "tmp"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    stage(root, {"a.py": "import os\nx=1\n", "a.sh": "#!/bin/sh\necho $1\n"})

    findings: list[Finding] = judged(root, *ALL)

    assert findings and list(folder.iterdir()) == []
    assert git(root, "status", "--porcelain") == "A  a.py\nA  a.sh"
