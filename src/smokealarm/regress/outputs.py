"""What a model's outputs mean: for each example a label, and how sure the model was of it.

This runs in the model's process and knows neither numpy nor torch: what has a `tolist` is asked for it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, Union

Label = Union[bool, int, float, str, None]  # None: the output was not a number


class Answer(NamedTuple):
    """A model's answer. `margin` is the lead over the second-best label, `score` its own score."""

    label: Label
    margin: float | None = None
    score: float | None = None

    @property
    def sureness(self) -> float | None:
        return self.score if self.margin is None else self.margin


class Unfit(Exception):
    """The outputs cannot be read; says what they are and what they should be."""


KINDS = 'a label, a mapping like {"label": 7, "margin": 2.5}, or a list of one score per label'


def answers_of(outputs: Any, examples: int) -> list[Answer]:
    """The answers to a batch of so many examples. Raises Unfit where they cannot be read."""
    answers = [_answer(output) for output in _listed(outputs)]
    if len(answers) != examples:
        raise Unfit(
            f"it returned {_counted(len(answers), 'output')} for a batch of {_counted(examples, 'example')}"
        )
    return answers


def _listed(outputs: Any) -> Iterable[Any]:
    plain = _plain(outputs)
    if isinstance(plain, (str, bytes, Mapping)) or not isinstance(plain, Iterable):
        raise Unfit(f"it returned {kind(outputs)} where a list of outputs was expected")
    return plain


def _answer(output: Any) -> Answer:
    plain = _plain(output)
    if isinstance(plain, Mapping):
        return _from_mapping(plain)
    if isinstance(plain, (list, tuple)):
        return _from_scores([_number(score) for score in plain])
    return Answer(_label(plain))


def _from_mapping(output: Mapping[str, Any]) -> Answer:
    if "label" not in output:
        raise Unfit(f"an output is a mapping without `label`: it has {', '.join(map(str, output))}")
    margin, score = output.get("margin"), output.get("score")
    return Answer(
        _label(_plain(output["label"])),
        None if margin is None else _finite(_number(margin)),
        None if score is None else _finite(_number(score)),
    )


def _from_scores(scores: list[float]) -> Answer:
    if len(scores) < 2:
        raise Unfit(
            f"an output is a list of {_counted(len(scores), 'score')}, which names no label"
        )
    if any(map(math.isnan, scores)):
        return Answer(None)
    second, first = sorted(scores)[-2:]
    return Answer(scores.index(first), _finite(first - second), _finite(first))


def _label(value: Any) -> Label:
    if isinstance(value, float) and math.isnan(value):
        return None
    if isinstance(value, (str, int, float)):
        return value
    raise Unfit(f"an output is {kind(value)}")


def _number(value: Any) -> float:
    plain = _plain(value)
    if isinstance(plain, (int, float)):
        return float(plain)
    raise Unfit(f"a score is {kind(plain)}, not a number")


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _plain(value: Any) -> Any:
    return value.tolist() if hasattr(value, "tolist") else value


def kind(value: Any) -> str:
    """What the value is, for a sentence: None, an int, a dict."""
    name = type(value).__name__
    article = "an" if name[0].lower() in "aeiou" else "a"
    return "None" if value is None else f"{article} {name}"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
