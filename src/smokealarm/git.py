"""The few things that are asked of git, by plumbing commands that no user configuration changes."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from subprocess import PIPE
from typing import NamedTuple

from smokealarm import errands
from smokealarm.errors import FatalError


class GitError(FatalError):
    """A git command failed; the message is git's own."""


def run(
    root: Path,
    *arguments: str,
    stdin: bytes = b"",
    env: dict[str, str] | None = None,
    timeout: float | None = None,
) -> bytes:
    """The standard output of `git <arguments>` in the repository. Raises GitError if it fails.

    `timeout` is in seconds; what takes longer has failed.
    """
    done = _done(root, arguments, stdin, env, timeout)
    if done.returncode:
        raise _error(done, arguments)
    return done.stdout


def attempt(root: Path, *arguments: str) -> bytes | None:
    """The same, or None where git exits with 1: its plumbing's way to say "no such thing"."""
    done = _done(root, arguments)
    if done.returncode > 1:
        raise _error(done, arguments)
    return None if done.returncode else done.stdout


def _done(
    root: Path,
    arguments: tuple[str, ...],
    stdin: bytes = b"",
    env: dict[str, str] | None = None,
    timeout: float | None = None,
) -> subprocess.CompletedProcess[bytes]:
    command = ["git", "--literal-pathspecs", *arguments]
    environ = {**os.environ, "LC_ALL": "C", **(env or {})}  # its messages are read, in English
    try:
        process = subprocess.Popen(
            command, cwd=root, stdin=PIPE, stdout=PIPE, stderr=PIPE, env=environ
        )
        with process:
            return _completed(process, stdin, timeout)
    except subprocess.TimeoutExpired:
        raise GitError(f"git {arguments[0]} took more than {timeout:g} seconds") from None
    except OSError as error:
        if not root.is_dir():
            raise GitError(f"{root} is not a folder") from None
        if not isinstance(error, FileNotFoundError):
            raise
        raise GitError("git is not installed", "Install git and try again.") from None


def _completed(
    process: subprocess.Popen[bytes], stdin: bytes, timeout: float | None
) -> subprocess.CompletedProcess[bytes]:
    try:
        errands.do_one()
        out, err = process.communicate(stdin, timeout)
    except BaseException:
        process.kill()
        raise
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def _error(done: subprocess.CompletedProcess[bytes], arguments: tuple[str, ...]) -> GitError:
    said = done.stderr.decode(errors="replace").strip()
    return GitError(f"git {arguments[0]} failed: {said or f'exit code {done.returncode}'}")


def text(root: Path, *arguments: str, timeout: float | None = None) -> str:
    """The same as text, without the last newline; bytes not UTF-8 become surrogate escapes."""
    return os.fsdecode(run(root, *arguments, timeout=timeout)).rstrip("\n")


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


class Entry(NamedTuple):
    """A file of a commit or of the index."""

    mode: str
    blob: str
    path: str


SYMLINK = "120000"
SUBMODULE = "160000"

_NAMES_AT_ONCE = 500  # keeps a command line far below what the operating system allows


def entries(root: Path, commit: str = "", paths: Sequence[str] | None = None) -> list[Entry]:
    """The files of the commit (of the index where it is ""), all or those at or under the paths.

    Of an unmerged file every stage is listed.
    """
    if paths is None:
        return list(_entries(_listing(root, commit, ())))
    return [entry for part in _parts(paths) for entry in _entries(_listing(root, commit, part))]


def hashes(root: Path, paths: Sequence[str]) -> dict[str, str]:
    """The blob that each file on disk would be, through the user's own filters. Writes nothing."""
    names = (
        name
        for part in _parts(paths)
        for name in text(root, "hash-object", "--", *part).split("\n")
    )
    return dict(zip(paths, names))


def _parts(paths: Sequence[str]) -> Iterator[Sequence[str]]:
    return (paths[i : i + _NAMES_AT_ONCE] for i in range(0, len(paths), _NAMES_AT_ONCE))


def _listing(root: Path, commit: str, paths: Sequence[str]) -> bytes:
    if commit:
        return run(root, "ls-tree", "-r", "-z", "--full-tree", commit, "--", *paths)
    return run(root, "ls-files", "--stage", "-z", "--", *paths)


def _entries(listing: bytes) -> Iterator[Entry]:
    """Reads `MODE BLOB STAGE<tab>PATH` of the index and `MODE TYPE BLOB<tab>PATH` of a commit."""
    for record in listing.split(b"\0")[:-1]:
        facts, _, path = record.partition(b"\t")
        mode, second, third = facts.decode().split(" ")
        blob = second if third.isdigit() and len(third) == 1 else third
        yield Entry(mode, blob, os.fsdecode(path))


def sizes(root: Path, blobs: Iterable[str]) -> dict[str, int]:
    """How many bytes each blob has. Raises FatalError where one is not in this clone."""
    wanted = sorted(set(blobs))
    if not wanted:
        return {}
    asked = "".join(f"{blob}\n" for blob in wanted).encode()
    answers = run(root, "cat-file", "--batch-check", stdin=asked).decode().splitlines()
    return {blob: _size(blob, answer) for blob, answer in zip(wanted, answers)}


def _size(blob: str, answer: str) -> int:
    if answer.endswith(" missing"):
        raise FatalError(
            f"the object {blob} is not in this clone",
            "Fetch it with: git fetch --refetch origin",
        )
    return int(answer.split(" ")[2])


def contents(root: Path, blobs: Iterable[str]) -> dict[str, bytes]:
    """The bytes of each blob, unfiltered. Raises FatalError where one is not in this clone."""
    wanted = sorted(set(blobs))
    if not wanted:
        return {}
    asked = "".join(f"{blob}\n" for blob in wanted).encode()
    answer = run(root, "cat-file", "--batch", stdin=asked)
    found, start = {}, 0
    for blob in wanted:
        end_of_header = answer.index(b"\n", start)
        size = _size(blob, answer[start:end_of_header].decode())
        start = end_of_header + 1 + size + 1
        found[blob] = answer[end_of_header + 1 : start - 1]
    return found
