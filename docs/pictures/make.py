"""Draws a pull request with its annotations, from a results file: docs/pictures/pull-request.png

    python docs/pictures/make.py RESULTS REPOSITORY BASE HEAD [PICTURE]

Takes the most important finding of each stage, and shows each under its line: in the changed lines
where it has one there, else in the file that asked for the check. Needs git and chromium.
"""

from __future__ import annotations

import html
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from smokealarm.finding import Level
from smokealarm.report import wording
from smokealarm.report.annotations import message, title
from smokealarm.report.ranking import Entry, entries, folded, ranked
from smokealarm.results import Results, read

HERE = Path(__file__).resolve().parent
AROUND = 4  # lines shown before an annotation
AFTER = 1  # and after it
WIDTH, SCALE = 800, 1.25  # CSS pixels, and pixels of the picture for each
HEAVIEST = 300_000  # bytes
_HUNK = re.compile(r"@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@")


class Line(NamedTuple):
    """A line of a file, with its number before and after the change and what became of it."""

    old: int | None
    new: int | None
    kind: str  # "added", "removed" or "kept"
    text: str


def main(arguments: list[str]) -> None:
    """Draw the picture that the arguments ask for."""
    results, repository, base, head = read(Path(arguments[0])), Path(arguments[1]), *arguments[2:4]
    picture = Path(arguments[4]) if len(arguments) > 4 else HERE / "pull-request.png"
    shown = chosen(results)
    files = {path: lines_of(repository, base, head, path) for path in places(shown)}
    screenshot(page(results, shown, files), picture)
    weight = picture.stat().st_size
    print(f"{picture}: {weight:,} bytes, {len(shown)} annotations")
    if weight > HEAVIEST:
        sys.exit(f"{picture} is too heavy for a README: more than {HEAVIEST:,} bytes")


def chosen(results: Results) -> list[Entry]:
    """The most important finding of each stage, in the order of the stages."""
    first: dict[str, Entry] = {}
    for entry in ranked(folded(entries(results))):
        if entry.finding.path:
            first.setdefault(entry.stage, entry)
    stages = list(dict.fromkeys(outcome.stage for outcome in results.outcomes))
    return sorted(first.values(), key=lambda entry: (stages + [entry.stage]).index(entry.stage))


def places(shown: list[Entry]) -> list[str]:
    """The files to show, each once."""
    return list(dict.fromkeys(entry.finding.path or "" for entry in shown))


def lines_of(repository: Path, base: str, head: str, path: str) -> list[Line]:
    """The whole file as the change shows it: kept lines, and pairs of removed and added ones."""
    diff = git(repository, "diff", "--unified=1000000", f"{base}...{head}", "--", path)
    if _HUNK.search(diff):
        return list(changed_lines(diff))
    kept = git(repository, "show", f"{head}:{path}").splitlines()
    return [Line(number, number, "kept", text) for number, text in enumerate(kept, 1)]


def changed_lines(diff: str) -> Iterator[Line]:
    """The lines of a diff of one file."""
    old = new = 0
    for text in diff.splitlines():
        if hunk := _HUNK.match(text):
            old, new = int(hunk[1]), int(hunk[2])
        elif not new or text.startswith("\\"):
            continue
        elif text.startswith("-"):
            yield Line(old, None, "removed", text[1:])
            old += 1
        else:
            added = text.startswith("+")
            yield Line(None if added else old, new, "added" if added else "kept", text[1:])
            old, new = old + (not added), new + 1


def git(repository: Path, *arguments: str) -> str:
    """What git prints."""
    command = ["git", "-C", str(repository), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def page(results: Results, shown: list[Entry], files: dict[str, list[Line]]) -> str:
    """The whole page."""
    left_out = sum(len(entry.repeats) + 1 for entry in folded(entries(results))) - len(shown)
    more = f"{wording.plural(left_out, 'more finding')} in the job summary" if left_out else ""
    body = "".join(
        card(path, lines, [entry for entry in shown if entry.finding.path == path])
        for path, lines in files.items()
    )
    return (
        (HERE / "page.html")
        .read_text(encoding="utf-8")
        .format(
            verdict=results.verdict.value,
            headline=html.escape(wording.headline(results)),
            more=html.escape(more),
            body=body,
        )
    )


def card(path: str, lines: list[Line], here: list[Entry]) -> str:
    """One file: the lines around its annotations, with the annotations under them."""
    wanted = {last_line(entry) for entry in here}
    rows = []
    drawn = -1
    for index in sorted({near for at in positions(lines, wanted) for near in around(at)}):
        if index >= len(lines):
            continue
        rows.append(GAP if index > drawn + 1 else "")
        rows.append(row(lines[index]))
        rows += [annotation(entry) for entry in here if lines[index].new == last_line(entry)]
        drawn = index
    is_changed = any(line.kind != "kept" for line in lines)
    aside = "" if is_changed else "<span>unchanged, and asked for the check</span>"
    name = f"<header>{html.escape(path)}{aside}</header>"
    return f"<section>{name}<table>{''.join(rows)}</table></section>"


def around(at: int) -> range:
    """The indexes shown for an annotation at this one."""
    return range(max(at - AROUND, 0), at + AFTER + 1)


def positions(lines: list[Line], wanted: set[int]) -> list[int]:
    """Where the lines of these numbers stand."""
    return [index for index, line in enumerate(lines) if line.new in wanted]


def last_line(entry: Entry) -> int:
    """The line under which an annotation stands."""
    finding = entry.finding
    return finding.end_line or finding.line or 1


GAP = '<tr class="gap"><td></td><td></td><td>⋯</td></tr>'


def row(line: Line) -> str:
    """A line of code."""
    sign = {"added": "+", "removed": "−", "kept": " "}[line.kind]
    old, new = (f"<td>{number or ''}</td>" for number in (line.old, line.new))
    code = f"<td><i>{sign}</i>{html.escape(line.text)}</td>"
    return f'<tr class="{line.kind}">{old}{new}{code}</tr>'


def annotation(entry: Entry) -> str:
    """What GitHub shows under the line: the title and the paragraphs of the same command."""
    level = {Level.FAILURE: "Failure", Level.WARNING: "Warning", Level.NOTICE: "Notice"}
    first, *rest = message(entry).split("\n\n")
    told = "".join(f"<p>{html.escape(part)}</p>" for part in rest)
    name = html.escape(title(entry))
    kind = entry.finding.level.value
    return (
        f'<tr><td colspan="3"><aside class="{kind}"><b>{level[entry.finding.level]}</b>'
        f"<code>{name}</code><p class=said>{html.escape(first)}</p>{told}</aside></td></tr>"
    )


def screenshot(text: str, picture: Path) -> None:
    """The page as a PNG, as high as its content."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "page.html")
        file.write_text(text, encoding="utf-8")
        height = re.search(r'data-height="(\d+)"', chromium(folder, "--dump-dom", file.as_uri()))
        size = f"--window-size={WIDTH},{height[1] if height else 1000}"
        draft = Path(folder, "picture.png")
        chromium(folder, size, f"--screenshot={draft}", file.as_uri())
        picture.write_bytes(draft.read_bytes())


def chromium(folder: str, *arguments: str) -> str:
    """What a headless chromium prints, with a profile of its own."""
    command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
    command += ["--disable-background-networking", f"--user-data-dir={folder}/profile"]
    command += [f"--force-device-scale-factor={SCALE}"]
    if "--dump-dom" in arguments:
        command.append(f"--window-size={WIDTH},1000")
    done = subprocess.run([*command, *arguments], check=True, capture_output=True, text=True)
    return done.stdout


if __name__ == "__main__":
    main(sys.argv[1:])
