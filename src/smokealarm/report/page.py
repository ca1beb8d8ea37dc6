"""A page of terminal text: indented, wrapped, coloured where that is wanted. The only room with rich."""

from __future__ import annotations

import codecs
import io

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.text import Text


class Page:
    """A console that writes into a string, and knows whether it may be fancy."""

    def __init__(self, width: int, colour: bool, fancy: bool) -> None:
        self.width = width
        self.fancy = fancy
        self._file = io.StringIO()
        self._console = Console(
            file=self._file,
            width=width,
            force_terminal=colour,
            color_system="standard" if colour else None,
            no_color=not colour,
            legacy_windows=False,
            highlight=False,
            markup=False,
            emoji=False,
            _environ={},  # the caller has read NO_COLOR and the rest
        )

    def say(self, *parts: tuple[str, str] | str, indent: int = 0, hang: int = 2) -> None:
        """Styled text that starts at `indent`; further lines hang `hang` deeper."""
        text = Text.assemble(*parts)
        first, *rest = text.wrap(self._console, max(self.width - indent - hang, 10)) or [Text()]
        for line, by in [(first, indent), *((line, indent + hang) for line in rest)]:
            line.rstrip()
            self.draw(Text(" " * by) + line)

    def draw(self, what: RenderableType, indent: int = 0) -> None:
        self._console.print(
            Padding(what, (0, 0, 0, indent)) if indent else what, soft_wrap=not indent
        )

    def gap(self) -> None:
        self._console.print()

    def sign(self, signs: tuple[str, str, str]) -> tuple[str, str]:
        return (signs[not self.fancy], f"bold {signs[2]}")

    def then(self) -> str:
        return "→" if self.fancy else "->"

    def text(self) -> str:
        text = self._file.getvalue()
        return text if self.fancy else text.replace("…", "...")


def known_encoding(encoding: str) -> str:
    try:
        return codecs.lookup(encoding).name
    except LookupError:
        return "ascii"


def has_characters(encoding: str, characters: str) -> bool:
    try:
        characters.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
