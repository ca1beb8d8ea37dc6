"""Bringing what a shallow clone lacks from its remote: objects, and where they end, nothing else.

No branch, tag, FETCH_HEAD, index or file changes. A full clone is left as it is, save on a CI system:
a person's clone is the person's to fetch into.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from smokealarm import git
from smokealarm.changes.here import is_object_name

DEEPER = ("--deepen=32", "--deepen=128", "--deepen=512", "--unshallow")
SECONDS = 120  # for one question to the remote

# `--refmap=` and `--no-tags`, because git otherwise updates refs that nobody named.
_FETCH = (
    *("fetch", "--quiet", "--no-write-fetch-head", "--refmap=", "--no-tags", "--no-prune"),
    "--no-recurse-submodules",
)
_SETTINGS = {
    "core.hooksPath": os.devnull,
    "fetch.writeCommitGraph": "false",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "http.lowSpeedLimit": "1000",  # bytes a second: below it for so long, the remote has stalled
    "http.lowSpeedTime": "30",
    "protocol.version": "2",  # lets every commit be asked for by its name
}
_NEVER_ASK = {
    "LC_ALL": "C",
    "GIT_TERMINAL_PROMPT": "0",
    "GCM_INTERACTIVE": "never",
    "SSH_ASKPASS_REQUIRE": "never",
}


class Wanted(NamedTuple):
    """A commit, by the remote that has it and by its name there."""

    remote: str
    sha: str


def boundary(root: Path) -> frozenset[str]:
    """The commits whose parents a shallow clone does not hold; none in a full clone."""
    file = root / git.text(root, "rev-parse", "--git-path", "shallow")
    return frozenset(file.read_text().split()) if file.exists() else frozenset()


def remote_of(root: Path) -> str:
    """The remote that a clone comes from."""
    known = git.text(root, "remote").split("\n")
    return known[0] if len(known) == 1 and known[0] else "origin"


def remote_and_branch(root: Path, name: str) -> tuple[str, str]:
    """`origin/main` as `origin` and `main`; what names no remote may be a branch of it too."""
    remote, _, branch = name.removeprefix("refs/remotes/").partition("/")
    if branch and remote in git.text(root, "remote").split("\n"):
        return remote, branch
    return remote_of(root), name.removeprefix("refs/heads/")


def bring(root: Path, name: str) -> str | None:
    """The commit of that name, fetched without its history, or None where it cannot be had."""
    shallow = bool(boundary(root))
    if not (shallow or _on_ci()):
        return None
    wanted = _wanted(root, name)
    # A depth would truncate a full clone. Without one, a shallow clone would fetch all that there is.
    if wanted and fetch(root, wanted.remote, [wanted.sha], *(["--depth=1"] if shallow else [])):
        return wanted.sha
    return None


def fetch(root: Path, remote: str, shas: Sequence[str], *options: str) -> bool:
    """Whether the remote handed over these commits, and what the options ask for."""
    what = f"smokealarm: this clone lacks history; git fetch {' '.join(options)} {remote}"
    print(" ".join(what.split()), file=sys.stderr, flush=True)
    return _asked(root, *_FETCH, *options, remote, *shas) is not None


def _wanted(root: Path, name: str) -> Wanted | None:
    """By their full names, so that nothing that a user writes is taken for an option."""
    remote, branch = remote_and_branch(root, name)
    if is_object_name(name):
        return Wanted(remote, name)
    refs = (f"refs/heads/{branch}", f"refs/tags/{branch}")
    listed = os.fsdecode(_asked(root, "ls-remote", "--quiet", remote, *refs) or b"").split("\n")
    shas = {ref: sha for sha, _, ref in (line.partition("\t") for line in listed)}
    return next((Wanted(remote, shas[ref]) for ref in refs if ref in shas), None)


def _on_ci() -> bool:
    return any(os.environ.get(name) not in (None, "", "false") for name in ("CI", "GITHUB_ACTIONS"))


def _asked(root: Path, *arguments: str) -> bytes | None:
    """What the remote answers, in bounded time and without a question to anybody, else None.

    What git has to complain of goes to standard error as it is.
    """
    settings = (word for key, value in _SETTINGS.items() for word in ("-c", f"{key}={value}"))
    try:
        process = subprocess.Popen(
            ["git", *settings, *arguments],
            cwd=root,
            env={**os.environ, **_NEVER_ASK},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            start_new_session=True,  # no terminal to ask on, and one group to end
        )
    except OSError:
        return None
    with process:
        try:
            answer, _ = process.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            return None
        finally:
            _end(process)
    return None if process.returncode else answer


def _end(process: subprocess.Popen[bytes]) -> None:
    """First politely, so that git removes its lock files."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        if process.returncode is not None:
            return
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=5)
