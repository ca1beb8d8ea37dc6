"""The subject of the stage: changed files, written out where tools can read them."""

from __future__ import annotations

import shlex
import shutil
import tempfile
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from msgspec import Struct

from smokealarm.workspace import ChangedFile


class Source(Struct, frozen=True, kw_only=True):
    """A changed file: `path` is its name in the repository, `place` its name in the private folder.

    The two differ only where the name would make a tool stumble, see `place_of`.
    """

    path: str
    place: str
    file: ChangedFile


class Sources(Struct, frozen=True, kw_only=True, dict=True):
    """Files as one commit has them, in a private folder beside their tools' configuration."""

    folder: Path
    files: tuple[Source, ...]

    @cached_property
    def paths(self) -> Mapping[str, str]:
        """The path of each place."""
        return {source.place: source.path for source in self.files}

    def of(self, *languages: str) -> tuple[Source, ...]:
        """The files in one of the languages."""
        return tuple(source for source in self.files if source.file.language in languages)

    def content(self, source: Source) -> bytes:
        """What the tools read."""
        return (self.folder / source.place).read_bytes()

    def lines(self, source: Source) -> list[str]:
        """The same as lines, for people and for comparison."""
        return lines_of(self.content(source))

    def copied(self, name: str) -> Sources:
        """The same in a folder of its own, for a tool that writes."""
        folder = tempfile.mkdtemp(prefix=f"{name}-", dir=self.folder.parent)
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        return Sources(folder=Path(folder), files=self.files)


def lines_of(content: bytes) -> list[str]:
    """The lines as every tool here counts them: a form feed does not end one."""
    text = content.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
    return text.removesuffix("\n").split("\n")


def place_of(path: str) -> str:
    """A name that every tool can print: what is not printable is written as its number.

    Otherwise a newline would tear a report apart, and a byte that is not UTF-8 crashes flake8. The
    character that brackets a number is not printable either, so no two paths get the same place.
    """
    return "".join(
        character if character.isprintable() else f"\ue000{ord(character):x}\ue000"
        for character in path
    )


def quoted(path: str) -> str:
    """The path as a person may paste it into a shell."""
    return shlex.quote(path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace"))
