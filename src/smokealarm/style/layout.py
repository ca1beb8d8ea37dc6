"""A formatter's finding: one for a file, because one command mends it, about each place that differs."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import structs

from smokealarm.finding import Finding


def layout(
    tool: str, path: str, places: Sequence[tuple[range, str]], *, remedy: str, help_url: str
) -> Finding:
    """The finding about places that the tool would change: the lines of each, and what is told of it."""
    found = Finding(message="", path=path, column=1, remedy=remedy, help_url=help_url)
    return _about(found, tool, places)


def is_layout(finding: Finding) -> bool:
    """Whether it is about the file as a whole, in several places."""
    return "lines" in finding.evidence


def spans(finding: Finding) -> list[range]:
    """The lines that it is about."""
    if not is_layout(finding):
        return [range(finding.line or 1, (finding.line or 1) + 1)]
    ends = (span.split("-") for span in str(finding.evidence["lines"]).split(","))
    return [range(int(first), int(last) + 1) for first, last in ends]


def on_lines(finding: Finding, lines: set[int]) -> Finding:
    """The same about those places only that are on these lines; all of them where none is."""
    told = str(finding.evidence.get("told", "")).split("\n")
    met = [one for one in zip(spans(finding), told) if not lines.isdisjoint(one[0])]
    return _about(finding, str(finding.evidence["code"]), met) if met else finding


def published(finding: Finding) -> Finding:
    """The finding as reports get it: what is told of the further places is only for `on_lines`."""
    evidence = {key: value for key, value in finding.evidence.items() if key != "told"}
    return structs.replace(finding, evidence=evidence) if is_layout(finding) else finding


def _about(finding: Finding, tool: str, places: Sequence[tuple[range, str]]) -> Finding:
    (first, told), number = places[0], len(places)
    return structs.replace(
        finding,
        message=f"{tool} would change {number} place{'s' if number > 1 else ''}, first: {told}",
        line=first[0],
        end_line=first[-1],
        evidence={
            "code": tool,
            "lines": ",".join(f"{span[0]}-{span[-1]}" for span, _ in places),
            "told": "\n".join(text for _, text in places),
        },
    )
