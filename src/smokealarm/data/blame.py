"""Since which commit an offending row stands in a text table: what `git blame` says of its line."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

from msgspec import structs

from smokealarm import git
from smokealarm.data.expectation import Answers, Seen
from smokealarm.data.planning import Planned
from smokealarm.errors import FatalError
from smokealarm.finding import Finding

NOT_COMMITTED = "0" * 40
SECONDS = 5.0  # a long history of a large file takes longer: then the finding comes without


def dated(planned: Planned, root: Path) -> Planned:
    """The same line of the configuration, whose findings say who last touched the first bad line."""
    judge = planned.expectation.judge

    def judge_and_date(answers: Answers) -> Iterator[Seen]:
        for seen in judge(answers):
            yield _dated(seen, root) if isinstance(seen, Finding) else seen

    expectation = structs.replace(planned.expectation, judge=judge_and_date)
    return structs.replace(planned, expectation=expectation)


def _dated(finding: Finding, root: Path) -> Finding:
    file, line = finding.evidence.get("file"), finding.evidence.get("line")
    if not isinstance(file, str) or not isinstance(line, int):
        return finding
    if not (known := since(root, file, line)):
        return finding
    return structs.replace(
        finding,
        message=f"{finding.message}; line {line:,} is {known}",
        evidence={**finding.evidence, "since": known},
    )


def since(root: Path, file: str, line: int, seconds: float = SECONDS) -> str:
    """`of 1a2b3c4 (Ada, 2026-01-31)`, or "" where git does not know the line, or not in time."""
    place = f"{line},{line}"
    try:
        told = git.text(root, "blame", "--porcelain", "-L", place, "--", file, timeout=seconds)
    except FatalError:  # no repository, an untracked file, fewer lines than the working tree has
        return ""
    said = told.splitlines()
    commit = said[0].partition(" ")[0]
    if commit == NOT_COMMITTED:
        return "not committed yet"
    facts = dict(line.partition(" ")[::2] for line in said[1:])
    when = datetime.fromtimestamp(int(facts["author-time"]), timezone.utc)
    return f"of {commit[:7]} ({facts['author']}, {when:%Y-%m-%d})"
