"""What other engines would make of a pattern, said beside what the check finds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from smokealarm.data.expectation import Answers, Expectation, Seen
from smokealarm.data.values.portable import WHERE, notes
from smokealarm.data.values.portable_rules import Note
from smokealarm.finding import Finding, Level


def and_portable(expectation: Expectation, regexes: Sequence[str], asked: bool) -> Expectation:
    """The expectation, and where it is asked for, a warning of each part that is not portable."""
    if not asked:
        return expectation

    def judge(answers: Answers) -> Iterator[Seen]:
        for regex in regexes:
            for note in notes(regex):
                yield _warning(regex, note)
        yield from expectation.judge(answers)

    return Expectation(questions=expectation.questions, judge=judge)


def _warning(regex: str, note: Note) -> Finding:
    engines = "; ".join(f"{engine} ({WHERE[engine]})" for engine in note.engines)
    rarely = ", which only letters beyond ASCII, blanks or line breaks show" if note.rarely else ""
    return Finding(
        message=f"the pattern {regex} is not portable to {engines}: {note.what}{rarely}",
        level=Level.WARNING,
        remedy=f"Write {note.portable}. Here it means what Python's `re` makes of it.",
        evidence={"regex": regex, "engines": ", ".join(note.engines)},
    )
