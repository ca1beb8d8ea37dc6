"""The changed files as they will be committed, laid out in a private folder for the tools to read."""

from __future__ import annotations

import posixpath
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from smokealarm import git
from smokealarm.workspace import ChangedFile, Workspace

# What the tools read of a project's own wishes. The configuration of the judged commit holds for the
# base version too: a rule that the change itself switches on makes no old line new.
CONFIGURATIONS = {"pyproject.toml", "setup.cfg", "tox.ini", ".flake8", ".shellcheckrc"}
SOURCED = (".sh", ".bash")  # shellcheck follows `source`, so that the other scripts are there too


class Sources(NamedTuple):
    """Changed files, under `head` as they are judged and under `base` as they were before."""

    head: Path
    base: Path
    files: tuple[ChangedFile, ...]
    only_new: bool

    def of(self, *languages: str) -> tuple[ChangedFile, ...]:
        return tuple(file for file in self.files if file.language in languages)

    def existed(self, files: Iterable[ChangedFile]) -> list[ChangedFile]:
        """Those of the files that there is an earlier version of."""
        return [file for file in files if file.base_blob]


@contextmanager
def laid_out(
    workspace: Workspace, files: Sequence[ChangedFile], only_new: bool
) -> Iterator[Sources]:
    """Two folders, each with the configuration of the tools; both are removed at the end.

    The working tree is read only for what is nowhere else, and nothing in the repository is written.
    """
    with tempfile.TemporaryDirectory(prefix="smokealarm-style-") as private:
        sources = Sources(Path(private, "head"), Path(private, "base"), tuple(files), only_new)
        settings = _settings(workspace, bool(sources.of("shell")))
        contents = git.contents(workspace.root, _blobs(files))
        before = {file.path: contents[file.base_blob] for file in sources.existed(files)}
        _fill(sources.base, {**settings, **before})
        now = {file.path: content_of(file, workspace.root, contents) for file in files}
        _fill(sources.head, {**settings, **now})
        yield sources


def content_of(file: ChangedFile, root: Path, contents: dict[str, bytes]) -> bytes:
    return contents[file.blob] if file.blob else (root / file.path).read_bytes()


def _blobs(files: Iterable[ChangedFile]) -> list[str]:
    return [blob for file in files for blob in (file.blob, file.base_blob) if blob]


def _settings(workspace: Workspace, with_scripts: bool) -> dict[str, bytes]:
    """The tools' configuration in every folder, as judged, and the scripts that may be sourced."""
    root, changes = workspace.root, workspace.changes
    entries = [
        entry
        for entry in git.entries(root, changes.head)
        if posixpath.basename(entry.path) in CONFIGURATIONS
        or (with_scripts and entry.path.endswith(SOURCED))
    ]
    regular = [entry for entry in entries if entry.mode.startswith("100")]
    contents = git.contents(root, [entry.blob for entry in regular])
    on_disk = [
        file
        for file in changes.files
        if not file.blob and posixpath.basename(file.path) in CONFIGURATIONS
    ]
    return {
        **{entry.path: contents[entry.blob] for entry in regular},
        **{file.path: (root / file.path).read_bytes() for file in on_disk},
    }


def _fill(folder: Path, contents: dict[str, bytes]) -> None:
    (folder / ".git").mkdir(parents=True)  # the tools take it for the root of a project
    for path, content in contents.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
