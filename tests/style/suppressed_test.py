from __future__ import annotations

from pathlib import Path

import pytest

from smokealarm import changes
from smokealarm.commands.past import pairs
from smokealarm.style.adopting.suppressed import Decided, History, history
from smokealarm.style.adopting.survey import bench
from smokealarm.workspace import Workspace
from tests.repositories import clone, commit, git, make_repository

UNUSED = [f"import module_{number}" for number in range(6)]


def source(lines: list[str], excuse: str = "") -> str:
    return "".join(f"{line}{excuse}\n" for line in lines)


def decisions(root: Path, seconds: float = 100.0) -> History:
    workspace = Workspace(root=root, changes=changes.whole_tree(root))
    with bench(workspace) as place:
        return history(place, pairs(root), seconds)


def counts(root: Path) -> dict[str, tuple[int, int]]:
    return {one.rule: (one.suppressed, one.mended) for one in decisions(root).decided}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_repository(tmp_path / "repository", {"README.md": "", "a.py": "x = 1\n"})


def test_a_history_without_violations_has_no_decisions(root: Path) -> None:
    assert decisions(root).decided == ()


def test_a_violation_that_stays_is_not_decided(root: Path) -> None:
    commit(root, {"a.py": source(UNUSED)})
    commit(root, {"a.py": source([*UNUSED, "y = 1"])})
    assert counts(root) == {}


def test_an_excuse_that_somebody_adds_is_a_suppression(root: Path) -> None:
    commit(root, {"a.py": source(UNUSED)})
    commit(root, {"a.py": source(UNUSED, "  # noqa: F401")})
    assert counts(root) == {"F401": (6, 0)}


def test_a_violation_that_comes_with_its_excuse_is_a_suppression(root: Path) -> None:
    commit(root, {"b.py": source(UNUSED, "  # noqa")})
    assert counts(root) == {"F401": (6, 0)}


def test_a_violation_that_somebody_takes_away_is_mended(root: Path) -> None:
    commit(root, {"a.py": source(UNUSED)})
    commit(root, {"a.py": "x = 1\n"})
    assert counts(root) == {"F401": (0, 6)}


def test_an_excuse_that_hides_nothing_is_none(root: Path) -> None:
    commit(root, {"a.py": "x = 1  # noqa: F401\n"})
    assert counts(root) == {}


def test_an_excused_file_that_moves_is_not_excused_again(root: Path) -> None:
    commit(root, {"b.py": source(UNUSED, "  # noqa: F401")})
    git(root, "mv", "b.py", "c.py")
    commit(root)
    assert counts(root) == {"F401": (6, 0)}


def test_code_that_moves_to_another_file_is_not_mended(root: Path) -> None:
    commit(root, {"a.py": source(UNUSED)})
    commit(root, {"a.py": "x = 1\n", "b.py": source(UNUSED)})
    assert counts(root) == {}


def test_a_deleted_file_is_not_mended(root: Path) -> None:
    commit(root, {"b.py": source(UNUSED)})
    git(root, "rm", "--quiet", "b.py")
    commit(root)
    assert counts(root) == {}


def test_a_file_that_cannot_be_read_any_more_is_not_mended(root: Path) -> None:
    commit(root, {"a.py": source(UNUSED)})
    commit(root, {"a.py": source([*UNUSED, "print 'old'"])})
    assert counts(root) == {}


def test_the_directive_of_a_script_is_an_excuse(root: Path) -> None:
    commit(root, {"run.sh": "#!/bin/sh\n# shellcheck disable=SC2086\necho $1\n"})
    assert counts(root) == {"SC2086": (1, 0)}


def test_a_clone_that_is_shallow_tells_only_of_what_it_has(root: Path, tmp_path: Path) -> None:
    commit(root, {"b.py": source(UNUSED, "  # noqa: F401")})
    commit(root, {"a.py": "y = 1\n"})
    assert counts(clone(root, tmp_path / "shallow", "--depth", "2")) == {}


def test_when_the_time_is_over_it_says_how_far_it_came(root: Path) -> None:
    commit(root, {"b.py": source(UNUSED, "  # noqa: F401")})
    found = decisions(root, seconds=-1.0)
    assert (found.decided, found.looked_at) == ((), 0) and found.of > 0


@pytest.mark.parametrize(
    "suppressed, mended, files, unwanted",
    [
        (5, 4, 3, True),
        (5, 5, 3, False),
        (4, 0, 3, False),
        (100, 0, 2, False),
        (100, 99, 30, True),
        (0, 9, 0, False),
    ],
)
def test_a_rule_is_unwanted_where_most_decide_against_it_often_and_in_several_files(
    suppressed: int, mended: int, files: int, unwanted: bool
) -> None:
    assert Decided("flake8", "F401", suppressed, mended, files).is_unwanted is unwanted


def test_the_files_are_counted_in_which_a_rule_is_excused(root: Path) -> None:
    commit(root, {f"{name}.py": source(UNUSED, "  # noqa") for name in "bcd"})
    (found,) = decisions(root).decided
    assert (found.suppressed, found.files, found.is_unwanted) == (18, 3, True)
