"""Private folders with what a tool needs to see: the files, and what steers the verdict on them."""

from __future__ import annotations

import posixpath
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from smokealarm import git
from smokealarm.style.companions import (
    below,
    configuration,
    contents_and_bases,
    contents_of,
    folders,
    sourced,
)
from smokealarm.style.source import Source, Sources, place_of
from smokealarm.style.surroundings import Surroundings, sides
from smokealarm.style.tools.tool import Tool
from smokealarm.style.workshop import Workshop
from smokealarm.workspace import ChangedFile, Workspace


class Sandbox(Struct, frozen=True, kw_only=True):
    """Where private folders are made, and the files that go into each, by their place in it.

    `bases` are blobs that will be asked for where a file has findings, read beforehand.
    """

    workspace: Workspace
    room: Path
    companions: Mapping[str, bytes]
    bases: Mapping[str, bytes]
    before: Surroundings
    after: Surroundings
    workshop: Workshop | None = None

    def sources(self, files: Iterable[Source]) -> Sources:
        """The files, to be written when the first tool asks for their folder."""
        files = tuple(files)
        around = self.before if any(source.at_base for source in files) else self.after
        return Sources(files=files, write=self._written, around=around, workshop=self.workshop)

    def at_base(self, files: Sequence[ChangedFile]) -> Sources:
        """The files as they were before the change, under the configuration of after it."""
        unread = {file.base_blob for file in files} - self.bases.keys()
        blobs = {**self.bases, **git.contents(self.workspace.root, unread)}
        return self.sources(_source(file, blobs[file.base_blob], at_base=True) for file in files)

    def at_head(self, files: Sequence[ChangedFile]) -> Sources:
        """The files as they are after the change; one that is gone is empty."""
        kept = contents_of(self.workspace, (file for file in files if not file.deleted))
        return self.sources(_source(file, kept.get(file.path, b"")) for file in files)

    def beside(self, source: Source, tool: Tool) -> Iterator[str]:
        """The places of the companions on which the tool's verdict on the source depends."""
        for folder in folders(source.place):
            for name in tool.configuration:
                place = posixpath.join(folder, name)
                if place in self.companions:
                    yield place
        yield from tool.companions(source, self.companions)

    def _written(self, files: Iterable[Source]) -> Path:
        folder = Path(tempfile.mkdtemp(prefix="files-", dir=self.room))
        (folder / ".git").mkdir()  # where black and pip stop looking for a project
        placed = {source.place: source.content for source in files}
        for place, content in {**self.companions, **placed}.items():
            target = folder / place
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        return folder


def sandbox(
    workspace: Workspace,
    files: Sequence[ChangedFile],
    tools: Sequence[Tool],
    room: Path,
    workshop: Workshop | None = None,
) -> tuple[Sandbox, Sources]:
    """The files as they are judged, and what the tools find beside them and the rest of the change.

    What is laid out depends on the change alone, not on which of its files are judged here. A file in
    a language of none of the tools is not even read.
    """
    languages = {language for tool in tools for language in tool.languages}
    files = [file for file in files if file.language in languages]
    beside = [file for file in workspace.changes.beside if file.language in languages]
    kept = [file for file in [*files, *beside] if not file.deleted]
    names = {name for tool in tools for name in tool.configuration}
    steering = configuration(workspace, kept, sorted(names))
    scripts = [file for file in kept if file.language == "shell"]
    wanted = {file.path: file for file in [*steering, *scripts, *files]}
    contents, bases = contents_and_bases(workspace, wanted.values(), files)
    found = {file.path: contents[file.path] for file in steering}
    found |= sourced(workspace, [contents[script.path] for script in scripts])
    found |= below(workspace, {top for tool in tools for top in tool.told_to_read(found)})
    companions = {place_of(path): content for path, content in found.items()}
    before, after = sides(workspace, room)
    made = Sandbox(
        workspace=workspace,
        room=room,
        companions=companions,
        bases=bases,
        before=before,
        after=after,
        workshop=workshop,
    )
    return made, made.sources(_source(file, contents[file.path]) for file in files)


def _source(file: ChangedFile, content: bytes, *, at_base: bool = False) -> Source:
    place = place_of(file.path)
    return Source(path=file.path, place=place, content=content, file=file, at_base=at_base)
