"""What a run leaves of the work tree and of the index, also when it is killed: all as it was."""

from __future__ import annotations

import errno
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import psutil
import pytest

from smokealarm.style.fixing.on_disk import write as write_drafts
from smokealarm.style.fixing.staged import Draft
from tests.repositories import NOBODY, git, make_repository, stage, write

RULES = "style:\n  - checks: [black, flake8, shellcheck]\n"
SLOW = """\
[flake8:local-plugins]
extension = SLO = slow:Slow
paths = plugins
"""
PLUGIN = """\
import os, time


class Slow:
    def __init__(self, tree):
        pass

    def run(self):
        open(os.environ["MARKER"], "w").close()
        time.sleep(600)
        return []
"""
KILLS = [signal.SIGKILL, signal.SIGTERM, signal.SIGINT]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository in every state at once: staged, half staged, untracked, deleted on disk."""
    root = make_repository(tmp_path / "repository", {".smokealarm.yaml": RULES, "old.py": "x=1\n"})
    stage(root, {"old.py": "x=2\n", "half.py": "x=1\n", "gone.py": "x=1\n", "a.sh": "echo $1\n"})
    write(root, {"half.py": "x=1\ny=2\n", "untracked.py": "x=1\n"})
    (root / "gone.py").unlink()
    return root


def everything(root: Path) -> dict[str, tuple[int, int, str]]:
    """Mode, time and content of all there is, git's own files among them."""
    return {
        str(path.relative_to(root)): (
            path.lstat().st_mode,
            path.lstat().st_mtime_ns,
            "" if path.is_dir() else sha256(path.read_bytes()).hexdigest(),
        )
        for path in [root, *root.rglob("*")]
    }


@pytest.mark.parametrize(
    "arguments",
    [["--staged"], [], ["half.py", "untracked.py"], ["--all"], ["--staged", "--fix", "--dry-run"]],
    ids=lambda words: " ".join(words) or "without arguments",
)
def test_a_run_changes_nothing(root: Path, arguments: list[str]) -> None:
    before = everything(root)

    done = subprocess.run(
        [sys.executable, "-m", "smokealarm", "check", *arguments],
        cwd=root,
        env={**os.environ, **NOBODY},
        capture_output=True,
        timeout=120,
    )

    assert done.returncode == 1
    assert everything(root) == before


@pytest.mark.parametrize("number", KILLS)
@pytest.mark.parametrize("flag", [[], ["--fix"]], ids=["", "--fix"])
def test_a_run_that_is_killed_changes_nothing(
    root: Path, tmp_path: Path, number: signal.Signals, flag: list[str]
) -> None:
    stage(root, {".flake8": SLOW, "plugins/slow.py": PLUGIN})
    before = everything(root)
    (tmp_path / "temporary").mkdir()
    marker = tmp_path / "marker"
    process = subprocess.Popen(
        [sys.executable, "-m", "smokealarm", "check", "--staged", *flag],
        cwd=root,
        env={
            **os.environ,
            **NOBODY,
            "MARKER": str(marker),
            "TMPDIR": str(tmp_path / "temporary"),
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _wait_for(marker, process)
    tools = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(number)
    if number is not signal.SIGKILL:  # twice, as people do
        process.send_signal(number)
    process.wait(timeout=60)
    if number is signal.SIGKILL:  # the one thing that nobody can pass on
        for tool in tools:
            with suppress(psutil.NoSuchProcess):
                tool.kill()
    _, left = psutil.wait_procs(tools, timeout=10)

    assert [tool for tool in left if tool.status() != psutil.STATUS_ZOMBIE] == []
    assert process.returncode not in (0, 1)
    assert everything(root) == before


def _wait_for(marker: Path, process: subprocess.Popen[bytes]) -> None:
    for _ in range(1200):
        if marker.exists():
            return
        assert process.poll() is None, "it ended before it was killed"
        time.sleep(0.05)
    raise AssertionError("the tool was never started")


# Writes the one over the other for ever, so that a kill comes at any moment of it.
WRITER = """\
import sys
from pathlib import Path
from smokealarm.style.fixing.on_disk import write
from smokealarm.style.fixing.staged import Draft

root, contents = Path(sys.argv[1]), [b"a" * 3_000_000, b"b" * 3_000_000]
print("ready", flush=True)
while True:
    for old, new in (contents, contents[::-1]):
        assert not write(root, [Draft("folder/a.py", old, new)])
"""
SIZE = 3_000_000


@pytest.mark.parametrize("number", KILLS)
def test_a_kill_while_a_file_is_written_leaves_the_old_or_the_new_and_nothing_else(
    root: Path, number: signal.Signals
) -> None:
    chance = random.Random(number)
    for _ in range(5):
        write(root, {"folder/a.py": b"a" * SIZE})
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(root)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as process:
            assert process.stdout and process.stdout.readline() == b"ready\n"
            time.sleep(chance.uniform(0.0, 0.1))
            process.send_signal(number)

        content = (root / "folder" / "a.py").read_bytes()
        assert len(content) == SIZE and len(set(content)) == 1
        assert [path.name for path in (root / "folder").iterdir()] == ["a.py"]
    left = list((root / ".git").glob("smokealarm-*"))
    assert number is signal.SIGKILL or left == []


def test_what_a_kill_left_in_the_repository_goes_with_a_later_run(root: Path) -> None:
    now = time.time()
    for name, age in (("young", 60), ("old", 2 * 24 * 60 * 60)):
        folder = root / ".git" / f"smokealarm-mending-{name}"
        write(folder, {"draft": "x = 2\n"})
        os.utime(folder, (now - age, now - age))

    assert write_drafts(root, [Draft("old.py", b"x=2\n", b"x = 2\n")]) == []

    assert (root / "old.py").read_text() == "x = 2\n"
    left = [path.name for path in (root / ".git").glob("smokealarm-*")]
    assert left == ["smokealarm-mending-young"]


@pytest.fixture
def other_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on another file system than the other folders of the test."""
    shared = Path("/dev/shm")
    if not shared.is_dir() or shared.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("this machine has no second file system to write to")
    folder = shared / f"smokealarm-test-{os.getpid()}"
    folder.mkdir()
    yield folder
    shutil.rmtree(folder)


def test_a_work_tree_on_another_disk_than_its_repository_is_written_too(
    root: Path, other_disk: Path
) -> None:
    git(root, "worktree", "add", "--quiet", "--detach", str(other_disk / "tree"))
    tree = other_disk / "tree"
    before = set(tree.iterdir())

    assert write_drafts(tree, [Draft("old.py", b"x=1\n", b"x = 1\n")]) == []

    assert (tree / "old.py").read_text() == "x = 1\n"
    assert set(tree.iterdir()) == before


def test_a_repository_whose_own_folder_is_read_only_is_written_too(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The refusal is made up, because CI runs as root, to whom nothing is read-only."""

    def refuse(**wanted: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(wanted["dir"]))

    monkeypatch.setattr("smokealarm.style.fixing.on_disk.tempfile.TemporaryDirectory", refuse)

    assert write_drafts(root, [Draft("old.py", b"x=2\n", b"x = 2\n")]) == []

    assert (root / "old.py").read_text() == "x = 2\n"
