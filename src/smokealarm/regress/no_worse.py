"""The check that a model answers no worse than before."""

from __future__ import annotations

from collections.abc import Iterator

from smokealarm.errors import FatalError, Inconclusive
from smokealarm.finding import Finding, Level, Verdict
from smokealarm.regress import edits, flipped
from smokealarm.regress.pairs import Pairs, paired
from smokealarm.regress.replay import Incomparable, Replay
from smokealarm.regress.verdict import Judgement, Limits, judge
from smokealarm.regress.wording import change, comparison, evidence, examples, percent, points
from smokealarm.stage import Sight


def check(replay: Replay, *, by: float = 0.01, tolerance: float = 0.02) -> Iterator[Sight]:
    """The changed model gets no fewer examples right than the model of the base commit.

        regress:
          - name: sevens
            model: digits.predict:load
            suite: suites/sevens.jsonl
            checks:
              - no_worse: {by: 0.01, tolerance: 0.02}

    Both models answer the examples that both commits have, and are judged by the base commit's labels.
    An edited label is a warning on its line, and so are deleted examples: neither votes.

    `by`: the smallest drop in the share of right answers that is worth an alarm. 0.01 is one point.
    `tolerance`: the drop that has to be ruled out for a pass; at least `by`.

    Alarm: the drop is at least `by`, and two equally good models would show one like it less than
    once in twenty times (one-sided mid-p McNemar test, Fagerland, Lydersen and Laake 2013). With
    `group` in the suite whole groups are judged (exact sign-flip test), since their examples stand
    and fall together. Then every newly wrong example is a warning on its line of the suite, the one
    that the model is surest of first.

    Pass: the upper 95 % bound of the drop (Tango's score interval, 1998, thinned by the design
    effect of Rao and Scott, 1992, where there are groups) is under `tolerance`. A model that
    answers the same passes from 149 examples (or groups) on, at the default tolerance; with fewer
    it passes if it returns margins or scores and these are the same to the last bit.

    Inconclusive: neither. The message says which drop the suite can see and how many more examples
    would settle it. It is inconclusive too without a base commit, or where the base commit's model
    no longer runs. A model under a new name is inconclusive, so that renaming it is no way round.

    A notice, and a pass, where nothing is there to be compared: the base commit does not have the
    suite (it counts from the next change on), or the whole tree was asked for (`--all`, a schedule).
    """
    limits = _sound(Limits(by, tolerance))
    base = replay.base()
    if isinstance(base, Incomparable):
        yield _incomparable(replay, base)
        return
    yield from edits.findings(replay.head, base)
    pairs = paired(replay.head, base)
    if not pairs.items:
        raise Inconclusive("the suites of the base and of the change share no example", KEEP)
    judged = judge(*pairs.right(), pairs.groups(), limits)
    yield comparison(replay.name, judged, pairs)
    if judged.verdict is Verdict.ALARM:
        yield _alarm(replay.name, judged)
        yield from flipped.findings(pairs)
        return
    yield from flipped.table(replay.name, pairs)
    if judged.verdict is Verdict.INCONCLUSIVE and not pairs.unchanged():
        raise _doubt(replay.name, judged, pairs, limits)


KEEP = "Keep examples of the base commit in the suite, and add new ones beside them."


def _sound(limits: Limits) -> Limits:
    if not 0 <= limits.by <= limits.tolerance < 1:
        raise FatalError(
            f"`by: {limits.by:g}` and `tolerance: {limits.tolerance:g}` leave drops that no suite"
            " could ever settle",
            "Both are shares of the examples (0.01 is one point), and `by` is at most `tolerance`.",
        )
    return limits


def _incomparable(replay: Replay, base: Incomparable) -> Finding:
    """Not a doubt: no change of a suite's first pull request could ever settle it."""
    answers = replay.head.answers
    rows = replay.head.suite.rows
    right = sum(answers[id].label == row.example.expected for id, row in rows.items())
    return Finding(
        message=f"{replay.name}: nothing was compared, because {base.reason}. Today"
        f" {right:,} of {examples(len(rows))} are right ({percent(right / len(rows))})",
        level=Level.NOTICE,
        evidence={"examples": len(rows), "head_right": right},
    )


def _alarm(name: str, judged: Judgement) -> Finding:
    return Finding(
        message=f"{name}: right answers fell {change(judged)}",
        evidence=evidence(judged),
        remedy="Look at the newly wrong examples on their lines of the suite, the worst come first."
        " If the drop is meant, say so: raise `by` and `tolerance` in this pull request.",
    )


def _doubt(name: str, judged: Judgement, pairs: Pairs, limits: Limits) -> Inconclusive:
    few = examples(judged.examples)
    grouped = f" in {judged.groups:,} groups" if judged.groups < judged.examples else ""
    more = f"Add about {examples(judged.more)} like these to" if judged.more else "Add examples to"
    return Inconclusive(
        f"{name}: {few}{grouped} are too few to tell. Right answers went {change(judged)};"
        f" a drop of {points(limits.tolerance)} points is not ruled out. A suite like this sees"
        f" drops from {points(judged.visible)} points on",
        f"{more} {pairs.suite.path}, or raise `tolerance` (now {limits.tolerance:g}) if a larger"
        " drop may pass unseen.",
    )
