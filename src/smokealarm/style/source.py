"""The subject of the stage: changed files, written out where tools can read them."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from pathlib import Path

from msgspec import Struct, structs

from smokealarm.style.surroundings import Surroundings
from smokealarm.style.workshop import Workshop
from smokealarm.workspace import ChangedFile


class Source(Struct, frozen=True, kw_only=True):
    """A file as it is judged: `path` is its name in the repository, `place` its name for the tools.

    The two differ only where the name would make a tool stumble, see `place_of`. `at_base` is set
    where the content is that of before the change.
    """

    path: str
    place: str
    content: bytes
    file: ChangedFile
    at_base: bool = False

    @property
    def lines(self) -> list[str]:
        """The content as lines, for people and for comparison."""
        return lines_of(self.content)


class Sources(Struct, frozen=True, kw_only=True, dict=True):
    """Files as one commit has them; `write` puts them into a private folder, when a tool needs it.

    `around` is the rest of the repository at that commit, `workshop` where its tools are at hand.
    """

    files: tuple[Source, ...]
    write: Callable[[Iterable[Source]], Path]
    around: Surroundings
    workshop: Workshop | None = None

    @cached_property
    def folder(self) -> Path:
        """The private folder, with the tools' configuration. A tool may write in it: nobody shares it."""
        return self.write(self.files)

    @cached_property
    def paths(self) -> Mapping[str, str]:
        """The path of each place."""
        return {source.place: source.path for source in self.files}

    def lay_out_names(self, *extensions: str) -> None:
        """Let a tool see which files of these extensions there are: an empty one stands for each."""
        for name in self.around.names:
            target = self.folder / place_of(name)
            if name.endswith(extensions) and not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                target.touch()

    def end_search_at(self, name: str, other: str, *, section: bytes) -> None:
        """Let no tool look above the private folder for the configuration that the root has not.

        An empty file of this name ends the search, unless the section is in the other one.
        """
        steering = self.folder / other
        if not steering.is_file() or section not in steering.read_bytes():
            (self.folder / name).touch()

    def of(self, *languages: str) -> tuple[Source, ...]:
        """The files in one of the languages."""
        return tuple(source for source in self.files if source.file.language in languages)

    def only(self, files: Iterable[Source]) -> Sources:
        """These of the files, for a folder of their own."""
        return structs.replace(self, files=tuple(files))


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
