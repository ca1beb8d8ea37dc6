"""The few things that are asked of git, by plumbing commands that no user configuration changes."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from smokealarm.errors import FatalError


class GitError(FatalError):
    """A git command failed; the message is git's own."""


def run(
    root: Path, *arguments: str, stdin: bytes = b"", env: dict[str, str] | None = None
) -> bytes:
    """The standard output of `git <arguments>` in the repository. Raises GitError if it fails."""
    command = ["git", "--literal-pathspecs", *arguments]
    try:
        done = subprocess.run(
            command, cwd=root, input=stdin, capture_output=True, env={**os.environ, **(env or {})}
        )
    except FileNotFoundError:
        raise GitError("git is not installed", "Install git and try again.") from None
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip()
        raise GitError(f"git {arguments[0]} failed: {said or f'exit code {done.returncode}'}")
    return done.stdout


def text(root: Path, *arguments: str) -> str:
    """The same as text, without the last newline; bytes not UTF-8 become surrogate escapes."""
    return os.fsdecode(run(root, *arguments)).rstrip("\n")


def export_tree(root: Path, commit: str, folder: Path) -> None:
    """Write every file of the commit under the folder, leaving index and working tree alone.

    The index is a temporary one, because `git worktree` would leave a record behind when killed and
    `git archive` leaves out what `.gitattributes` marks `export-ignore`.
    """
    index = folder.parent / f"{folder.name}.index"
    env = {"GIT_INDEX_FILE": str(index)}
    try:
        run(root, "read-tree", commit, env=env)
        run(root, "checkout-index", "--all", "--force", f"--prefix={folder}/", env=env)
    finally:
        index.unlink(missing_ok=True)
