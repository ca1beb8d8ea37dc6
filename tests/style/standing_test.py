"""What counts as new: not what was there, not what moved here, not what an edit leaves as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from smokealarm.finding import Finding, Level
from tests.repositories import commit, git, make_repository, stage
from tests.style.judging import ask, judged, told

LONG = "total = 1  # " + "a rather long remark, " * 5 + "is it not\n"
OLD = "import os\nimport re\n\n\ndef f():\n    return None == 1\n"
ODD_FUNCTION = "\n\ndef g(x):\n    if x == None:\n        return 1\n    return 2\n"
CLEAN = "\n\ndef h(x):\n    return x\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_repository(tmp_path / "repository", {"a.py": OLD, "b.py": '"""B."""\n'})


def levels(findings: list[Finding]) -> list[tuple[object, Level]]:
    return [(one.evidence["code"], one.level) for one in findings]


def test_old_violations_that_only_moved_down_are_old(root: Path) -> None:
    stage(root, {"a.py": "x = 1\n\n" + OLD})
    assert levels(judged(root, ask("flake8"))) == [("E402", Level.FAILURE)] * 2


def test_an_old_violation_under_another_indentation_is_old(root: Path) -> None:
    nested = OLD.replace("    return None == 1", "    if f:\n        return None == 1")
    stage(root, {"a.py": nested})
    assert judged(root, ask("flake8")) == []


def test_an_edit_of_a_line_that_broke_the_rule_is_a_notice(root: Path) -> None:
    commit(root, {"long.py": LONG})
    stage(root, {"long.py": LONG.replace("total = 1", "total = 2")})
    (found,) = judged(root, ask("flake8"))
    assert (found.evidence["code"], found.level) == ("E501", Level.NOTICE)
    assert "before the change too" in found.message


def test_an_edited_line_that_also_moves_is_a_notice(root: Path) -> None:
    between = "\n\ndef between():\n    return 1\n"
    commit(root, {"long.py": LONG + between})
    stage(root, {"long.py": between.lstrip("\n") + "\n\n" + LONG.replace("total", "sum_")})
    assert ("E501", Level.NOTICE) in levels(judged(root, ask("flake8")))


def test_a_short_line_that_is_like_one_mended_elsewhere_is_added(root: Path) -> None:
    commit(root, {"n.py": "x = 1\nif x == None:\n    pass\n" + CLEAN})
    stage(root, {"n.py": "x = 1\nif x is None:\n    pass\n" + CLEAN + "\n\nassert x == None\n"})
    assert levels(judged(root, ask("flake8"))) == [("E711", Level.FAILURE)]


def test_another_line_that_breaks_the_rule_is_added(root: Path) -> None:
    between = "\n\ndef between():\n    return 1\n"
    commit(root, {"long.py": LONG + between})
    other = "print('" + "something else altogether " * 4 + "')\n"
    stage(root, {"long.py": between.lstrip("\n") + "\n\n" + other})
    assert ("E501", Level.FAILURE) in levels(judged(root, ask("flake8")))


def test_a_second_violation_beside_an_edited_one_is_added(root: Path) -> None:
    commit(root, {"long.py": LONG})
    stage(root, {"long.py": LONG.replace("total = 1", "total = 2") + LONG.replace("total", "z")})
    assert sorted(levels(judged(root, ask("flake8")))) == [
        ("E501", Level.FAILURE),
        ("E501", Level.NOTICE),
    ]


def test_one_mended_here_does_not_pay_for_one_added_there(root: Path) -> None:
    stage(root, {"a.py": OLD.replace("import os\n", "") + "import json\n"})
    assert ("a.py", 6, "F401") in told(judged(root, ask("flake8")))


def test_the_last_use_of_an_import_deleted_is_an_added_violation(root: Path) -> None:
    commit(root, {"use.py": "import os\n\nprint(os.sep)\nprint(1)\n"})
    stage(root, {"use.py": "import os\n\nprint(1)\n"})
    assert told(judged(root, ask("flake8"))) == [("use.py", 1, "F401")]


def test_code_that_moves_to_another_file_takes_its_violations_along(root: Path) -> None:
    commit(root, {"a.py": OLD + ODD_FUNCTION})
    stage(root, {"a.py": OLD, "b.py": '"""B."""\n' + ODD_FUNCTION})
    assert judged(root, ask("flake8")) == []


def test_code_that_moves_to_a_new_file_takes_its_violations_along(root: Path) -> None:
    commit(root, {"a.py": OLD + ODD_FUNCTION + CLEAN * 9})
    stage(root, {"a.py": OLD + CLEAN * 9, "c.py": ODD_FUNCTION.strip("\n") + "\n"})
    assert judged(root, ask("flake8")) == []


def test_what_moves_is_taken_only_once(root: Path) -> None:
    commit(root, {"a.py": OLD + ODD_FUNCTION})
    twice = '"""B."""\n' + ODD_FUNCTION + ODD_FUNCTION.replace("g(x)", "k(x)")
    stage(root, {"a.py": OLD, "b.py": twice})
    assert levels(judged(root, ask("flake8"))) == [("E711", Level.FAILURE)]


def test_code_that_is_copied_adds_its_violations(root: Path) -> None:
    commit(root, {"a.py": OLD + ODD_FUNCTION})
    stage(root, {"b.py": '"""B."""\n' + ODD_FUNCTION})
    assert levels(judged(root, ask("flake8"))) == [("E711", Level.FAILURE)]


def test_a_copy_of_a_changed_file_adds_its_violations(root: Path) -> None:
    stage(root, {"a.py": OLD + CLEAN, "copy.py": OLD})
    assert sorted(told(judged(root, ask("flake8")))) == [
        ("copy.py", 1, "F401"),
        ("copy.py", 2, "F401"),
        ("copy.py", 6, "E711"),
    ]


def test_code_of_a_deleted_file_takes_its_violations_along(root: Path) -> None:
    commit(root, {"gone.py": "import sys\n" + ODD_FUNCTION})
    git(root, "rm", "--quiet", "gone.py")
    stage(root, {"b.py": '"""B."""\n' + ODD_FUNCTION})
    assert judged(root, ask("flake8")) == []


def test_unformatted_code_that_moves_to_a_new_file_is_not_the_movers(root: Path) -> None:
    ugly = "\n\ndef ugly( x ):\n    return   x\n"
    commit(root, {"a.py": OLD + ugly})
    stage(root, {"a.py": OLD, "c.py": ugly.strip("\n") + "\n"})
    assert [one.level for one in judged(root, ask("black"))] == [Level.NOTICE]


def test_unformatted_code_in_a_new_file_is_its_authors(root: Path) -> None:
    stage(root, {"c.py": "def ugly( x ):\n    return   x\n"})
    assert [one.level for one in judged(root, ask("black"))] == [Level.FAILURE]
