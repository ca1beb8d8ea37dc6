"""The examples that only the base model gets right: as findings on their lines, or as a table."""

from __future__ import annotations

from collections.abc import Iterator

from smokealarm.finding import Finding, Level, Table
from smokealarm.regress.outputs import Answer
from smokealarm.regress.pairs import Pair, Pairs


def newly_wrong(pairs: Pairs) -> list[Pair]:
    """Worst first: the surer the model is of its wrong answer, the worse. Unknown sureness is last."""
    return sorted(
        (pair for pair in pairs.items if pair.is_newly_wrong),
        key=lambda pair: float("inf") if pair.head.sureness is None else -pair.head.sureness,
    )


def findings(pairs: Pairs) -> Iterator[Finding]:
    """A warning on the suite line of each, so that a reader sees the example itself."""
    near = pairs.near()
    for pair in newly_wrong(pairs):
        near_tie = _is_near_tie(pair, near)
        yield Finding(
            message=_message(pair) + (" (a near-tie: noise may decide it)" if near_tie else ""),
            path=pairs.suite.path,
            line=pair.line,
            level=Level.WARNING,
            evidence={
                "id": pair.example.id,
                "expected": pair.example.expected,
                "base": pair.base.label,
                "head": pair.head.label,
                "tags": ", ".join(pair.example.tags),
                "near_tie": near_tie,
            },
            remedy=f"Why it is in the suite: {pair.example.why}" if pair.example.why else "",
        )


def table(name: str, pairs: Pairs) -> Iterator[Table]:
    """The same where there is no alarm: worth a look, but nothing to act on."""
    near = pairs.near()
    rows = [
        [
            pair.line,
            pair.example.id,
            pair.example.expected,
            pair.head.label,
            pair.head.sureness,
            "near-tie" if _is_near_tie(pair, near) else "",
        ]
        for pair in newly_wrong(pairs)
    ]
    if rows:
        header = ["line", "example", "base, and expected", "head", "head's margin or score", ""]
        yield Table(title=f"{name}: newly wrong, worst first", header=header, rows=rows)


def _message(pair: Pair) -> str:
    tags = f" ({', '.join(pair.example.tags)})" if pair.example.tags else ""
    return (
        f"newly wrong{tags}: expected {pair.example.expected!r}; the base model says"
        f" {said(pair.base)}, the changed one {said(pair.head)}"
    )


def said(answer: Answer) -> str:
    """The answer as a reader wants it: the label, and how sure the model was, where it tells."""
    if answer.label is None:
        return "NaN, not a number"
    if answer.margin is not None:
        return f"{answer.label!r} (margin {answer.margin:.3g})"
    return f"{answer.label!r}" + (
        f" (score {answer.score:.3g})" if answer.score is not None else ""
    )


def _is_near_tie(pair: Pair, near: float) -> bool:
    return pair.head.margin is not None and pair.head.margin < near
