"""Workflow commands: what GitHub shows under the lines of a pull request.

https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

from smokealarm.finding import Finding, Level
from smokealarm.report import wording
from smokealarm.report.plain import defused, one_line, visible
from smokealarm.report.ranking import Entry, entries, folded, ranked, weight
from smokealarm.results import Results

COMMANDS = {Level.FAILURE: "error", Level.WARNING: "warning", Level.NOTICE: "notice"}
MOST = {
    Level.FAILURE: 10,
    Level.WARNING: 10,
    Level.NOTICE: 9,
}  # a step may; the last line is a notice
LONGEST = 4096  # UTF-16 units, as the runner counts (actions/runner, ExecutionContext.AddIssue)


def render(results: Results, *, width: int | None = None, colour: bool = False) -> str:
    """One command a line, the digest, and a last line that says what the commands leave out."""
    queue = ranked(folded(entries(results)))
    shown = [entry for level in reversed(Level) for entry in _of(queue, level)[: MOST[level]]]
    hidden = weight(entry for level in Level for entry in _of(queue, level)[MOST[level] :])
    digest = [f"smokealarm: digest {told}" for told in [wording.digest(results)] if told]
    lines = [*map(_command, shown), *digest, _last_line(results, hidden)]
    return "".join(f"{line}\n" for line in lines)


def _of(queue: list[Entry], level: Level) -> list[Entry]:
    return [entry for entry in queue if entry.finding.level is level]


def _command(entry: Entry) -> str:
    finding = entry.finding
    properties = {**_position(finding), "title": title(entry)}
    inner = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{COMMANDS[finding.level]} {inner}::{_data(shortened(message(entry)))}"


def title(entry: Entry) -> str:
    case = one_line(entry.finding.case, 100)
    return _unforged(one_line(entry.rule, 100) + (f" ({case})" if case else "")) or "smokealarm"


def message(entry: Entry) -> str:
    """What was seen, where else, and what to do: one paragraph each. The numbers are in the summary."""
    finding = entry.finding
    also = wording.repeated(entry)
    parts = (
        visible(finding.message[: 2 * LONGEST]).strip() or "(no message)",
        also[:1].upper() + also[1:],
        visible(finding.remedy[:LONGEST]).strip(),
    )
    return _unforged("\n\n".join(part for part in parts if part))


def shortened(text: str) -> str:
    """As much of the text as the runner keeps, with a sign where more was said."""
    if _units(text) <= LONGEST:
        return text
    kept = text.encode("utf-16-le")[: 2 * (LONGEST - 1)].decode("utf-16-le", "ignore")
    return kept + "…"


def _position(finding: Finding) -> dict[str, str]:
    if not finding.path:
        return {}
    line = wording.line_of(finding.line) or 1
    end = max(wording.line_of(finding.end_line) or line, line)
    position = {"file": _unforged(visible(finding.path)), "line": line, "endLine": end}
    column = None if finding.line is None else wording.line_of(finding.column)
    if column and end == line:  # GitHub refuses columns on a range of lines
        position["col"] = column
        position["endColumn"] = max(wording.line_of(finding.end_column) or column, column)
    return {name: str(value) for name, value in position.items()}


def _last_line(results: Results, hidden: dict[Level, int]) -> str:
    verdict = wording.headline(results)
    if not any(hidden.values()):
        return defused(f"smokealarm: {verdict}; nothing is hidden")
    more = wording.levels(hidden, "more ")
    are = "is" if sum(hidden.values()) == 1 else "are"
    text = f"{more} {are} not shown here: GitHub takes only 10 of each level from one step."
    where = "The job summary lists the most important, and the results file holds every one."
    name = _property(f"smokealarm: {results.verdict.value}")
    return f"::notice title={name}::{_data(f'{text} {where}')}"


def _unforged(text: str) -> str:
    return text.replace("##[", "## [")


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
