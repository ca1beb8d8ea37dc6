"""The results file as the host reads it: by hand, and trusting nothing, as tested code may have made it."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any

from smokealarm.errors import FatalError, SmokealarmError

LARGEST = 64 * 1024 * 1024  # bytes; far beyond what reports can show, far below a runner's memory
EXIT_CODES = {"pass": 0, "alarm": 1, "inconclusive": 3}

Document = dict[str, Any]


def read(path: Path) -> Document | None:
    """The document at the path, or None where there is no results file of this version."""
    try:
        document = json.loads(_content(path))
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(document, dict) or document.get("version") != 1:
        return None
    return document if document.get("verdict") in list(EXIT_CODES) else None


def _content(path: Path) -> bytes:
    """The bytes of a plain file: not of what a link points to, nor of a pipe that never ends."""
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(handle, "rb") as file:
        facts = os.fstat(handle)
        if not stat.S_ISREG(facts.st_mode) or facts.st_size > LARGEST:
            raise ValueError(f"{path} is not a file of a results file's size")
        return file.read(LARGEST)


def exit_code(document: Document) -> int:
    """0 pass, 1 alarm, 2 the user's configuration or usage is wrong, 3 inconclusive."""
    return 2 if document.get("errors") else EXIT_CODES[document["verdict"]]


def count(document: Document) -> int:
    """How many findings the checks had."""
    outcomes = document.get("outcomes")
    found = 0
    for outcome in outcomes if isinstance(outcomes, list) else []:
        findings = outcome.get("findings") if isinstance(outcome, dict) else None
        found += len(findings) if isinstance(findings, list) else 0
    return found


def ended_early(error: SmokealarmError) -> Document:
    """The document of a run that could not be: the user's to mend, or a doubt with its cause."""
    document: Document = {"version": 1, "verdict": "inconclusive"}
    if isinstance(error, FatalError):
        said = {"message": error.message, "remedy": error.remedy, "rule": "action"}
        return {**document, "errors": [said]}
    outcome = {"stage": "action", "case": "", "check": "launch", "verdict": "inconclusive"}
    outcome |= {"reason": error.message, "remedy": error.remedy}
    return {**document, "outcomes": [outcome]}


def with_environment(document: Document, **facts: str) -> Document:
    """The document with what only the host knows of where the run took place."""
    known = document.get("environment")
    environment = dict(known) if isinstance(known, dict) else {}
    return {**document, "environment": environment | {k: v for k, v in facts.items() if v}}


def write(document: Document, path: Path) -> None:
    """Write the document whole or not at all."""
    draft = path.with_name(f".{path.name}")
    draft.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    draft.replace(path)
