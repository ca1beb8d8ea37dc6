"""What changed on this machine: staged, on disk, named by hand, or simply everything."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from smokealarm import git
from smokealarm.changes import raw
from smokealarm.changes.commits import commit_or_none, merge_base
from smokealarm.changes.judged import judge
from smokealarm.changes.raw import Change
from smokealarm.errors import FatalError
from smokealarm.workspace import Changes


def root_of(folder: Path) -> Path:
    """The top folder of the repository that the folder is in."""
    try:
        return Path(git.text(folder, "rev-parse", "--show-toplevel"))
    except git.GitError as error:
        if "not a git repository" not in error.message:
            raise
        raise FatalError(
            f"{folder} is not in a git repository",
            "Run smokealarm inside one, or make one with: git init",
        ) from None


def staged(root: Path) -> Changes:
    """What the next commit would change. Before the first commit, every staged file is new."""
    head = commit_or_none(root, "HEAD") or ""
    changes = _staged(root, head)
    return judge(root, changes, base=head, described="staged", everything=not head)


def working_tree(root: Path) -> Changes:
    """What the files on disk, tracked or not, change against the last commit."""
    head = commit_or_none(root, "HEAD") or ""
    changes = raw.of_working_tree(root, head or _empty_tree(root))
    files = [*_truly_changed(root, changes), *_untracked(root)]
    return judge(root, files, base=head, described="working tree", everything=not head)


def whole_tree(root: Path) -> Changes:
    """Every tracked file, as staged, with nothing to compare it with."""
    files = [_whole(entry) for entry in git.entries(root)]
    return judge(root, files, described="everything", everything=True)


def given(root: Path, names: Sequence[str], base: str = "HEAD") -> Changes:
    """The named files, relative to the current folder, as pre-commit names them.

    A tracked file is judged as staged and compared with `base`; one that does not differ from it
    was asked for by name all the same, and is judged whole. What each comes to does not depend on
    the other names, so that any order and any split of the list says the same.
    """
    known = _merge_base_or_none(root, base)
    changed = {change.path: change for change in _staged(root, known)}
    wanted = {_relative(root, name): name for name in names}
    tracked = {entry.path: entry for entry in git.entries(root, paths=sorted(wanted))}
    files = [changed.get(path) or _whole(entry) for path, entry in tracked.items()]
    untracked = [path for path in wanted if not _holds(tracked, path)]
    files += [_on_disk(root, path, wanted[path]) for path in untracked]
    described = f"{len(wanted)} file{'s' if len(wanted) != 1 else ''} given"
    return judge(root, files, base=known, described=described)


def _staged(root: Path, base: str) -> list[Change]:
    """What the index changes; in a merge, only what differs from every commit that is merged."""
    changes = raw.of_index(root, base or _empty_tree(root))
    for other in _merged(root):
        theirs = {change.path for change in raw.of_index(root, other)}
        changes = [change for change in changes if change.path in theirs]
    return changes


def _merged(root: Path) -> list[str]:
    """The commits of a merge in progress, other than the current one."""
    path = root / git.text(root, "rev-parse", "--git-path", "MERGE_HEAD")
    return path.read_text().split() if path.exists() else []


def _empty_tree(root: Path) -> str:
    """The name of the tree without files, which depends on the repository's hash."""
    return git.text(root, "hash-object", "-t", "tree", "--stdin")


def _merge_base_or_none(root: Path, base: str) -> str:
    head = commit_or_none(root, "HEAD")
    return merge_base(root, base, head) if head else ""


def _truly_changed(root: Path, changes: Iterable[Change]) -> list[Change]:
    """Without the files that were touched but read the same, through the user's own filters."""
    changes = list(changes)
    doubtful = [change.path for change in changes if change.status == "M" and not change.blob]
    now = git.hashes(root, doubtful)
    return [
        change
        for change in changes
        if change.mode != change.base_mode or now.get(change.path) != change.base_blob
    ]


def _untracked(root: Path) -> list[Change]:
    names = git.run(root, "ls-files", "--others", "--exclude-standard", "-z").split(b"\0")[:-1]
    return [_new(root, os.fsdecode(name)) for name in names]


def _new(root: Path, path: str) -> Change:
    mode = git.SYMLINK if (root / path).is_symlink() else "100644"
    nested = path.endswith("/")  # a repository inside this one that is no submodule
    return Change("A", path, git.SUBMODULE if nested else mode, "", path, "", "")


def _whole(entry: git.Entry) -> Change:
    return Change("A", entry.path, entry.mode, entry.blob, entry.path, "", "")


def _on_disk(root: Path, path: str, name: str) -> Change:
    if not os.path.lexists(root / path):
        raise FatalError(f"there is no file {name}", "Check its spelling, or leave it out.")
    if (root / path).is_dir():
        raise FatalError(f"no file in {name} is known to git", f"Add them with: git add {name}")
    return _new(root, path)


def _relative(root: Path, name: str) -> str:
    """The name as git has it. The last part stays as it is: a link is judged as a link."""
    folder, last = os.path.split(os.path.abspath(name))
    path = os.path.relpath(os.path.join(os.path.realpath(folder), last), os.path.realpath(root))
    if path == os.pardir or path.startswith(os.pardir + os.sep):
        raise FatalError(f"{name} is outside of the repository {root}", "Leave it out.")
    return path.replace(os.sep, "/")


def _holds(tracked: Mapping[str, git.Entry], path: str) -> bool:
    """Whether the path is a tracked file, or a folder with one in it."""
    inside = "" if path == "." else posixpath.join(path, "")
    return path in tracked or any(known.startswith(inside) for known in tracked)
