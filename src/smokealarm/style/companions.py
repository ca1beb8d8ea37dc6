"""What goes beside the judged files: the tools' configuration, and what scripts and linters read."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from smokealarm import git
from smokealarm.workspace import ChangedFile, Workspace

# `. lib.sh`, `source "$DIR/lib.sh"`, `# shellcheck source=lib.sh`: only the last part matters here.
_SOURCED = re.compile(rb"""(?:(?<![\w./-])(?:source|\.)[ \t]+|\bsource=)([^\n;&|#]+)""")
_WORD = re.compile(rb"""[^\s"'/]+""")

Wanted = Callable[[str], bool]


def contents_of(workspace: Workspace, files: Iterable[ChangedFile]) -> dict[str, bytes]:
    """The bytes of each file by its path: its blob's, or what is on disk where it has none."""
    return contents_and_bases(workspace, list(files), ())[0]


def contents_and_bases(
    workspace: Workspace, files: Collection[ChangedFile], edited: Iterable[ChangedFile]
) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """The same, and the base of each edited file by its blob: read at once, by one start of git."""
    bases = {file.base_blob for file in edited if file.base_blob}
    heads = {file.blob for file in files if file.blob}
    blobs = git.contents(workspace.root, heads | bases)
    contents = {
        file.path: blobs[file.blob] if file.blob else (workspace.root / file.path).read_bytes()
        for file in files
    }
    return contents, {blob: blobs[blob] for blob in bases}


def configuration(
    workspace: Workspace, files: Iterable[ChangedFile], names: Iterable[str]
) -> list[ChangedFile]:
    """The files of these names as they are judged: in the folders of the files and all above them."""
    above = {folder for file in files for folder in folders(file.path)}
    paths = {posixpath.join(folder, name) for folder in above for name in names}
    listed = git.entries(workspace.root, workspace.changes.head, sorted(paths))
    return _as_judged(workspace, listed, paths.__contains__)


def sourced(workspace: Workspace, scripts: Sequence[bytes]) -> dict[str, bytes]:
    """Every file of a name that a script sources, and what those source in turn."""
    if not any(_SOURCED.search(script) for script in scripts):
        return {}
    listed = git.entries(workspace.root, workspace.changes.head)
    found: dict[str, bytes] = {}
    fresh: Iterable[bytes] = scripts
    while True:
        names = {name for script in fresh for name in _names_sourced(script)}
        more = _as_judged(
            workspace,
            [entry for entry in listed if entry.path not in found],
            lambda path: posixpath.basename(path) in names and path not in found,
        )
        if not more:
            return found
        contents = contents_of(workspace, more)
        found.update(contents)
        fresh = contents.values()


def reached_by(script: bytes, companions: Mapping[str, bytes]) -> set[str]:
    """Of the companions, those that the script may source, directly or not."""
    reached: set[str] = set()
    fresh = [script]
    while fresh:
        names = {name for content in fresh for name in _names_sourced(content)}
        more = {place for place in companions if posixpath.basename(place) in names} - reached
        reached |= more
        fresh = [companions[place] for place in more]
    return reached


def below(workspace: Workspace, tops: Iterable[str]) -> dict[str, bytes]:
    """Every file at or under these paths, as it is judged; "" is the whole repository."""
    wanted = sorted(tops)
    if not wanted:
        return {}
    listed = git.entries(workspace.root, workspace.changes.head, None if "" in wanted else wanted)
    return contents_of(
        workspace,
        _as_judged(workspace, listed, lambda path: not {path, *folders(path)}.isdisjoint(wanted)),
    )


def named_by(pattern: re.Pattern[bytes], configuration: Mapping[str, bytes]) -> Iterator[str]:
    """The paths that the pattern finds, each relative to the folder of its configuration."""
    for path, content in configuration.items():
        for name in pattern.findall(content):
            folder = posixpath.dirname(path)
            path_of_it = posixpath.normpath(posixpath.join(folder, os.fsdecode(name)))
            if not path_of_it.startswith(("/", "..")):
                yield path_of_it


def folders(path: str) -> Iterator[str]:
    """The folder of the file and every one above it; the root is ""."""
    while path:
        path = posixpath.dirname(path)
        yield path


def _as_judged(
    workspace: Workspace, listed: Iterable[git.Entry], wanted: Wanted
) -> list[ChangedFile]:
    """The wanted files: as changed where they are part of the change, else as listed."""
    changed = [file for file in workspace.changes.files if wanted(file.path)]
    unchanged = [
        ChangedFile(path=entry.path, blob=entry.blob)
        for entry in listed
        if wanted(entry.path) and entry.mode not in (git.SYMLINK, git.SUBMODULE)
    ]
    return list({file.path: file for file in [*unchanged, *changed]}.values())


def _names_sourced(script: bytes) -> Iterator[str]:
    for words in _SOURCED.findall(script):
        for word in _WORD.findall(words):
            yield word.decode(errors="surrogateescape")
