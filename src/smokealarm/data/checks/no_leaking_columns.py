"""The check `no_leaking_columns`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from smokealarm.data.columns import listed
from smokealarm.data.conditions.row_condition import RowCondition, parsed
from smokealarm.data.expectation import Answers, Expectation, Seen
from smokealarm.data.judging.rows import no_column
from smokealarm.data.questions.comparisons import Sample
from smokealarm.errors import FatalError, Inconclusive
from smokealarm.finding import Finding, Table
from smokealarm.loading import load

ROWS = 20_000
SUPPORT = (
    20  # rows of all classes but the most frequent, below which nothing is too good to be true
)
EASY = {True: 0.9, False: 0.95}  # the other columns' score, of classes and of numbers


def check(
    *,
    label: str,
    ignore: list[str] | None = None,
    max_score: float = 0.99,
    row_condition: RowCondition = None,
    condition_parser: str | None = None,
) -> Expectation:
    """No column by itself gives the label away.

        data:
          - name: train
            table: data/train.parquet
            checks:
              - no_leaking_columns: {label: churned, ignore: [churn_reason]}

    Options:
        label: the column that a model is to predict: classes, or numbers.
        ignore: columns that no model sees, or that are known to be this good.
        max_score: from which share of the error on a column is suspicious. Of the error of a guess without
            any column, the score is the share that this column takes away, on rows it has not seen.
        row_condition, condition_parser: which rows.

    A suspicious column is an alarm when it is the label in other words (one value for each class, or the
    same order), or numbers the rows, or when all other columns together come nowhere near it. Where they
    predict the label as well, the problem is easy and the column honest, as the petals of iris. Shuffled
    labels are the baseline: what the best column reaches with them is chance. The label's classes are its
    texts, booleans, or up to 20 whole numbers; other numbers are compared by rank. About 20,000 rows are
    looked at. With fewer than 20 rows outside the largest class, or no other column, the check is
    inconclusive. An honest column that predicts all by itself cannot be told from a leak: name it in
    `ignore`.

    Source: Kaufman, Rosset and Perlich, Leakage in data mining (ACM TKDD 6:15, 2012).
    """
    if not 0.5 <= max_score <= 1:
        raise FatalError(
            f"`max_score: {max_score:g}` is not between 0.5 and 1",
            "Write 0.99, or a little less to see the next best columns.",
        )
    question = Sample(limit=ROWS, needs=(label,), where=parsed(row_condition, condition_parser))

    def judge(answers: Answers) -> Iterator[Seen]:
        for name in ignore or ():
            if name not in answers.columns:
                yield no_column(name, answers)
                return
        sample = answers.of(question)
        rows = [at for at, value in enumerate(sample[label]) if value is not None]
        leakage = load("data.statistics.leakage")
        known = leakage.label_of([sample[label][at] for at in rows])
        _enough(known, label)
        features = {
            name: leakage.feature_of([values[at] for at in rows])
            for name, values in sample.items()
            if name != label and name not in (ignore or ())
        }
        scores = {name: leakage.score(feature, known) for name, feature in features.items()}
        yield from _told(leakage, known, features, scores, max_score, label)

    return Expectation(questions=(question,), judge=judge)


def _enough(known: Any, label: str) -> None:
    """Raise Inconclusive where so few rows could be right by chance."""
    if not known.rows:
        raise Inconclusive(f"{label} has no values", "Find out what emptied it.")
    largest = known.targets.mean(axis=0).max() if known.classes else 0.0
    if len(known.classes) == 1 or (not known.classes and known.targets.std() == 0):
        raise Inconclusive(
            f"{label} has one value only, so there is nothing to give away",
            "Find out where its other values went.",
        )
    if known.rows * (1 - largest) < SUPPORT:
        needed = int(SUPPORT / (1 - largest)) + 1
        raise Inconclusive(
            f"too few rows to tell what gives {label} away: {known.rows:,}, of which "
            f"{round(known.rows * (1 - largest))} are outside the largest class",
            f"It takes about {needed:,} rows.",
        )


def _told(
    leakage: Any,
    known: Any,
    features: Mapping[str, Any],
    scores: Mapping[str, float],
    max_score: float,
    label: str,
) -> Iterator[Seen]:
    suspicious = [
        name
        for name, score in scores.items()
        if score >= max_score - leakage.blur(features[name], known)
    ]
    if not suspicious:
        return
    chance = leakage.chance(features, known)
    honest = [features[name] for name in features if name not in suspicious]
    rest = leakage.joint_score(honest[:200], known)
    alone, doubted = rest < EASY[bool(known.classes)], []
    for name in suspicious:
        if scores[name] <= chance:
            continue
        why = _why(leakage, features[name], known)
        if why or (alone and honest):
            yield _finding(name, label, scores[name], rest, chance, why)
        elif not honest:
            doubted.append(name)
    yield _picture(label, scores)
    if doubted:
        raise Inconclusive(
            f"{listed(doubted)} predict {label} nearly perfectly, and there is no other column to "
            "tell whether that is honest",
            "Name the columns that are known to be honest in `ignore:`, or take them out.",
        )


def _why(leakage: Any, feature: Any, known: Any) -> str:
    """What makes the column a leak however easy the problem is."""
    if leakage.is_copy(feature, known):
        return "it is the label in other words"
    if leakage.is_running_number(feature):
        return "it numbers the rows, which are sorted by the label"
    return ""


def _finding(name: str, label: str, score: float, rest: float, chance: float, why: str) -> Finding:
    reason = why or f"all honest columns together take away {rest:.0%}"
    return Finding(
        message=f"{name} gives {label} away: it alone takes away {score:.1%} of the error; {reason}",
        remedy=f"Ask when {name} becomes known: if only with {label}, take it out. If it is honest, name it "
        "in `ignore:`.",
        evidence={
            "column": name,
            "observed_value": score,
            "score_of_others": rest,
            "score_by_chance": chance,
        },
    )


def _picture(label: str, scores: Mapping[str, float]) -> Table:
    best = sorted(scores.items(), key=lambda pair: -pair[1])[:20]
    return Table(
        title=f"how much of the error on {label} each column takes away",
        header=["column", "score"],
        rows=[[name, round(score, 4)] for name, score in best],
    )
