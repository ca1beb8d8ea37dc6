"""What is remembered of the tools' answers, and when they are asked again."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from smokealarm.finding import Finding
from smokealarm.style.memory import Memory
from tests.repositories import commit, git, make_repository, stage
from tests.style.judging import ask, judged, told

CODE = "import os\nx=1\n"
SCRIPT = "#!/bin/sh\n. ./lib.sh\necho $1 $word\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = make_repository(tmp_path / "repository", {"README.md": "", "lib.sh": "word='a b'\n"})
    stage(root, {"a.py": CODE, "a.sh": SCRIPT})
    return root


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """Which tools were started since it was asked last: the real ones, watched."""
    started: list[str] = []
    real = subprocess.Popen

    def watched(command: list[str], **options: object) -> object:
        text = " ".join(command) if command[0] != "git" else ""
        started.extend(name for name in ("black", "flake8", "shellcheck") if name in text)
        return real(command, **options)  # type: ignore[call-overload]  # passed on as it came

    monkeypatch.setattr("smokealarm.style.tools.running.subprocess.Popen", watched)

    def since() -> list[str]:
        news = sorted(set(started))
        started.clear()
        return news

    return since


def look(root: Path, **options: object) -> list[Finding]:
    return judged(root, ask("black"), ask("flake8", **options), ask("shellcheck"))


def test_the_same_content_is_asked_once(root: Path, asked: Callable[[], list[str]]) -> None:
    first = look(root)
    assert asked() == ["black", "flake8", "shellcheck"]
    assert look(root) == first
    assert asked() == []
    assert {code for _, _, code in told(first)} >= {"black", "F401", "E225", "SC2086"}


def test_where_nothing_is_remembered_only_what_has_something_to_judge_is_started(
    tmp_path: Path, asked: Callable[[], list[str]]
) -> None:
    root = make_repository(tmp_path / "repository", {"README.md": ""})
    stage(root, {"README.md": "more", "a.sh": "#!/bin/sh\nexit\n"})
    assert look(root) == []
    assert asked() == ["shellcheck"]


@pytest.mark.parametrize(
    ("files", "again"),
    [
        ({"a.py": CODE + "y = 2\n"}, ["black", "flake8"]),
        ({"a.sh": SCRIPT + "exit\n"}, ["shellcheck"]),
        ({"lib.sh": "word=a\n"}, ["shellcheck"]),
        ({".flake8": "[flake8]\nignore = E\n"}, ["flake8"]),
        ({"setup.cfg": "[flake8]\nignore = E\n"}, ["flake8"]),
        ({"pyproject.toml": "[tool.black]\nline-length = 40\n"}, ["black", "flake8"]),
        ({".shellcheckrc": "disable=SC2086\n"}, ["shellcheck"]),
        ({"README.md": "another"}, []),
    ],
    ids=[
        "the Python file",
        "the script",
        "what the script sources",
        "flake8's configuration",
        "flake8's other configuration",
        "black's configuration, which may be flake8's too",
        "shellcheck's configuration",
        "nothing that a tool reads",
    ],
)
def test_it_is_asked_again_after_a_change_of(
    root: Path, asked: Callable[[], list[str]], files: dict[str, str], again: list[str]
) -> None:
    look(root)
    asked()
    stage(root, files)
    look(root)
    assert asked() == again


def test_other_options_are_another_question(root: Path, asked: Callable[[], list[str]]) -> None:
    look(root)
    asked()
    assert told(look(root, select=["F"])) != told(look(root))
    assert asked() == ["flake8"]


def test_the_base_is_remembered_too(root: Path, asked: Callable[[], list[str]]) -> None:
    commit(root)
    stage(root, {"a.py": CODE + "y=2\n"})
    first = look(root)
    asked()
    assert look(root) == first
    assert asked() == []


def test_another_version_of_a_tool_is_asked_again(root: Path, tmp_path: Path) -> None:
    """A plug-in of flake8 that comes, and then changes without a new version."""
    site = tmp_path / "site"
    plugin = site / "flake8_odd-1.0.dist-info"
    plugin.mkdir(parents=True)
    (plugin / "METADATA").write_text("Metadata-Version: 2.1\nName: flake8-odd\nVersion: 1.0\n")
    (plugin / "entry_points.txt").write_text("[flake8.extension]\nODD = flake8_odd:Odd\n")

    def run(text: str) -> str:
        if text:
            body = f"yield 1, 0, 'ODD001 {text}', None"
            (site / "flake8_odd.py").write_text(
                "class Odd:\n    name = 'odd'\n    version = '1'\n"
                "    def __init__(self, tree): pass\n"
                f"    def run(self):\n        {body}\n"
            )
            shutil.rmtree(site / "__pycache__", ignore_errors=True)
            os.utime(plugin)
        command = [sys.executable, "-m", "smokealarm", "check", "--staged"]
        env = {**os.environ, "PYTHONPATH": str(site) if text else ""}
        (root / ".smokealarm.yaml").write_text("style:\n  - checks: [flake8]\n")
        return subprocess.run(command, cwd=root, env=env, capture_output=True, text=True).stdout

    assert "ODD001" not in run("")
    assert "ODD001 first" in run("first")
    assert "ODD001 second" in run("second")
    assert "ODD001" not in run("")


def test_an_answer_cut_short_is_no_answer(root: Path, tmp_path: Path) -> None:
    remembered = Path(os.environ["SMOKEALARM_CACHE"])
    first = look(root)
    for path in [path for path in remembered.rglob("*") if path.is_file()]:
        path.write_bytes(path.read_bytes()[:-3])
    assert look(root) == first


def test_a_tool_that_failed_is_not_remembered(root: Path, asked: Callable[[], list[str]]) -> None:
    stage(root, {".flake8": "[flake8]\nmax-line-length = wide\n"})
    with pytest.raises(Exception, match="flake8 failed"):
        judged(root, ask("flake8"))
    asked()
    with pytest.raises(Exception, match="flake8 failed"):
        judged(root, ask("flake8"))
    assert asked() == ["flake8"]


def test_where_nothing_can_be_kept_the_tools_are_asked_each_time(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("SMOKEALARM_CACHE", str(tmp_path / "file"))
    assert look(root) == look(root) != []


def test_runs_side_by_side_say_the_same(root: Path) -> None:
    (root / ".smokealarm.yaml").write_text("style:\n  - checks: [black, flake8, shellcheck]\n")
    command = [sys.executable, "-m", "smokealarm", "check", "--staged", "--format", "annotations"]
    runs = [
        subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) for _ in range(4)
    ]
    said = {run.communicate(timeout=60)[0] for run in runs}
    assert len(said) == 1 and "F401" in said.pop()


def test_what_is_old_is_forgotten_once_a_day(tmp_path: Path) -> None:
    memory = Memory(tmp_path)
    memory.keep("a" * 64, [])
    memory.keep("b" * 64, [])
    (old,) = tmp_path.rglob("a" * 62)
    os.utime(old, (0, 0))
    memory.forget_the_old()
    assert memory.recall("a" * 64) is None and memory.recall("b" * 64) == []


def test_a_worktree_shares_what_is_remembered(
    root: Path, tmp_path: Path, asked: Callable[[], list[str]]
) -> None:
    look(root)
    asked()
    commit(root)
    git(root, "worktree", "add", "--quiet", "--detach", str(tmp_path / "other"), "HEAD~1")
    stage(tmp_path / "other", {"a.py": CODE, "a.sh": SCRIPT})
    assert told(look(tmp_path / "other")) and asked() == []
