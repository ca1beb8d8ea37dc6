"""One case: open its subject once, ask every check, and stamp what the checks leave to us."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack

from msgspec import structs

from smokealarm.errors import FatalError, FatalErrors, Inconclusive, Place, Unasked
from smokealarm.finding import Digest, Finding, Level, Machine, Picture, Verdict
from smokealarm.results import Outcome, Silence
from smokealarm.stage import Ask, Case, Sight, Stage, Subject
from smokealarm.workspace import Workspace


def run_case(case: Case, workspace: Workspace, stage: Stage) -> Iterator[Outcome | Silence]:
    """An outcome per check, in the order of the configuration. Raises FatalError from the opening.

    A check that does not apply is told as a silence, with its reason.

    The time of the opening counts for the first check, so that the seconds of a case add up.
    """
    started = time.monotonic()
    with ExitStack() as opened:
        subject = _opened(opened, case, workspace, stage)
        for ask in case.asks:
            if not ask.skip:
                try:
                    yield _outcome(case, ask, subject, started)
                except Unasked as why:
                    yield Silence(
                        stage=case.stage,
                        case=case.name,
                        check=ask.check,
                        reason=printable(why.message),
                    )
                started = time.monotonic()


def with_place(error: FatalError, case: Case) -> Iterator[Finding]:
    """The error, or each of several, as findings; one without a place is about its case."""
    for single in error.errors if isinstance(error, FatalErrors) else (error,):
        place = single.place or case.place
        yield Finding(
            message=printable(single.message),
            remedy=printable(single.remedy),
            path=printable(place.path),
            line=place.line,
            column=place.column,
            rule=case.stage,
            case=case.name,
        )


class _Unopened:
    """Stands for a subject that could not be opened: every check gets the same doubt."""

    def __init__(self, doubt: Inconclusive) -> None:
        self.doubt = doubt

    def ask(self, ask: Ask) -> Iterable[Sight]:
        raise self.doubt


def _opened(stack: ExitStack, case: Case, workspace: Workspace, stage: Stage) -> Subject:
    try:
        return stack.enter_context(stage.opened(case, workspace, **case.settings))
    except Inconclusive as doubt:
        return _Unopened(doubt)
    except FatalError:
        raise
    except Exception as error:  # ours: it must not take the other cases' findings with it
        return _Unopened(_our_bug(error))


def _outcome(case: Case, ask: Ask, subject: Subject, started: float) -> Outcome:
    findings: list[Finding] = []
    pictures: list[Picture] = []
    machine, digest = Machine(), Digest()
    doubt: Inconclusive | None = None
    try:
        for sight in subject.ask(ask):
            if isinstance(sight, Finding):
                findings.append(_stamped(sight, case, ask))
            elif isinstance(sight, Machine):
                machine = sight
            elif isinstance(sight, Digest):
                digest = sight
            else:
                pictures.append(sight)
    except Inconclusive as met:
        doubt = met
    except (FatalError, Unasked):
        raise
    except Exception as error:  # ours again
        doubt = _our_bug(error)
    place = doubt.place if doubt and doubt.place else ask.place
    return Outcome(
        stage=case.stage,
        case=case.name,
        check=ask.check,
        verdict=_verdict(findings, doubt),
        seconds=round(time.monotonic() - started, 3),
        findings=tuple(findings),
        pictures=tuple(pictures),
        reason=printable(doubt.message) if doubt else "",
        remedy=printable(doubt.remedy) if doubt else "",
        path=printable(place.path),
        line=place.line,
        machine=machine,
        digest=digest,
    )


def _verdict(findings: Iterable[Finding], doubt: Inconclusive | None) -> Verdict:
    if any(finding.level is Level.FAILURE for finding in findings):
        return Verdict.ALARM
    return Verdict.INCONCLUSIVE if doubt else Verdict.PASS


def _stamped(finding: Finding, case: Case, ask: Ask) -> Finding:
    """The finding with its rule, case and level, pinned to the line that asked if it has none."""
    place = Place(finding.path, finding.line or 1) if finding.path else ask.place
    return structs.replace(
        finding,
        message=printable(finding.message),
        remedy=printable(finding.remedy),
        evidence={
            key: printable(value) if isinstance(value, str) else value
            for key, value in finding.evidence.items()
        },
        path=printable(place.path),
        line=place.line,
        column=finding.column if finding.path else place.column,
        rule=f"{case.stage}/{ask.check}",
        case=case.name,
        level=min(finding.level, ask.level, key=lambda level: level.loudness),
    )


def printable(text: str) -> str:
    r"""The text with bytes that are not UTF-8 shown as `\xff`, so that JSON can hold it."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _our_bug(error: Exception) -> Inconclusive:
    sys.excepthook(type(error), error, error.__traceback__)
    return Inconclusive(
        f"smokealarm itself failed: {type(error).__name__}: {error}",
        "This is a bug of smokealarm, not of your change: please report it with the traceback.",
    )
