"""What the change does to the suite itself: edited labels and deleted examples are told, and do not vote."""

from __future__ import annotations

from collections.abc import Iterator

from smokealarm.finding import Finding, Level
from smokealarm.regress.replay import Side

NAMED = 5  # deleted examples that are named


def findings(head: Side, base: Side) -> Iterator[Finding]:
    """A warning for each edited label, on its line, and one for all deleted examples."""
    for id, row in head.suite.rows.items():
        before = base.suite.rows.get(id)
        if before and before.example.expected != row.example.expected:
            yield Finding(
                message=f"the expected label was {before.example.expected!r} and is now"
                f" {row.example.expected!r}; the model says {head.answers[id].label!r}."
                " This change is judged by the old label",
                path=head.suite.path,
                line=row.line,
                level=Level.WARNING,
                evidence={
                    "id": id,
                    "was": before.example.expected,
                    "is": row.example.expected,
                    "base": base.answers[id].label,
                    "head": head.answers[id].label,
                },
                remedy="A relabel in a pull request of its own shows what it does to the numbers.",
            )
    yield from _deleted([id for id in base.suite.rows if id not in head.suite.rows], head)


def _deleted(gone: list[str], head: Side) -> Iterator[Finding]:
    if gone:
        more = f" and {len(gone) - NAMED} more" if len(gone) > NAMED else ""
        examples = "1 example" if len(gone) == 1 else f"{len(gone)} examples"
        yield Finding(
            message=f"{examples} left the suite and cannot be compared any more:"
            f" {', '.join(gone[:NAMED])}{more}",
            path=head.suite.path,
            line=1,
            level=Level.WARNING,
            evidence={"deleted": len(gone)},
            remedy="Is that meant? Say why in the pull request, or put the lines back.",
        )
