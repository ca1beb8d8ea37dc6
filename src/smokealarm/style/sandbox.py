"""A private copy of what the tools need to see: the changed files, and what steers the verdict."""

from __future__ import annotations

import posixpath
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from smokealarm import git
from smokealarm.style.source import Source, Sources, place_of
from smokealarm.workspace import ChangedFile, Workspace

CONFIGURATION = (
    "pyproject.toml",
    "setup.cfg",
    "tox.ini",
    ".flake8",
    ".shellcheckrc",
    "shellcheckrc",
)
# `. lib.sh`, `source "$DIR/lib.sh"`, `# shellcheck source=lib.sh`: only the last part matters here.
_SOURCED = re.compile(rb"""(?:(?<![\w./-])(?:source|\.)[ \t]+|\bsource=)([^\n;&|#]+)""")
_WORD = re.compile(rb"""[^\s"'/]+""")

Wanted = Callable[[str], bool]


class Sandbox(Struct, frozen=True, kw_only=True):
    """The private folder, and the files that go beside the judged ones, by their place in it."""

    root: Path
    folder: Path
    companions: Mapping[str, bytes]

    def written(self, name: str, contents: Mapping[Source, bytes]) -> Sources:
        """The sources on disk with these contents, in a folder of their own."""
        folder = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=self.folder))
        (folder / ".git").mkdir()  # where black and pip stop looking for a project
        placed = {source.place: content for source, content in contents.items()}
        for place, content in {**self.companions, **placed}.items():
            target = folder / place
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        return Sources(folder=folder, files=tuple(contents))

    def at_base(self, sources: Sequence[Source]) -> Sources:
        """The same files as they were before the change, under the configuration of after it."""
        blobs = git.contents(self.root, (source.file.base_blob for source in sources))
        return self.written("base", {source: blobs[source.file.base_blob] for source in sources})


def sandbox(
    workspace: Workspace, files: Sequence[ChangedFile], folder: Path
) -> tuple[Sandbox, Sources]:
    """The files as they are judged, beside their configuration and the scripts that they source."""
    contents = _contents(workspace, files)
    companions = _configuration(workspace, files)
    scripts = [contents[file.path] for file in files if file.language == "shell"]
    if any(_SOURCED.search(script) for script in scripts):
        companions.update(_sourced(workspace, scripts))
    made = Sandbox(
        root=workspace.root,
        folder=folder,
        companions={place_of(path): content for path, content in companions.items()},
    )
    sources = {
        Source(path=file.path, place=place_of(file.path), file=file): contents[file.path]
        for file in files
    }
    return made, made.written("head", sources)


def _contents(workspace: Workspace, files: Iterable[ChangedFile]) -> dict[str, bytes]:
    files = list(files)
    blobs = git.contents(workspace.root, (file.blob for file in files if file.blob))
    return {
        file.path: blobs[file.blob] if file.blob else (workspace.root / file.path).read_bytes()
        for file in files
    }


def _configuration(workspace: Workspace, files: Iterable[ChangedFile]) -> dict[str, bytes]:
    """The tools' configuration as it is judged: in the folders of the files and all above them."""
    folders = {folder for file in files for folder in _folders(file.path)}
    names = {posixpath.join(folder, name) for folder in folders for name in CONFIGURATION}
    listed = git.entries(workspace.root, workspace.changes.head, sorted(names))
    return _as_judged(workspace, listed, names.__contains__)


def _sourced(workspace: Workspace, scripts: Sequence[bytes]) -> dict[str, bytes]:
    """Every file of a name that a script sources, and what those source in turn."""
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
        found.update(more)
        fresh = more.values()


def _as_judged(
    workspace: Workspace, listed: Iterable[git.Entry], wanted: Wanted
) -> dict[str, bytes]:
    """The wanted files: as changed where they are part of the change, else as listed."""
    changed = [file for file in workspace.changes.files if wanted(file.path)]
    unchanged = [
        ChangedFile(path=entry.path, blob=entry.blob)
        for entry in listed
        if wanted(entry.path) and entry.mode not in (git.SYMLINK, git.SUBMODULE)
    ]
    return _contents(workspace, {file.path: file for file in [*unchanged, *changed]}.values())


def _names_sourced(script: bytes) -> Iterator[str]:
    for words in _SOURCED.findall(script):
        for word in _WORD.findall(words):
            yield word.decode(errors="surrogateescape")


def _folders(path: str) -> Iterator[str]:
    """The folder of the file and every one above it; the root is ""."""
    while path:
        path = posixpath.dirname(path)
        yield path
