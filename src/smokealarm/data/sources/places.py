"""Where a row of the table stands: in which file, as which row of it, and on which line."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence

from msgspec import structs

from smokealarm.data.questions import Example
from smokealarm.data.sources import text_files
from smokealarm.data.sources.source import Source


def placed(found: Iterable[Example], source: Source, starts: Sequence[int]) -> list[Example]:
    """The examples with their lines, and with their files where the table has several."""
    found = list(found)
    lines = lines_of((example.row for example in found), source, starts)
    return [_placed(example, lines, source, starts) for example in found]


def _placed(
    example: Example, lines: Mapping[int, int], source: Source, starts: Sequence[int]
) -> Example:
    at = _part(example.row, starts)
    return structs.replace(
        example,
        row=example.row - starts[at],
        line=lines.get(example.row),
        file=source.parts[at].name if len(source.parts) > 1 else "",
    )


def lines_of(rows: Iterable[int], source: Source, starts: Sequence[int]) -> dict[int, int]:
    """The lines of these rows of the table, which count from 1, where the rows stand on lines."""
    by_part: dict[int, list[int]] = {}
    for row in rows if source.format.lined else ():
        by_part.setdefault(_part(row, starts), []).append(row)
    return {
        row + starts[at]: line
        for at, those in by_part.items()
        for row, line in text_files.lines_of(
            source.parts[at], [row - starts[at] for row in those]
        ).items()
    }


def _part(row: int, starts: Sequence[int]) -> int:
    """The file in which the row stands; one without rows begins where the next one does."""
    return bisect_right(starts, row - 1) - 1
