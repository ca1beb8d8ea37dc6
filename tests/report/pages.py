"""A browser's reading of a page, strict where a browser forgives, and a real browser."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

from tests.container.components import lack

VOID = {"meta", "link"}
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
MEASURE = """
<script>
const seen = [];
addEventListener("load", () => {
  for (const frame of document.querySelectorAll("iframe")) {
    const page = frame.contentDocument;
    const all = (name) => [...page.querySelectorAll(name)];
    const box = (one) => one.getBoundingClientRect();
    seen.push({
      width: page.documentElement.scrollWidth,
      lines: all("path.line").map((one) => box(one).width),
      labels: all("svg[role=img] text").filter((one) => box(one).width).map((one) => {
        const at = box(one);
        const hit = page.elementFromPoint((at.left + at.right) / 2, (at.top + at.bottom) / 2);
        return hit === one && at.left >= 0 && at.right <= frame.clientWidth;
      }),
      letters: Math.min(...all("svg text").map((one) => parseFloat(getComputedStyle(one).fontSize))),
      active: all("script, img, iframe, object, form, [onerror], [onload]").length,
      ground: getComputedStyle(page.body).backgroundColor,
    });
  }
  document.body.dataset.seen = JSON.stringify(seen);
});
</script>
"""


class Element(NamedTuple):
    name: str
    attributes: dict[str, str]


class Reader(HTMLParser):
    """Elements and texts of a page. A tag that is not closed where it should be is an error."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self.headings: list[str] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(page)
        self.close()
        assert not self._open, f"never closed: {self._open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"an attribute twice: {tag} {names}"
        self.elements.append(Element(tag, {name: value or "" for name, value in attrs}))
        if tag in ("h1", "h2"):
            self.headings.append("")
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open and self._open.pop() == tag, f"</{tag}> closes nothing"

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        if {"h1", "h2"} & set(self._open):
            self.headings[-1] += data

    @property
    def text(self) -> str:
        return "".join(self.words)

    def named(self, name: str) -> list[dict[str, str]]:
        """The attributes of every element of that name."""
        return [element.attributes for element in self.elements if element.name == name]


class Seen(NamedTuple):
    """What a browser made of a page."""

    width: float
    lines: list[float]  # how wide each line of a chart is
    labels: list[bool]  # of charts: whether each can be seen
    letters: float  # the size of the smallest of them
    active: int  # elements that could do something
    ground: str


def seen(pages: list[str], width: int, folder: Path, *options: str) -> list[Seen]:
    """The pages in a real browser, each in a window of that width."""
    frames = "".join(
        f'<iframe style="border:0;width:{width}px;height:9000px" srcdoc="{html.escape(page)}"></iframe>'
        for page in pages
    )
    file = folder / "pages.html"
    file.write_text(f"<!doctype html><title>pages</title><body>{frames}{MEASURE}", encoding="utf-8")
    command = [_browser(), "--headless", "--no-sandbox", "--disable-gpu", *options]
    command += [
        "--hide-scrollbars",
        "--disable-background-networking",
        f"--user-data-dir={folder / 'profile'}",
    ]
    command += ["--virtual-time-budget=20000", "--dump-dom", file.as_uri()]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=120)
    told = re.search(r'data-seen="([^"]*)"', done.stdout)
    assert told, done.stderr
    return [Seen(**one) for one in json.loads(html.unescape(told[1]))]


def _browser() -> str:
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        lack("chromium is not installed")
    return str(path)
