"""The words and numbers that all reports share, so that no two tell a run differently."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from hashlib import sha256

from smokealarm.finding import Digest, Finding, Level, Scalar, Verdict
from smokealarm.report.plain import one_line
from smokealarm.report.ranking import Entry, cause, entries, weight
from smokealarm.results import Outcome, Results, Silence

LAST_LINE = 2**31 - 1
NAMES = {Level.FAILURE: "failure", Level.WARNING: "warning", Level.NOTICE: "notice"}


def plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def listed(parts: Iterable[str]) -> str:
    """a; a and b; a, b and c."""
    *most, last = [part for part in parts if part] or [""]
    return f"{', '.join(most)} and {last}" if most else last


def levels(counts: dict[Level, int], more: str = "") -> str:
    """2 failures and 1 warning, loudest first; with `more`, 2 more failures and 1 more warning."""
    loudest = [level for level in reversed(Level) if counts.get(level)]
    return listed(plural(counts[level], more + NAMES[level]) for level in loudest)


def seconds(value: float) -> str:
    if not math.isfinite(value) or value < 0:
        return "? s"
    if value < 0.05:
        return f"{value * 1000:.0f} ms"
    if value < 99.5:
        return f"{value:.1f} s"
    minutes, rest = divmod(round(value), 60)
    return f"{minutes:,} min {rest} s"


def scalar(value: Scalar, limit: int = 200) -> str:
    """A value of evidence or of a table, short enough to be read."""
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "-"}[value]
    if isinstance(value, int):
        return f"{value:,}" if abs(value) < 10**15 else "beyond 10^15"
    return f"{value:.4g}" if isinstance(value, float) else one_line(value, limit)


def evidence(finding: Finding, most: int = 12) -> list[str]:
    """The numbers that a finding rests on, as `name = value`."""
    known = list(finding.evidence.items())
    told = [f"{one_line(name, 60)} = {scalar(value, 80)}" for name, value in known[:most]]
    return told + ([f"{len(known) - most:,} more values"] if len(known) > most else [])


def line_of(number: int | None) -> int | None:
    """A line or column as a report may print it: at least 1, and no reader overflows."""
    return None if number is None else min(max(number, 1), LAST_LINE)


def place(finding: Finding) -> str:
    """path:line:column as far as they are known; empty for a finding without a path."""
    if not finding.path:
        return ""
    numbers = [line_of(finding.line), None if finding.line is None else line_of(finding.column)]
    return ":".join([one_line(finding.path, 300), *(str(number) for number in numbers if number)])


def repeated(entry: Entry, most: int = 5) -> str:
    """The other places of a folded finding: "also on lines 5, 9 and 3 more"."""
    if not entry.repeats:
        return ""
    lines = [line_of(finding.line) for finding in entry.repeats]
    known = list(dict.fromkeys(f"{line}" for line in lines if line and line != entry.finding.line))
    rest = len(entry.repeats) - len(known[:most])
    if not known:
        return f"and {plural(rest, 'time')} more"
    noun = "line" if len(known) == 1 and not rest else "lines"
    return f"also on {noun} " + listed([*known[:most], f"{rest:,} more" if rest else ""])


def silence(group: list[Silence], most: int = 3) -> str:
    """Silences for one cause in a line: what was left out, and why."""
    reasons = {one.reason for one in group}
    reason = group[0].reason if len(reasons) == 1 else cause(group[0].reason)
    stage = one_line(group[0].stage, 40)
    told = _checks_of_one_case(group, most) or _some(left_out(group), most)
    return f"{stage}: {told}: {one_line(reason, 300) or 'no reason was given'}"


def _checks_of_one_case(group: list[Silence], most: int) -> str:
    """The case once, and how many of its checks; empty where the group is something else."""
    checks = list(dict.fromkeys(one_line(one.check, 80) for one in group))
    if len({one.case for one in group}) > 1 or len(checks) < 2 or not all(checks):
        return ""
    return f"{one_line(group[0].case, 80)}: {len(checks):,} checks ({_some(checks, most)})"


def _some(names: list[str], most: int) -> str:
    rest = len(names) - most
    return listed([*names[:most], f"{rest:,} more" if rest > 0 else ""])


def left_out(group: Iterable[Silence], limit: int = 80) -> list[str]:
    """What the silences are about, each once: files, or cases and checks."""
    subjects = (one.path or " ".join(filter(None, (one.case, one.check))) for one in group)
    return list(dict.fromkeys(one_line(subject, limit) for subject in subjects if subject))


def came_to(outcomes: Sequence[Outcome]) -> str:
    """What these checks came to: "1 alarmed, 2 passed, 8.4 s"."""
    order = {Verdict.ALARM: "alarmed", Verdict.INCONCLUSIVE: "inconclusive", Verdict.PASS: "passed"}
    counts = {
        word: sum(one.verdict is verdict for one in outcomes) for verdict, word in order.items()
    }
    told = [f"{count:,} {word}" for word, count in counts.items() if count]
    return ", ".join([*told, seconds(sum(one.seconds for one in outcomes))])


def counted(results: Results) -> str:
    """What there is to read: "2 failures and 1 warning", or "nothing found"."""
    return levels(weight(entries(results))) or "nothing found"


def headline(results: Results) -> str:
    """The verdict in one line, for whoever reads nothing else."""
    checks = plural(len(results.outcomes), "check")
    loud = sum(outcome.verdict is Verdict.ALARM for outcome in results.outcomes)
    unsure = sum(outcome.verdict is Verdict.INCONCLUSIVE for outcome in results.outcomes)
    if results.errors:
        wrong = plural(len(results.errors), "configuration error")
        alarm = ", and an alarm" if results.verdict is Verdict.ALARM else ""
        return f"wrong configuration or input: {wrong}{alarm} ({checks} run)"
    if results.verdict is Verdict.ALARM:
        doubt = f", {unsure:,} could not tell" if unsure else ""
        return f"alarm: {loud:,} of {checks} alarmed{doubt} ({counted(results)})"
    if results.verdict is Verdict.INCONCLUSIVE:
        return f"inconclusive: {unsure:,} of {checks} could not tell, none alarmed"
    if not results.outcomes:
        return "pass: nothing to check"
    return f"pass: {checks}, {counted(results)}"


def next_steps(results: Results) -> list[str]:
    """What to do now, most urgent first; empty when there is nothing to do."""
    verdicts = {outcome.verdict for outcome in results.outcomes}
    steps = []
    if results.errors:
        steps.append("Mend the configuration first: what is wrong in it was not checked.")
    if Verdict.ALARM in verdicts:
        steps.append("Mend what alarmed, or say in .smokealarm.yaml why it is fine.")
    if Verdict.INCONCLUSIVE in verdicts:
        steps.append(
            "Inconclusive says nothing against the change, only that a check could not tell: "
            "do what it says would settle it."
        )
    return [*steps, "Then run the same command again."] if steps else []


def digest(results: Results) -> str:
    """The digest of style's verdicts; where two runs differ, the part that differs tells why."""
    known = [outcome.digest for outcome in results.outcomes if outcome.digest != Digest()]
    if not known:
        return ""
    parts = {
        "tools": _short(
            f"{tool} {version}" for one in known for tool, version in one.tools.items()
        ),
        "configuration": _short(one.configuration for one in known),
        "policy": _short(one.policy for one in known),
        "change": _short(one.change for one in known),
    }
    told = ", ".join(f"{name} {part}" for name, part in parts.items())
    return f"{_short(parts.values(), 12)} ({told})"


def _short(texts: Iterable[str], letters: int = 6) -> str:
    return sha256("\n".join(sorted(set(texts))).encode()).hexdigest()[:letters]
