from __future__ import annotations

from pathlib import Path

import pytest

from smokealarm.errors import Inconclusive
from smokealarm.finding import Level
from tests.repositories import commit, make_repository, stage, write
from tests.style.judging import ask, judged, told

UGLY = "x = 1\ny=2\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_repository(tmp_path / "repository", {"old.py": UGLY, "clean.py": "x = 1\n"})


def test_formatted_files_are_fine(root: Path) -> None:
    stage(root, {"new.py": "x = 1\n", "sub/new.pyi": "x: int\n", "notes.txt": "y=2"})

    assert judged(root, ask("black")) == []


def test_a_new_file_is_told_once_with_the_command_that_mends_it(root: Path) -> None:
    stage(root, {"new file.py": "x = 1\ny=2\n\n\n\n\nz=3\n"})

    (finding,) = judged(root, ask("black"))

    assert (finding.path, finding.line, finding.level) == ("new file.py", 2, Level.FAILURE)
    assert finding.message == "black would change 2 places, first: `y=2` would be `y = 2`"
    assert finding.remedy == "Run: black 'new file.py'"
    assert finding.help_url


def test_a_syntax_error_is_a_finding_and_hides_no_other_file(root: Path) -> None:
    stage(root, {"broken.py": "x = 1\nif x:\ny = (\n", "new.py": UGLY})

    broken, new = judged(root, ask("black"))

    assert (broken.path, broken.evidence["code"]) == ("broken.py", "syntax")
    assert broken.line is not None and broken.line >= 3
    assert new.path == "new.py"


def test_a_file_that_was_clean_stays_clean(root: Path) -> None:
    stage(root, {"clean.py": "x = 1\nz=3\n"})

    (finding,) = judged(root, ask("black"))

    assert (finding.line, finding.level) == (2, Level.FAILURE)


def test_an_edit_of_a_file_that_was_never_formatted_is_a_notice(root: Path) -> None:
    stage(root, {"old.py": UGLY + "z=3\n"})

    (finding,) = judged(root, ask("black"))

    assert finding.level is Level.NOTICE


def test_a_tidy_edit_of_a_file_that_was_never_formatted_is_fine(root: Path) -> None:
    stage(root, {"old.py": "a = 0\n\n" + UGLY})

    assert judged(root, ask("black")) == []


def test_the_nearest_configuration_holds(root: Path) -> None:
    stage(root, {"pyproject.toml": "[tool.black]\nskip-string-normalization = true\n"})
    stage(root, {"sub/pyproject.toml": "[tool.black]\nline-length = 20\n"})
    stage(root, {"a.py": "x = 'single'\n", "sub/b.py": "x = [1, 2, 3, 4, 5, 6]\n"})

    assert told(judged(root, ask("black"))) == [("sub/b.py", 1, "black")]


def test_the_configuration_is_the_staged_one(root: Path) -> None:
    stage(root, {"pyproject.toml": "[tool.black]\nskip-string-normalization = true\n"})
    stage(root, {"a.py": "x = 'single'\n"})
    write(root, {"pyproject.toml": ""})

    assert judged(root, ask("black")) == []


def test_force_exclude_holds(root: Path) -> None:
    stage(root, {"pyproject.toml": "[tool.black]\nforce-exclude = '^/made/'\n"})
    stage(root, {"made/a.py": UGLY, "own/a.py": UGLY})

    assert told(judged(root, ask("black"))) == [("own/a.py", 2, "black")]


def test_the_users_own_settings_do_not_hold(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {"xdg/black": "[tool.black]\nskip-string-normalization = true\n"})
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "xdg"))
    stage(root, {"a.py": "x = 'single'\n"})

    assert told(judged(root, ask("black"))) == [("a.py", 1, "black")]


def test_a_configuration_that_black_refuses_is_inconclusive(root: Path) -> None:
    stage(root, {"pyproject.toml": "[tool.black]\nline-length = 'wide'\n", "a.py": UGLY})

    with pytest.raises(Inconclusive, match="black failed with exit code"):
        judged(root, ask("black"))


def test_a_configuration_that_makes_black_write_nothing_is_inconclusive(root: Path) -> None:
    stage(root, {"pyproject.toml": "[tool.black]\ndiff = true\n", "a.py": UGLY})

    with pytest.raises(Inconclusive):
        judged(root, ask("black"))


def test_a_configuration_that_makes_black_quiet_hides_nothing(root: Path) -> None:
    stage(root, {"pyproject.toml": "[tool.black]\nquiet = true\n", "a.py": "x = 1\n"})
    stage(root, {"b.py": UGLY, "c.py": "x = (\n"})

    assert [one.path for one in judged(root, ask("black"))] == ["b.py", "c.py"]


def test_nothing_in_the_repository_is_written(root: Path) -> None:
    stage(root, {"a.py": UGLY})
    index = (root / ".git" / "index").read_bytes()

    judged(root, ask("black"))

    assert (root / "a.py").read_text() == UGLY
    assert (root / ".git" / "index").read_bytes() == index


def test_of_an_unformatted_file_the_places_that_the_change_touches_are_told(root: Path) -> None:
    lines = [f"value_{number} = {number}\n" for number in range(30)]
    old = "a=1\n" + "".join(lines) + "z=1\n"
    commit(root, {"old.py": old})
    stage(root, {"old.py": old.replace("value_9 = 9", "value_9=9")})

    for scope in ("new", "lines"):
        (found,) = judged(root, ask("black"), scope=scope)
        assert (found.line, found.end_line, found.column) == (11, 11, 1)
        assert "black would change 1 place, first: `value_9=9` would be" in found.message
    (whole,) = judged(root, ask("black"), scope="files")
    assert "3 places, first: `a=1`" in whole.message and whole.line == 1
    assert set(whole.evidence) == {"code", "lines"}
