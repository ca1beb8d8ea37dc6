"""What the checks of arrays share: which arrays are meant, and how an element is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar, Union

from smokealarm.data.columns import did_you_mean, listed
from smokealarm.data.expectation import Answers, Expectation
from smokealarm.data.judging.rows import allowed, percent
from smokealarm.data.options import check_mostly
from smokealarm.data.questions.arrays import ArrayNames, Elements, FaultyElements, Layout, Layouts
from smokealarm.finding import Finding

Told = TypeVar("Told", Layout, Elements)
AboutArrays = Union[Layouts, FaultyElements]
NAMES = ArrayNames()


def each_array(
    question: Layouts, judged: Callable[[Answers, Layout], Iterator[Finding]]
) -> Expectation:
    """A check that judges every array that is meant by what the file declares."""

    def judge(answers: Answers) -> Iterator[Finding]:
        found = answers.of(question)
        if not found:
            yield no_array(question.array, answers)
        for layout in found:
            yield from judged(answers, layout)

    return Expectation(questions=(question, NAMES), judge=judge)


def few_elements(question: FaultyElements, mostly: float, wrong: str, remedy: str) -> Expectation:
    """True when at least the share `mostly` of an array's elements is without the fault."""
    check_mostly(mostly)

    def judge(answers: Answers) -> Iterator[Finding]:
        found = answers.of(question)
        if not found:
            yield no_array(question.array, answers)
        for elements in found:
            if elements.count is None:
                if question.array:  # of all arrays, those of texts are not meant
                    yield _no_numbers(elements)
            elif elements.faulty > (1 - mostly) * elements.count + 1e-9:
                yield _too_many(answers, elements, elements.count, mostly, wrong, remedy)

    return Expectation(questions=(question, NAMES), judge=judge)


def _too_many(
    answers: Answers, elements: Elements, count: int, mostly: float, wrong: str, remedy: str
) -> Finding:
    share = percent(elements.faulty, count)
    index = list(elements.first)
    span = (
        f"; its numbers go from {elements.smallest:.6g} to {elements.largest:.6g}"
        if elements.smallest is not None and elements.largest is not None
        else ""
    )
    return Finding(
        message=f"{elements.array}: {elements.faulty:,} of {count:,} elements {wrong} "
        f"({share}{allowed(mostly)}), first {elements.value} at {index} (counted from 0){span}",
        remedy=remedy,
        evidence={
            "array": elements.array,
            "dtype": elements.dtype,
            "element_count": count,
            "missing_count": elements.missing,
            "unexpected_count": elements.faulty,
            "unexpected_percent": 100 * elements.faulty / count,
            "mostly": mostly,
            "file": answers.table,
            "index": ", ".join(map(str, index)),
            "value": str(elements.value),
            "observed_min": _finite(elements.smallest),
            "observed_max": _finite(elements.largest),
        },
    )


def _finite(value: float | int | None) -> float | int | str | None:
    """JSON has no infinities."""
    return value if value is None or abs(value) < float("inf") else str(value)


def _no_numbers(elements: Elements) -> Finding:
    return Finding(
        message=f"{elements.array} holds {elements.dtype}, which cannot be judged as numbers",
        remedy="Name an array of numbers, or find what changed its type.",
        evidence={"array": elements.array, "dtype": elements.dtype},
    )


def no_array(name: str, answers: Answers) -> Finding:
    """The finding that an array is not there; it names those that are."""
    names = answers.of(NAMES)
    if not names:
        return Finding(
            message=f"there is no array in {answers.table}, nor a column of lists",
            remedy="Name a file of arrays (.npy, .npz, .safetensors), or a column of lists.",
        )
    wanted = f"array {name!r}" if name else "array named here"
    return Finding(
        message=f"there is no {wanted} in {answers.table}{did_you_mean(name, list(names))}",
        remedy=f"Its arrays are: {listed(list(names))}. Write `array:` with one of them.",
        evidence={"array": name, "file": answers.table},
    )
