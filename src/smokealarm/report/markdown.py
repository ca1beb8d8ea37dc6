"""GitHub-flavoured Markdown from text that may be hostile: it is shown, and does nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from smokealarm.report.plain import one_line

# No emphasis, code, links, images, tags, footnotes, tables, formulas, entities or URLs.
_MEANT = re.compile(r"[\\`*_{}\[\]<>#|~&:$@!^]|(?<=www)\.", re.IGNORECASE)
# GitHub finds mentions and issue numbers in the finished page, where entities are characters again.
_LINKED = re.compile(r"@(?=\w)|#(?=\d)|(?<=\bgh)-(?=\d)", re.IGNORECASE)
_BREAKER = "\u2060"  # word joiner: no width, no line break
_SAFE_URL = re.compile(r"https://[\w.-]+(/[\w./#=%?-]*)?", re.ASCII)


def text(raw: str, limit: int = 300) -> str:
    """The text on one line, as a reader would see it in a log."""
    return _MEANT.sub(_entity, _LINKED.sub(_unlinked, one_line(raw, limit)))


def code(raw: str, limit: int = 300) -> str:
    """The same in the type of code, where GitHub looks for no mentions."""
    shown = text(raw, limit)
    return f"<code>{shown}</code>" if shown else ""


def link(label: str, url: str) -> str:
    """The finished label, linked where the address is a plain one."""
    return f"[{label}]({url})" if _SAFE_URL.fullmatch(url) else label


def row(cells: Iterable[str]) -> str:
    """A row of a table, of finished cells."""
    return f"| {' | '.join(cells)} |"


def table(
    header: Sequence[str], rows: Iterable[Sequence[str]], right: Sequence[int] = ()
) -> list[str]:
    """A table of finished cells; the columns named in `right` hold numbers."""
    rule = ["---:" if column in right else "---" for column in range(len(header))]
    return [row(header), row(rule), *map(row, rows)]


def fence(lines: Iterable[str], language: str = "text") -> list[str]:
    """A block of code that nothing in it can end."""
    return [f"```{language}", *(line.replace("`", "'") for line in lines), "```"]


def details(summary: str, lines: Iterable[str]) -> list[str]:
    """A part that is folded away, under a finished summary."""
    return ["<details>", f"<summary>{summary}</summary>", "", *lines, "", "</details>"]


def size(line: str) -> int:
    """What the line costs in the file, with its line break."""
    return len(line.encode("utf-8", "replace")) + 1


def fitting(lines: Sequence[str], budget: int) -> list[str]:
    """As many of the first lines as the budget of bytes allows."""
    kept = []
    for line in lines:
        budget -= size(line)
        if budget < 0:
            break
        kept.append(line)
    return kept


def _entity(match: re.Match[str]) -> str:
    return f"&#{ord(match.group())};"


def _unlinked(match: re.Match[str]) -> str:
    return match.group() + _BREAKER
