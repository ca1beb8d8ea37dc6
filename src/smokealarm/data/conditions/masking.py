"""What pandas adds to Python's expressions, rewritten so that Python's parser reads it."""

from __future__ import annotations

import re
from typing import NamedTuple

# A text; a name in backticks; the signs that pandas reads as `and` and `or`; the start of a comment.
_PIECE = re.compile(r"""('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")|`([^`]*)`|([&|])|(#)|(\s)""", re.S)
_WORDS = {"&": " and ", "|": " or "}


class Masked(NamedTuple):
    """The rewritten text, where each of its characters was, and the names that stood in backticks."""

    text: str
    origins: list[int]
    names: dict[str, str]

    def origin(self, at: int) -> int:
        """Where the character of the rewritten text was written."""
        return self.origins[min(at, len(self.origins) - 1)] if self.origins else 0


def masked(source: str) -> Masked:
    """Give names in backticks names that Python takes; let & and | bind as weakly as pandas does."""
    result = Masked("", [], {})
    pieces: list[str] = []
    end = 0
    for found in _PIECE.finditer(source):
        _keep(result, pieces, source, end, found.start())
        text, name, sign, comment, blank = found.groups()
        if name is not None:
            new = f"backticked_{len(result.names)}_"
            result.names[new] = name
        else:
            new = text or _WORDS.get(sign or "") or ("\0" if comment else " ")
        pieces.append(new)
        # A text stays as it is, so its characters keep their places.
        result.origins.extend(found.start() + (at if text else 0) for at in range(len(new)))
        end = found.end()
    _keep(result, pieces, source, end, len(source))
    return result._replace(text="".join(pieces))


def _keep(result: Masked, pieces: list[str], source: str, start: int, end: int) -> None:
    pieces.append(source[start:end])
    result.origins.extend(range(start, end))
