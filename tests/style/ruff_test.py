from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from smokealarm.errors import Inconclusive
from smokealarm.style.tools import running
from tests.repositories import make_repository, stage, write
from tests.style.judging import ask, judged, told


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_repository(tmp_path / "repository", {"old.py": "import os\n"})


def test_files_that_keep_the_rules_are_fine(root: Path) -> None:
    stage(root, {"new.py": "x = 1\n", "notes.txt": "import os\n"})

    assert judged(root, ask("ruff")) == []


def test_a_finding_has_the_rule_its_place_and_its_manual(root: Path) -> None:
    stage(root, {"ruff.toml": "[lint]\nselect = ['F']\n"})
    stage(root, {"new.py": "x = 1\nimport os, sys\nprint(sys)\n"})

    (unused,) = judged(root, ask("ruff"))

    assert unused.message == "F401 `os` imported but unused"
    assert (unused.path, unused.line, unused.column) == ("new.py", 2, 8)
    assert (unused.end_line, unused.end_column) == (2, 10)
    assert unused.evidence == {"code": "F401"}
    assert unused.help_url == "https://docs.astral.sh/ruff/rules/unused-import"
    assert "# noqa: F401" in unused.remedy


def test_what_was_there_before_does_not_count(root: Path) -> None:
    stage(root, {"old.py": "import os\nimport re\n"})

    assert told(judged(root, ask("ruff"))) == [("old.py", 2, "F401")]


def test_a_syntax_error_is_a_finding(root: Path) -> None:
    stage(root, {"broken.py": "x = (\n"})

    assert told(judged(root, ask("ruff"))) == [("broken.py", 2, "invalid-syntax")]


@pytest.mark.parametrize("name", ["-dash", "with space", "new\nline", os.fsdecode(b"caf\xe9")])
def test_an_odd_name_is_judged_like_any_other(root: Path, name: str) -> None:
    stage(root, {f"{name}.py": "import os\n"})

    assert told(judged(root, ask("ruff"))) == [(f"{name}.py", 1, "F401")]


BAD = "import os\nimport collections\nimport mine.deep\nx = {'a': 1}['a']\nassert x == 1, (x,)\n"
LAYOUTS: dict[str, dict[str, str]] = {
    "no configuration": {},
    "ruff.toml": {"ruff.toml": "[lint]\nselect = ['I', 'Q', 'S', 'INP', 'D']\n"},
    ".ruff.toml": {".ruff.toml": "[lint]\nignore = ['F401']\n", "ruff.toml": "broken = ["},
    "pyproject.toml": {"pyproject.toml": "[tool.ruff.lint]\nselect = ['I', 'INP']\n"},
    "a pyproject.toml that says which Python": {
        "pyproject.toml": "[project]\nname = 'x'\nversion = '1'\nrequires-python = '>=3.8'\n",
        "pkg/new.py": "match 1:\n    case 1:\n        pass\n",
    },
    "a configuration that goes on in another": {
        "base.toml": "[lint]\nselect = ['I']\n",
        "pkg/ruff.toml": "extend = '../base.toml'\n[lint]\nextend-select = ['Q']\n",
    },
    "a configuration in a folder": {"pkg/ruff.toml": "[lint]\nselect = ['S']\n"},
    "per-file ignores": {"ruff.toml": "[lint.per-file-ignores]\n'pkg/*' = ['F401', 'I']\n"},
    "excused lines": {"pkg/new.py": "import os  # noqa: F401\nimport re\n"},
    "an excused file": {"pkg/new.py": "# ruff: noqa: F401\nimport os\n"},
    "talk": {"ruff.toml": "output-format = 'github'\nfix = true\nfix-only = true\n"},
    "an excluded file": {"ruff.toml": "extend-exclude = ['pkg']\n"},
    "an excluded file, by force": {"ruff.toml": "extend-exclude = ['pkg']\nforce-exclude = true\n"},
}


QUIET = ["an excused file", "an excluded file, by force", "per-file ignores"]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_gate_says_what_ruff_says(root: Path, layout: str) -> None:
    files = {"mine/__init__.py": "", "mine/deep.py": "", "pkg/new.py": BAD, **LAYOUTS[layout]}
    stage(root, files)

    found = of_ruff(root, "pkg/new.py")

    assert of_the_gate(root) == found
    assert bool(found) is (layout not in QUIET)


def test_a_configuration_above_the_private_folder_does_not_hold(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {"tmp/ruff.toml": "[lint]\nignore = ['F']\n"})
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    stage(root, {"new.py": "import os\n"})

    assert told(judged(root, ask("ruff"))) == [("new.py", 1, "F401")]


def test_the_users_own_settings_do_not_hold(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {"home/.config/ruff/ruff.toml": "[lint]\nignore = ['F']\n"})
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    stage(root, {"new.py": "import os\n"})

    assert told(judged(root, ask("ruff"))) == [("new.py", 1, "F401")]


@pytest.mark.parametrize(
    ("configuration", "reason"),
    [
        ("line-length = 'wide'\n", "ruff failed with exit code 2"),
        ("required-version = '==0.0.1'\n", "ruff failed with exit code 2.*0.0.1"),
        ("extend = 'missing.toml'\n", "ruff failed with exit code 2"),
    ],
)
def test_a_configuration_that_ruff_refuses_is_inconclusive(
    root: Path, configuration: str, reason: str
) -> None:
    stage(root, {"ruff.toml": configuration, "new.py": "x = 1\n"})

    with pytest.raises(Inconclusive, match=f"(?s){reason}"):
        judged(root, ask("ruff"))


def test_a_tool_of_this_name_that_says_nothing_is_inconclusive(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {"bin/ruff": "#!/bin/sh\nexit 1\n"})
    (tmp_path / "bin/ruff").chmod(0o755)
    monkeypatch.setattr("sys.executable", str(tmp_path / "bin" / "python"))
    stage(root, {"new.py": "x = 1\n"})

    with pytest.raises(Inconclusive, match="ruff failed with exit code 1"):
        judged(root, ask("ruff"))


def test_without_ruff_there_is_no_verdict(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", git_alone(tmp_path))
    stage(root, {"new.py": "x = 1\n"})

    with pytest.raises(Inconclusive, match="ruff is not installed") as doubt:
        judged(root, ask("ruff"))
    assert doubt.value.remedy == "Install it with: pip install ruff"


def test_the_file_that_adds_this_tool_has_at_most_sixty_lines() -> None:
    file = Path(__file__).parents[2] / "src" / "smokealarm" / "style" / "tools" / "ruff.py"

    assert len(file.read_text().splitlines()) <= 60


def of_the_gate(root: Path) -> list[str]:
    return sorted(
        f"{one.path}:{one.line}:{one.column}: {one.message}"
        for one in judged(root, ask("ruff"), files="^pkg/new.py", scope="files")
    )


def of_ruff(root: Path, path: str) -> list[str]:
    """What it says to somebody who runs it in the repository."""
    quietly = ["--no-cache", "--no-fix", "--no-fix-only", "--output-format=concise"]
    command = [running.program("ruff", "ruff"), "check", *quietly, path]
    said = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=60).stdout
    lines = [line.replace(" [*]", "") for line in said.splitlines() if line.startswith(path)]
    return sorted(line.replace(": invalid-syntax:", ": invalid-syntax") for line in lines)


def git_alone(folder: Path) -> str:
    bin = folder / "only git"
    bin.mkdir()
    real = subprocess.run(["which", "git"], capture_output=True, text=True, check=True, timeout=9)
    (bin / "git").symlink_to(real.stdout.strip())
    return str(bin)
