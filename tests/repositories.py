"""Real repositories for tests: made in a folder of the test's own, by nobody in particular."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

NOBODY = {
    "GIT_AUTHOR_NAME": "Nobody",
    "GIT_AUTHOR_EMAIL": "nobody@example.org",
    "GIT_COMMITTER_NAME": "Nobody",
    "GIT_COMMITTER_EMAIL": "nobody@example.org",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
}

Files = Mapping[str, "str | bytes"]


def make_repository(root: Path, files: Files | None = None) -> Path:
    """A new repository with the branch `main`, and with the files in a first commit if any are given."""
    root.mkdir(parents=True, exist_ok=True)
    git(root, "init", "--quiet", "--initial-branch=main")
    if files is not None:
        commit(root, files)
    return root


def git(root: Path, *arguments: str, check: bool = True) -> str:
    """What git says. The user's own configuration is out of reach."""
    command = ["git", *arguments]
    done = subprocess.run(
        command, cwd=root, env={**os.environ, **NOBODY}, capture_output=True, check=False
    )
    said = os.fsdecode(done.stdout)
    assert not check or done.returncode == 0, os.fsdecode(done.stderr)
    return said.rstrip("\n")


def write(root: Path, files: Files) -> None:
    """Put the files on disk."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)


def stage(root: Path, files: Files) -> None:
    """Put the files on disk and in the index."""
    write(root, files)
    git(root, "--literal-pathspecs", "add", "--force", "--", *files)


def commit(root: Path, files: Files | None = None) -> str:
    """Commit the files on top of what is staged, and return the name of the commit."""
    if files:
        stage(root, files)
    git(root, "commit", "--quiet", "--allow-empty", "--no-verify", "--message=Change something")
    return git(root, "rev-parse", "HEAD")


def clone(source: Path, target: Path, *options: str) -> Path:
    """A clone over the file transport, which heeds `--depth`."""
    git(source, "clone", "--quiet", *options, f"file://{source}", str(target))
    return target
