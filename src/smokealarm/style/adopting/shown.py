"""The pictures and findings of `suggest style`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from msgspec import structs

from smokealarm.finding import Finding, Level, Scalar, Table
from smokealarm.style.adopting.suppressed import Decided, History
from smokealarm.style.adopting.tally import ROOT_FILES, Tally
from smokealarm.style.adopting.tiers import WORDS, Tier
from smokealarm.style.record import EVERY_RULE
from smokealarm.style.record.names import written
from smokealarm.style.suggest import NEARLY_FREE, Proposal

_LONGEST = 36


def fails_today(found: Iterable[Tally]) -> Table:
    """Rule by rule and folder by folder."""
    rows: list[list[Scalar]] = [
        [
            _name(tally.tool, tally.rule),
            _short(_meaning(tally)),
            WORDS[tally.tier],
            len(tally.found),
            tally.files,
            tally.lines,
            _folders(tally),
        ]
        for tally in found
    ]
    header = ["rule", "it says", "worth", "violations", "files", "lines to change", "where"]
    return Table(title="What fails today", header=header, rows=rows)


def adoptable(made: Sequence[Proposal]) -> Iterator[Table]:
    """The lines of the record, and what each would ask for: a table for each worth."""
    for tier in Tier:
        rows: list[list[Scalar]] = [[str(one.line), _asks(one)] for one in made if one.tier is tier]
        if rows:
            title = f"What could be opted into: {WORDS[tier]}"
            yield Table(title=title, header=["line of the record", "costs today"], rows=rows)


def false_alarms(past: History) -> Table:
    """Every rule that somebody suppressed, with the share of the decisions that do so."""
    rows: list[list[Scalar]] = [
        [
            _name(one.tool, one.rule),
            one.suppressed,
            one.files,
            one.mended,
            f"{one.share:.0%}",
            _verdict(one),
        ]
        for one in past.decided
        if one.suppressed
    ]
    header = ["rule", "suppressed", "in files", "mended", "share suppressed", ""]
    return Table(title="What people suppress: style's false alarms", header=header, rows=rows)


def fixes(found: Iterable[Tally], made: Sequence[Proposal]) -> Iterator[Finding]:
    """The few lines of the rules that are nearly free."""
    for tally in found:
        if tally.lines > NEARLY_FREE or not any(_is_meant(one, tally) for one in made):
            continue
        cost = f"mend {counted(tally.lines, 'line')} and {_name(tally.tool, tally.rule)} is free"
        for finding in tally.found:
            message = f"{finding.message} ({cost})"
            yield structs.replace(finding, message=message, level=Level.NOTICE)


def unwanted_lines(past: History, kept: Sequence[tuple[str, str]]) -> Iterator[Finding]:
    """Rules of the record that people suppress more often than not."""
    for one in past.decided:
        holding = [rule for tool, rule in kept if tool == one.tool and one.rule.startswith(rule)]
        if one.is_unwanted and (holding or (one.tool, EVERY_RULE) in kept):
            yield Finding(
                message=f"people suppress {_name(one.tool, one.rule)} more often than they mend it: "
                f"{one.suppressed} of {one.suppressed + one.mended} decisions",
                path=".smokealarm-style",
                level=Level.WARNING,
                remedy="Think of giving it up: such a rule cries wolf.",
            )


def _name(tool: str, rule: str) -> str:
    return tool if rule == EVERY_RULE else f"{tool} {rule}"


def _meaning(tally: Tally) -> str:
    first = tally.found[0].message
    return "files are not as black writes them" if tally.tool == "black" else (
        first.removeprefix(tally.rule).strip()
    )  # fmt: skip


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST - 3]}..."


def _folders(tally: Tally) -> str:
    """The folders with the most first; the root's own files as `.`"""
    most = sorted(tally.folders.items(), key=lambda pair: -pair[1])
    named = [f"{written(name) if name != ROOT_FILES else '.'} {count}" for name, count in most]
    return ", ".join(named[:4] + ([f"{len(named) - 4} more"] if len(named) > 4 else []))


def _asks(one: Proposal) -> str:
    if not one.broken:
        return "nothing"
    what = "unformatted file" if one.line.region.tool == "black" else "violation"
    return f"nothing: {counted(one.broken, f'old {what}')} may stay"


def _verdict(one: Decided) -> str:
    if one.is_unwanted:
        return "not proposed"
    return "" if one.is_enough else "too few to tell"


def _is_meant(one: Proposal, tally: Tally) -> bool:
    tool, rule, _ = one.line.region
    return bool(one.broken) and tool == tally.tool and rule in (EVERY_RULE, *_starts(tally.rule))


def _starts(rule: str) -> list[str]:
    return [rule[:end] for end in range(1, len(rule) + 1)]


def counted(number: int, noun: str) -> str:
    """1 line, 1,220 lines."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
