"""HTML from text that may be hostile: it is shown, and does nothing."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence

from smokealarm.report.plain import cut, one_line, visible

_SAFE_URL = re.compile(r"https?://[\w.-]+(:[0-9]+)?([/?#][!-~]*)?", re.ASCII)
_QUOTED = re.compile(r"`([^`\n]+)`")


def text(raw: str, limit: int = 300) -> str:
    """The text on one line, as a reader would see it in a log."""
    return html.escape(one_line(raw, limit))


def block(raw: str, limit: int = 4000) -> str:
    """The text with its line breaks, for an element that keeps them; `names` in the type of code."""
    return _QUOTED.sub(
        r"<code>\1</code>", html.escape(cut(visible(raw[: 4 * limit]).strip("\n"), limit))
    )


def code(raw: str, limit: int = 300) -> str:
    """The text on one line, in the type of code; nothing where there is no text."""
    shown = text(raw, limit)
    return f"<code>{shown}</code>" if shown else ""


def element(name: str, *content: str, **attributes: str | float) -> str:
    """An element around finished content. `class_` is written class, and `aria_label` aria-label."""
    told = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{html.escape(str(value))}"'
        for key, value in attributes.items()
    )
    return f"<{name}{told}>{''.join(content)}</{name}>"


def link(label: str, url: str) -> str:
    """The finished label, linked where the address is one of the web."""
    if not _SAFE_URL.fullmatch(url):
        return label
    return element("a", label, href=url, rel="noreferrer")


def items(lines: Iterable[str], **attributes: str) -> str:
    """A list of finished lines; nothing where there is none."""
    rows = "".join(f"<li>{line}</li>\n" for line in lines)
    return element("ul", "\n", rows, **attributes) if rows else ""


def details(summary: str, *content: str, is_open: bool = False) -> str:
    """A part that is folded away, under a finished summary."""
    shown = {"open": ""} if is_open else {}
    return element("details", f"<summary>{summary}</summary>\n", *content, **shown) + "\n"


def table(
    caption: str, header: Sequence[str], rows: Iterable[Sequence[str]], right: Iterable[int] = ()
) -> str:
    """A table of finished cells that scrolls by itself; the columns named in `right` hold numbers.

    The first cell of a row is its name, unless it is a number.
    """
    numbers = set(right)
    head = "".join(_cell("th", name, index in numbers, "col") for index, name in enumerate(header))
    body = "".join(f"<tr>{''.join(_cells(cells, numbers))}</tr>\n" for cells in rows)
    drawn = f"<table><thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody></table>"
    return element(
        "div", drawn, class_="scroll", role="group", tabindex=0, aria_label=html.unescape(caption)
    )


def _cells(cells: Sequence[str], numbers: set[int]) -> Iterable[str]:
    for index, cell in enumerate(cells):
        named = index == 0 and 0 not in numbers
        yield _cell("th" if named else "td", cell, index in numbers, "row" if named else "")


def _cell(name: str, content: str, is_number: bool, scope: str) -> str:
    attributes = {"scope": scope} if scope else {}
    return element(name, content, **attributes, **({"class_": "number"} if is_number else {}))
