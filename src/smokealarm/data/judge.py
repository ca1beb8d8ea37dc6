"""The judges that most expectations share: rows with a fault, and a number in a range."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Union

from smokealarm.data.columns import Column, did_you_mean, listed
from smokealarm.data.expectation import Answers, Expectation
from smokealarm.data.options import check_mostly, in_words
from smokealarm.data.questions import Example, Faulty, Missing, Tally
from smokealarm.finding import Finding, Scalar

Number = Union[float, None]


def few_rows(question: Faulty, mostly: float, wrong: str, remedy: str) -> Expectation:
    """True when at least the share `mostly` of the values is without the fault.

    Missing values do not count, unless being missing is the fault; no values have no faults.
    `wrong` is the verb of one value: "is null".
    """
    check_mostly(mostly)

    def judge(answers: Answers) -> Iterator[Finding]:
        tally = answers.of(question)
        if _share_right(question, tally) < mostly:
            yield too_many(question, answers, mostly, wrong, remedy)

    return Expectation(questions=(question,), judge=judge)


def too_many(question: Faulty, answers: Answers, mostly: float, wrong: str, remedy: str) -> Finding:
    """The finding that counts and shows the rows with the fault."""
    tally = answers.of(question)
    considered = _considered(question, tally)
    examples = answers.examples(question)
    share = percent(tally.faulty, considered)
    allowed = f"; `mostly` allows {(1 - mostly) * 100:.3g} %" if mostly < 1 else ""
    with_values = not isinstance(question.fault, Missing)
    where = f", first at {places(examples, answers.table, with_values)}" if examples else ""
    return Finding(
        message=f"{question.column}: {tally.faulty:,} of {considered:,} values "
        f"{_plural(wrong, tally.faulty)} ({share}{allowed}){where}",
        remedy=remedy,
        evidence=_evidence(question, tally, mostly, examples, answers.table),
    )


def misfit(column: Column, need: str, where: str = "") -> Finding:
    """The finding that a column's type rules out an answer."""
    return Finding(
        message=f"{column}: {need}{where}",
        remedy="Find what changed the column's type, or write the option for the type it has.",
        evidence={"column": column.name, "type": column.type},
    )


def within(
    value: float, min_value: Number, max_value: Number, strict_min: bool, strict_max: bool
) -> bool:
    """Whether a number lies in the range."""
    above = min_value is None or (value > min_value if strict_min else value >= min_value)
    below = max_value is None or (value < max_value if strict_max else value <= max_value)
    return above and below


def percent(part: int, whole: int) -> str:
    share = 100 * part / whole if whole else 0.0
    return f"{share:.1f} %" if share >= 0.1 or not share else f"{share:.2g} %"


def _considered(question: Faulty, tally: Tally) -> int:
    return tally.rows if isinstance(question.fault, Missing) else tally.rows - tally.missing


def _share_right(question: Faulty, tally: Tally) -> float:
    considered = _considered(question, tally)
    return (considered - tally.faulty) / considered if considered else 1.0


def _plural(wrong: str, count: int) -> str:
    verb, _, rest = wrong.partition(" ")
    many = {"is": "are", "does": "do", "stands": "stand"}[verb]
    return wrong if count == 1 else f"{many} {rest}"


def places(examples: Sequence[Example], table: str, with_values: bool = True) -> str:
    """Where the examples stand, and what they hold: `row 2: -1, row 7: 133 (lines 3, 8 of a.csv)`."""
    if with_values:
        shown = ", ".join(f"row {example.row}: {example.value}" for example in examples)
    else:
        shown = _numbered("row", [example.row for example in examples])
    lines = [example.line for example in examples if example.line]
    tail = f"{_numbered('line', lines)} of {table}" if lines else "rows count from 1"
    return f"{shown} ({tail})"


def _numbered(noun: str, numbers: Sequence[int]) -> str:
    return f"{noun}{'s' * (len(numbers) > 1)} {', '.join(map(str, numbers))}"


def _evidence(
    question: Faulty, tally: Tally, mostly: float, examples: Sequence[Example], table: str
) -> dict[str, Scalar]:
    """The counts under the names of great_expectations, and the first place."""
    present = tally.rows - tally.missing
    evidence: dict[str, Scalar] = {
        "column": question.column,
        "element_count": tally.rows,
        "missing_count": tally.missing,
        "missing_percent": 100 * tally.missing / tally.rows if tally.rows else 0.0,
        "unexpected_count": tally.faulty,
        "unexpected_percent": 100 * tally.faulty / (_considered(question, tally) or 1),
        "unexpected_percent_total": 100 * tally.faulty / (tally.rows or 1),
        "unexpected_percent_nonmissing": 100 * tally.faulty / (present or 1),
        "mostly": mostly,
    }
    if isinstance(question.fault, Missing):
        for meaningless in ("missing_count", "missing_percent", "unexpected_percent_nonmissing"):
            del evidence[meaningless]
    if examples:
        evidence |= {"file": table, "row": examples[0].row, "line": examples[0].line}
        evidence["rows"] = ", ".join(str(example.row) for example in examples)
    return evidence


def out_of_range(
    what: str, value: float, bounds: tuple[Number, Number, bool, bool], remedy: str
) -> Finding:
    """The finding that one number of the table is not where it should be."""
    shown = f"{value:,}" if isinstance(value, int) else f"{value:.6g}"
    return Finding(
        message=f"{what} is {shown}, expected {in_words(*bounds)}",
        remedy=remedy,
        evidence={"observed_value": value, "min_value": bounds[0], "max_value": bounds[1]},
    )


def no_column(name: str, answers: Answers) -> Finding:
    """The finding that a column is not there; it names those that are."""
    names = list(answers.columns)
    return Finding(
        message=f"there is no column {name!r} in {answers.table}{did_you_mean(name, names)}",
        remedy=f"Its columns are: {listed(names)}. Mend the name here, or the table.",
        evidence={"column": name, "file": answers.table},
    )
