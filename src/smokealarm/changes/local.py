"""What changed on this machine: staged, on disk, or simply everything."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from smokealarm import git
from smokealarm.changes import raw
from smokealarm.changes.here import Here, here
from smokealarm.changes.judged import judge
from smokealarm.changes.raw import Change
from smokealarm.workspace import Changes


def staged(root: Path, at: Here | None = None) -> Changes:
    """What the next commit would change. Before the first commit, every staged file is new."""
    at = at or here(root)
    changes = of_index(root, at.head, at)
    return judge(root, changes, base=at.head, described="staged", everything=not at.head)


def working_tree(root: Path, at: Here | None = None) -> Changes:
    """What the files on disk, tracked or not, change against the last commit."""
    at = at or here(root)
    changes = _truly_changed(root, _own(raw.of_working_tree, root, at.head, at))
    files = [*changes, *_not_in_index(root)]
    return judge(root, files, base=at.head, described="working tree", everything=not at.head)


def whole_tree(root: Path) -> Changes:
    """Every tracked file, as staged, with nothing to compare it with."""
    files = raw.of_index(root, _empty_tree(root))
    return judge(root, files, described="everything", everything=True)


def of_index(root: Path, base: str, at: Here) -> list[Change]:
    """What the index changes against the commit, or against nothing where it is ""."""
    return _own(raw.of_index, root, base, at)


def on_disk(root: Path, path: str) -> Change:
    """A file that git does not know."""
    mode = git.SYMLINK if (root / path).is_symlink() else "100644"
    nested = path.endswith("/")  # a repository inside this one that is no submodule
    return Change("A", path, git.SUBMODULE if nested else mode, "", path, "", "")


def _own(
    changes_of: Callable[[Path, str], list[Change]], root: Path, base: str, at: Here
) -> list[Change]:
    """In a merge, only what differs from every commit that is merged; elsewhere all of it."""
    changes = changes_of(root, base or _empty_tree(root))
    for other in at.merged:
        theirs = {change.path for change in changes_of(root, other)}
        changes = [change for change in changes if change.path in theirs]
    return changes


def _empty_tree(root: Path) -> str:
    """The name of the tree without files, which depends on the repository's hash."""
    return git.text(root, "hash-object", "-t", "tree", "--stdin")


def _truly_changed(root: Path, changes: Iterable[Change]) -> list[Change]:
    """Without the files that were touched but read the same, through the user's own filters."""
    changes = list(changes)
    doubtful = [change for change in changes if change.status == "M" and not change.blob]
    files = [change.path for change in doubtful if change.mode.startswith("100")]
    links = [change for change in doubtful if change.mode == git.SYMLINK]
    now = {**git.hashes(root, files), **_same_links(root, links)}
    return [
        change
        for change in changes
        if change.mode != change.base_mode or now.get(change.path) != change.base_blob
    ]


def _same_links(root: Path, links: Sequence[Change]) -> dict[str, str]:
    """The blobs of those that lead where they led. To hash one would be to hash where it leads."""
    contents = git.contents(root, (link.base_blob for link in links))
    return {
        link.path: link.base_blob
        for link in links
        if contents[link.base_blob] == os.fsencode(os.readlink(root / link.path))
    }


def _not_in_index(root: Path) -> Iterator[Change]:
    """The untracked files, and those with a conflict, which the diff of the files does not tell."""
    command = ("ls-files", "-t", "-z", "--others", "--unmerged", "--exclude-standard")
    for record in git.run(root, *command).split(b"\0")[:-1]:
        tag, _, rest = record.partition(b" ")
        if tag == b"?":
            yield on_disk(root, os.fsdecode(rest))
        else:
            yield Change("U", os.fsdecode(rest.partition(b"\t")[2]), "", "", "", "", "")
