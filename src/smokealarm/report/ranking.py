"""What a report has to tell, in the order in which a tired reader should meet it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from smokealarm.finding import Finding, Level, Picture, Verdict
from smokealarm.results import Outcome, Results, Silence

CONFIG = ".smokealarm.yaml"


class Entry(NamedTuple):
    """One thing to tell: a finding, who made it, and its repeats in the same file."""

    finding: Finding
    stage: str
    check: str = ""
    repeats: tuple[Finding, ...] = ()

    @property
    def rule(self) -> str:
        return self.finding.rule or "/".join(part for part in (self.stage, self.check) if part)


def entries(results: Results) -> list[Entry]:
    """Everything that a run has to tell, unfolded, in the order of the run; errors first."""
    errors = [Entry(error, "configuration") for error in results.errors]
    return errors + [entry for outcome in results.outcomes for entry in of_outcome(outcome)]


def of_outcome(outcome: Outcome) -> list[Entry]:
    """The findings of a check, after the reason why it could not tell, if it could not.

    An alarm without a finding would be a red light without a word: it gets one.
    """
    found = [Entry(finding, outcome.stage, outcome.check) for finding in outcome.findings]
    said = _said_by_itself(outcome)
    return [Entry(said, outcome.stage, outcome.check), *found] if said else found


def folded(told: Iterable[Entry]) -> list[Entry]:
    """The same with repeats of a message, in one file and by one rule, behind the first of them."""
    groups: dict[object, list[Entry]] = {}
    for entry in told:
        finding = entry.finding
        key = (
            entry.stage,
            entry.rule,
            finding.path,
            finding.message,
            finding.remedy,
            finding.level,
        )
        groups.setdefault((*key, finding.case), []).append(entry)
    return [_fold(group) for group in groups.values()]


def ranked(told: Iterable[Entry]) -> list[Entry]:
    """Errors, then the loudest; in a level, one of every check before a second of any.

    So no check is hidden behind the two hundred findings of another. Then those with a place of
    their own before those that are pinned to the line that asked for the check.
    """
    heard: set[object] = set()
    keyed = []
    for entry in told:
        voice = (entry.stage, entry.check, entry.finding.case, entry.finding.level)
        keyed.append(((entry.check != "", -entry.finding.level.loudness, voice in heard), entry))
        heard.add(voice)
    return [entry for _, entry in sorted(keyed, key=lambda pair: (*pair[0], _is_pinned(pair[1])))]


def weight(told: Iterable[Entry]) -> dict[Level, int]:
    """How many findings the entries stand for, per level; folded ones count in full."""
    counts = dict.fromkeys(Level, 0)
    for entry in told:
        counts[entry.finding.level] += 1 + len(entry.repeats)
    return counts


def grouped(silences: Iterable[Silence]) -> list[list[Silence]]:
    """Silences of one stage for one cause together, in the order of the run."""
    groups: dict[tuple[str, str], list[Silence]] = {}
    for silence in silences:
        groups.setdefault((silence.stage, cause(silence.reason)), []).append(silence)
    return list(groups.values())


def cause(reason: str) -> str:
    """What several silences may have in common: what follows from it differs from check to check."""
    return reason.partition(", so that ")[0]


def drawn_by(outcomes: Iterable[Outcome]) -> list[tuple[Outcome, Picture]]:
    """The pictures, each with the check that drew it; those of checks that did not pass come first."""
    loud = sorted(outcomes, key=lambda outcome: outcome.verdict is Verdict.PASS)
    return [(outcome, picture) for outcome in loud for picture in outcome.pictures]


def _said_by_itself(outcome: Outcome) -> Finding | None:
    if outcome.verdict is Verdict.INCONCLUSIVE:
        level, message = Level.WARNING, f"could not tell: {outcome.reason or 'no reason was given'}"
    elif outcome.verdict is Verdict.ALARM and not outcome.findings:
        level, message = Level.FAILURE, outcome.reason or "alarmed without saying why"
    else:
        return None
    return Finding(
        message=message,
        path=outcome.path or None,
        line=outcome.line if outcome.path else None,
        level=level,
        remedy=outcome.remedy,
        case=outcome.case,
    )


def _is_pinned(entry: Entry) -> bool:
    path = entry.finding.path
    return not path or path.rsplit("/", 1)[-1] == CONFIG


def _fold(group: list[Entry]) -> Entry:
    first, *others = group
    return first._replace(repeats=tuple(entry.finding for entry in others))
