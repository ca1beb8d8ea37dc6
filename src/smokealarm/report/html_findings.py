"""Findings on a page: the most important ones open, the long tail folded by rule."""

from __future__ import annotations

from collections.abc import Sequence

from smokealarm.report import wording
from smokealarm.report.markup import block, code, details, element, items, link, text
from smokealarm.report.ranking import Entry, weight
from smokealarm.report.signs import LEVELS

MOST_OPEN = 50
MOST = 20_000  # of a results file that is larger than any reasonable one
MOST_EVIDENCE, MOST_LINES = 40, 5


def listed(queue: Sequence[Entry]) -> str:
    """All of a ranked queue."""
    tail = queue[MOST_OPEN:MOST]
    hidden = weight(queue[MOST:])
    more = f"{wording.levels(hidden, 'more ')} in the results file"
    return "".join(
        [
            _items(queue[:MOST_OPEN]),
            *([_tail(tail)] if tail else []),
            *([element("p", more)] if any(hidden.values()) else []),
        ]
    )


def _tail(tail: Sequence[Entry]) -> str:
    """A fold for each rule, in the order in which the rules come up."""
    by_rule: dict[tuple[str, str], list[Entry]] = {}
    for entry in tail:
        by_rule.setdefault((entry.rule, entry.finding.case), []).append(entry)
    said = f"And {wording.levels(weight(tail), 'more ')}, by rule:"
    folds = (_fold(rule, case, group) for (rule, case), group in by_rule.items())
    return element("p", said, class_="tail") + "\n" + "".join(folds)


def _fold(rule: str, case: str, group: Sequence[Entry]) -> str:
    counts = wording.levels(weight(group), "more ")
    files = len({entry.finding.path for entry in group if entry.finding.path})
    where = f" in {wording.plural(files, 'file')}" if files else ""
    name = " ".join(part for part in (code(rule, 100), text(case, 100)) if part)
    return details(f"{name}: {counts}{where}", _items(group))


def _items(entries: Sequence[Entry]) -> str:
    return element("ol", "\n", *map(_finding, entries), class_="findings") + "\n"


def _finding(entry: Entry) -> str:
    finding = entry.finding
    sign = element("span", LEVELS[finding.level][0], aria_hidden="true")
    level = element("span", sign, " ", wording.NAMES[finding.level], class_="level")
    first, _, rest = block(finding.message).partition("\n")
    where = " ".join(part for part in (level, code(wording.place(finding))) if part)
    said = element("span", first.strip() or "(no message)", class_="message")
    parts = [
        element("h3", element("span", where, class_="where"), " ", said),
        element("pre", rest) if rest.strip() else "",
        _repeated(entry),
        _remedy(finding.remedy),
        items(map(text, wording.evidence(finding, MOST_EVIDENCE)), class_="evidence"),
        _source(entry),
    ]
    return element("li", *parts, class_=finding.level.value) + "\n"


def _remedy(remedy: str) -> str:
    arrow = element("span", "→", aria_hidden="true")
    return element("p", arrow, " ", block(remedy, 2000), class_="remedy") if remedy.strip() else ""


def _repeated(entry: Entry) -> str:
    """The other places of a folded finding, all of them."""
    said = wording.repeated(entry, MOST_LINES)
    if len(entry.repeats) <= MOST_LINES:
        return element("p", said, class_="aside") if said else ""
    every = wording.repeated(entry, len(entry.repeats))
    return details(said, element("p", every)) if every != said else element("p", said)


def _source(entry: Entry) -> str:
    """Who says so: the rule, its case, and where to read more."""
    url = entry.finding.help_url
    rule = code(entry.rule if entry.check else entry.finding.rule, 100)
    linked = link(rule, url) if rule else ""
    more = link(code(url), url) if linked == rule else ""
    named = {"rule": linked, "case": text(entry.finding.case, 100), "see": more}
    told = " · ".join(f"{name} {value}" for name, value in named.items() if value)
    return element("p", told, class_="aside") if told else ""
