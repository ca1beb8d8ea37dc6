"""The check that a model gets every example of a contract right."""

from __future__ import annotations

from collections.abc import Iterator

from smokealarm.finding import Finding
from smokealarm.regress.flipped import said
from smokealarm.regress.replay import Replay
from smokealarm.stage import Sight


def check(replay: Replay) -> Iterator[Sight]:
    """The model gets every single example of the suite right.

        regress:
          - name: must never fail
            model: digits.predict:load
            suite: suites/contract.jsonl
            checks:
              - all_right

    For a contract: a few examples that must pass, whatever else changes. Each wrong answer is a
    failure on its line of the suite. No statistics and no baseline: it works from one example on.

    Admit an example only when several trained models get it right, and clearly: one that a single
    model happened to get right fails on an equally good model sooner or later. The labels are those
    of the change, so an edited label counts at once; `no_worse` on the same suite tells of the edit.

    It has no options.
    """
    for id, row in replay.head.suite.rows.items():
        answer = replay.head.answers[id]
        if answer.label != row.example.expected:
            yield Finding(
                message=f"{replay.name}: this example must be right: expected"
                f" {row.example.expected!r}, the model says {said(answer)}",
                path=replay.head.suite.path,
                line=row.line,
                evidence={"id": id, "expected": row.example.expected, "head": answer.label},
                remedy=row.example.why or "Mend the model, or take the example out and say why.",
            )
