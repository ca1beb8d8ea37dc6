from __future__ import annotations

from pathlib import Path

import pytest

from smokealarm import changes
from smokealarm.errors import FatalError, Inconclusive
from tests.repositories import git, make_repository, stage, write
from tests.style.judging import ask, judged, told


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_repository(tmp_path / "repository", {"old.py": "import os\nimport sys\n"})


def test_files_that_keep_the_rules_are_fine(root: Path) -> None:
    stage(root, {"new.py": "x = 1\n", "notes.txt": "import os\n"})

    assert judged(root, ask("flake8")) == []


def test_a_finding_has_the_rule_its_place_and_its_manual(root: Path) -> None:
    stage(root, {"new.py": "x = 1\nimport os\n"})

    late, unused = sorted(judged(root, ask("flake8")), key=lambda finding: finding.message)

    assert late.message.startswith("E402 ")
    assert unused.message == "F401 'os' imported but unused"
    assert (unused.path, unused.line, unused.column) == ("new.py", 2, 1)
    assert unused.evidence == {"code": "F401"}
    assert "# noqa: F401" in unused.remedy
    assert unused.help_url.startswith("https://flake8.")
    assert late.help_url.startswith("https://pycodestyle.")


def test_a_syntax_error_is_a_finding(root: Path) -> None:
    stage(root, {"broken.py": "x = (\n"})

    assert "E999" in [code for _, _, code in told(judged(root, ask("flake8")))]


@pytest.mark.parametrize(
    "options, codes",
    [
        ({}, ["E501", "F401", "E302"]),
        ({"select": ["F"]}, ["F401"]),
        ({"ignore": ["E501"]}, ["F401", "E302"]),
        ({"extend_ignore": ["F"]}, ["E501", "E302"]),
        ({"max_line_length": 200}, ["F401", "E302"]),
        ({"max_complexity": 0, "select": ["C"]}, ["C901"]),
    ],
)
def test_options_refine(root: Path, options: dict[str, object], codes: list[str]) -> None:
    stage(root, {"new.py": f"import os\nx = '{'x' * 90}'\ndef f():\n    pass\n"})

    assert {code for _, _, code in told(judged(root, ask("flake8", **options)))} == set(codes)


@pytest.mark.parametrize("name", ["setup.cfg", "tox.ini", ".flake8"])
def test_the_projects_own_configuration_is_the_default(root: Path, name: str) -> None:
    stage(root, {name: "[flake8]\nextend-ignore = F401\nper-file-ignores =\n  b/*: E302\n"})
    source = "import os\ndef f():\n    pass\n"
    stage(root, {"a/x.py": source, "b/x.py": source})

    assert told(judged(root, ask("flake8"))) == [("a/x.py", 2, "E302")]


def test_the_configuration_of_a_folder_above_the_private_one_does_not_hold(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {"tmp/.flake8": "[flake8]\nignore = F\n"})
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    stage(root, {"new.py": "import os\n"})

    assert told(judged(root, ask("flake8"))) == [("new.py", 1, "F401")]


def test_settings_of_how_flake8_talks_hide_nothing(root: Path) -> None:
    talk = "[flake8]\nformat = pylint\noutput-file = x.txt\nshow-source = true\nexit-zero = true\n"
    stage(root, {".flake8": talk + "tee = true\nstatistics = true\n", "new.py": "import os\n"})

    assert told(judged(root, ask("flake8"))) == [("new.py", 1, "F401")]


def test_a_configuration_that_makes_flake8_mute_is_inconclusive(root: Path) -> None:
    stage(root, {".flake8": "[flake8]\nquiet = 2\n", "new.py": "import os\n"})

    with pytest.raises(Inconclusive, match="flake8 failed with exit code 1"):
        judged(root, ask("flake8"))


def test_a_configuration_that_flake8_refuses_is_inconclusive(root: Path) -> None:
    stage(root, {".flake8": "[flake8]\nmax-line-length = wide\n", "new.py": "x = 1\n"})

    with pytest.raises(Inconclusive, match="flake8 failed.*wide"):
        judged(root, ask("flake8"))


def test_a_rule_that_cannot_exist_would_select_nothing_and_is_refused(root: Path) -> None:
    stage(root, {"new.py": "import os\n"})

    with pytest.raises(FatalError, match="`select`: 'f401' is not the name of a rule") as refusal:
        judged(root, ask("flake8", select=["E9", "f401"]))
    assert "F401" in refusal.value.remedy


@pytest.mark.parametrize("path", ["", ".", "sub:."])
def test_a_judged_file_cannot_stand_in_for_a_module_of_the_tool(
    root: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setenv("PYTHONPATH", path)
    stage(root, {"ast.py": "raise SystemExit(0)\n", "flake8.py": "import os\n"})

    assert told(judged(root, ask("flake8"))) == [("flake8.py", 1, "F401")]


class TestScope:
    def test_an_old_violation_does_not_count_though_it_moved(self, root: Path) -> None:
        stage(root, {"old.py": "import re\n\nprint(re)\nimport os\n\nimport sys\n"})

        new = judged(root, ask("flake8", select=["F"]))

        assert new == []

    def test_one_more_of_the_same_counts_and_is_shown_on_the_changed_line(self, root: Path) -> None:
        stage(root, {"old.py": "import os\nimport sys\n\n\ndef f():\n    import os\n"})

        assert told(judged(root, ask("flake8", select=["F401"]))) == [("old.py", 6, "F401")]

    def test_the_last_use_of_an_import_is_deleted(self, tmp_path: Path) -> None:
        root = make_repository(tmp_path / "other", {"a.py": "import os\n\nprint(os)\n"})
        stage(root, {"a.py": "import os\n\n"})

        assert ("a.py", 1, "F401") in told(judged(root, ask("flake8")))
        assert judged(root, ask("flake8", select=["F"]), scope="lines") == []

    def test_a_file_that_moved_keeps_its_old_violations(self, root: Path) -> None:
        (root / "old.py").unlink()
        stage(root, {"moved.py": "import os\nimport sys\n\nimport re\n"})

        everything = judged(root, ask("flake8"))
        git(root, "rm", "--quiet", "--cached", "old.py")

        assert len(everything) == 3
        assert [one.message for one in judged(root, ask("flake8"))] == [
            "F401 're' imported but unused"
        ]

    def test_files_means_everything_in_a_changed_file(self, root: Path) -> None:
        stage(root, {"old.py": "import os\nimport sys\n\nx = 1\n"})

        found = judged(root, ask("flake8"), scope="files")

        assert told(found) == [("old.py", 1, "F401"), ("old.py", 2, "F401")]

    def test_lines_means_what_stands_on_a_changed_line(self, root: Path) -> None:
        stage(root, {"old.py": "import os\nimport re\n"})

        found = judged(root, ask("flake8"), scope="lines")

        assert told(found) == [("old.py", 2, "F401")]

    def test_a_rule_that_the_change_switches_on_makes_no_old_line_new(self, tmp_path: Path) -> None:
        before = {".flake8": "[flake8]\nignore = F\n", "a.py": "import os\n"}
        root = make_repository(tmp_path / "other", before)
        stage(root, {".flake8": "[flake8]\n", "a.py": "import os\nimport re\n"})

        assert told(judged(root, ask("flake8"))) == [("a.py", 2, "F401")]

    def test_a_file_in_the_working_tree_only_is_judged_as_it_is(self, root: Path) -> None:
        write(root, {"old.py": "import os\nimport sys\nimport re\n", "new.py": "import os\n"})

        found = judged(root, ask("flake8"), changed=changes.working_tree)

        assert told(found) == [("new.py", 1, "F401"), ("old.py", 3, "F401")]
