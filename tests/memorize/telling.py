"""What all checks together say of one program of the zoo, in this process."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any, NamedTuple

from smokealarm.memorize import CHECKS
from smokealarm.memorize.selection import OPT_IN
from smokealarm.memorize.session import run

DEFAULT = tuple(name for name in CHECKS if name not in OPT_IN)
SETTINGS = {"case": "zoo", "steps": 200, "seeds": 3, "device": "cpu", "seed": 0, "fault": ""}


class Told(NamedTuple):
    """Sentences by who said them: `check: message`, or `ended: ...` where the stage did not get through."""

    failures: tuple[str, ...]
    warnings: tuple[str, ...]
    doubts: tuple[str, ...]
    silences: tuple[str, ...]
    cpu: float  # seconds

    @property
    def unfit(self) -> bool:
        """There was no place for the fault that should be planted."""
        return bool(self.silences) and all("fault does not fit" in each for each in self.silences)


def told(setup: str, checks: Sequence[str] = DEFAULT, **settings: Any) -> Told:
    asks = [{"check": check, "options": {}} for check in checks]
    messages: list[dict[str, Any]] = []
    before, ending = time.process_time(), []
    try:
        run({**SETTINGS, "setup": setup, "asks": asks, **settings}, messages.append)
    except (
        Exception
    ) as error:  # the real stage makes a finding, or exit code 2, of what ended the fit
        ending = [f"ended: {type(error).__name__}: {error}".splitlines()[0]]
    findings = [
        (checks[message["ask"]], message["sight"])
        for message in messages
        if "type" not in message.get("sight", {"type": ""})
    ]
    return Told(
        (*_of(findings, "failure"), *ending),
        _of(findings, "warning"),
        tuple(
            f"{checks[each['ask']]}: {each['doubt']['message']}"
            for each in messages
            if each.get("doubt")
        ),
        tuple(
            f"{checks[each['ask']]}: {each['unasked']}" for each in messages if "unasked" in each
        ),
        time.process_time() - before,
    )


def _of(findings: list[tuple[str, dict[str, Any]]], level: str) -> tuple[str, ...]:
    return tuple(
        f"{check}: {sight['message']}"
        for check, sight in findings
        if sight.get("level", "failure") == level
    )
