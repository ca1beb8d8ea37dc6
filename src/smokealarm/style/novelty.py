"""Which violations a change adds: those that the same file did not have at the base commit.

Lines move, so a violation is known again by what it says and the text that it is about, not by its
number: a multiset of fingerprints, as many as the base had are forgiven.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from smokealarm.finding import Finding
from smokealarm.style.sources import Sources
from smokealarm.workspace import ChangedFile

Lint = Callable[[Path, Sequence[str]], Iterable[Finding]]
Fingerprint = tuple[str, str, str]


def added(sources: Sources, files: Sequence[ChangedFile], lint: Lint) -> Iterable[Finding]:
    """What `lint(folder, paths)` finds in the files, less what it found in their base versions.

    The base is judged only where the head has findings.
    """
    findings = list(lint(sources.head, [file.path for file in files])) if files else []
    if not sources.only_new:
        return findings
    accused = {finding.path for finding in findings}
    suspects = sources.existed(file for file in files if file.path in accused)
    if not suspects:
        return findings
    before = lint(sources.base, [file.path for file in suspects])
    return _beyond(findings, sources.head, _fingerprints(before, sources.base))


def _beyond(
    findings: Iterable[Finding], folder: Path, forgiven: Counter[Fingerprint]
) -> list[Finding]:
    new = []
    for finding, fingerprint in zip(findings, _all(findings, folder)):
        if forgiven[fingerprint]:
            forgiven[fingerprint] -= 1
        else:
            new.append(finding)
    return new


def _fingerprints(findings: Iterable[Finding], folder: Path) -> Counter[Fingerprint]:
    return Counter(_all(list(findings), folder))


def _all(findings: Iterable[Finding], folder: Path) -> list[Fingerprint]:
    lines: dict[str, list[str]] = {}
    return [_fingerprint(finding, folder, lines) for finding in findings]


def _fingerprint(finding: Finding, folder: Path, lines: dict[str, list[str]]) -> Fingerprint:
    """The file, the message without numbers, and the line without its white space."""
    path = finding.path or ""
    if path not in lines:
        lines[path] = (folder / path).read_text("utf-8", "replace").splitlines()
    number = (finding.line or 1) - 1
    text = lines[path][number] if number < len(lines[path]) else ""
    return path, re.sub(r"\d+", "0", finding.message), "".join(text.split())
