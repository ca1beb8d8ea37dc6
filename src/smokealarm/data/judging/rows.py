"""The judges that most expectations share: rows with a fault, and a number in a range."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Union

from smokealarm.data.columns import Column, did_you_mean, listed
from smokealarm.data.expectation import Answers, Expectation
from smokealarm.data.options import check_mostly, in_words
from smokealarm.data.questions import (
    Bound,
    Example,
    Faulty,
    FaultyRecord,
    Missing,
    Present,
    Tally,
)
from smokealarm.finding import Finding, Scalar

Rows = Union[Faulty, FaultyRecord]


def few_rows(question: Rows, mostly: float, wrong: str, remedy: str) -> Expectation:
    """True when at least the share `mostly` of the values is without the fault.

    Missing values do not count, unless being missing is the fault; no values have no faults.
    `wrong` is the verb of one value, or of one row of several columns: "is null".
    """
    check_mostly(mostly)

    def judge(answers: Answers) -> Iterator[Finding]:
        tally = answers.of(question)
        if _share_right(question, tally) < mostly:
            yield too_many(question, answers, mostly, wrong, remedy)

    return Expectation(questions=(question,), judge=judge)


def too_many(question: Rows, answers: Answers, mostly: float, wrong: str, remedy: str) -> Finding:
    """The finding that counts and shows the rows with the fault."""
    tally = answers.of(question)
    considered = _considered(question, tally)
    examples = answers.examples(question)
    share = percent(tally.faulty, considered)
    with_values = not isinstance(question.fault, Missing)
    where = f", first at {places(examples, answers.table, with_values)}" if examples else ""
    return Finding(
        message=f"{_about(question)}: {tally.faulty:,} of {considered:,} {_things(question)} "
        f"{_plural(wrong, tally.faulty)} ({share}{allowed(mostly)}){where}",
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
    value: Any, min_value: Bound, max_value: Bound, strict_min: bool, strict_max: bool
) -> bool:
    """Whether a value lies in the range; the bounds compare with it."""
    above = min_value is None or (value > min_value if strict_min else value >= min_value)
    below = max_value is None or (value < max_value if strict_max else value <= max_value)
    return above and below


def percent(part: int, whole: int) -> str:
    share = 100 * part / whole if whole else 0.0
    return f"{share:.1f} %" if share >= 0.1 or not share else f"{share:.2g} %"


def allowed(mostly: float) -> str:
    """What follows on a share of faults: how large it may be."""
    return f"; `mostly` allows {(1 - mostly) * 100:.3g} %" if mostly < 1 else ""


def _about(question: Rows) -> str:
    return question.column if isinstance(question, Faulty) else ", ".join(question.names)


def _things(question: Rows) -> str:
    return "values" if isinstance(question, Faulty) else "rows"


def _considered(question: Rows, tally: Tally) -> int:
    of_all = isinstance(question.fault, (Missing, Present))
    return tally.rows if of_all else tally.rows - tally.missing


def _share_right(question: Rows, tally: Tally) -> float:
    considered = _considered(question, tally)
    return (considered - tally.faulty) / considered if considered else 1.0


def _plural(wrong: str, count: int) -> str:
    verb, _, rest = wrong.partition(" ")
    many = {"is": "are", "does": "do", "stands": "stand"}[verb]
    return wrong if count == 1 else f"{many} {rest}"


def places(examples: Sequence[Example], table: str, with_values: bool = True) -> str:
    """Where the examples stand, and what they hold: `row 2: -1, row 7: 133 (lines 3, 8 of a.csv)`."""
    if examples and not examples[0].row:
        return _by_key(examples, with_values)
    if examples and examples[0].file:
        return _by_file(examples, with_values)
    if with_values:
        shown = ", ".join(f"row {example.row}: {example.value}" for example in examples)
    else:
        shown = _numbered("row", [example.row for example in examples])
    lines = [example.line for example in examples if example.line]
    tail = f"{_numbered('line', lines)} of {table}" if lines else "rows count from 1"
    return f"{shown} ({tail})"


def _by_file(examples: Sequence[Example], with_values: bool) -> str:
    """Rows of a table of several files, each of which counts its own: `row 2 of a.csv (line 3): -1`."""
    rows = []
    for one in examples:
        line = f" (line {one.line})" if one.line else ""
        rows.append(f"row {one.row} of {one.file}{line}" + f": {one.value}" * with_values)
    return ", ".join(rows) + ("" if examples[0].line else " (rows count from 1)")


def _by_key(examples: Sequence[Example], with_values: bool) -> str:
    """Rows of a remote table, which have a key or nothing to be found again by."""
    if not with_values:
        return ", ".join(example.key for example in examples)
    return ", ".join(": ".join(filter(None, (one.key, one.value))) for one in examples)


def _numbered(noun: str, numbers: Sequence[int]) -> str:
    return f"{noun}{'s' * (len(numbers) > 1)} {', '.join(map(str, numbers))}"


def _evidence(
    question: Rows, tally: Tally, mostly: float, examples: Sequence[Example], table: str
) -> dict[str, Scalar]:
    """The counts under the names of great_expectations, and the first place."""
    present = tally.rows - tally.missing
    evidence: dict[str, Scalar] = {
        "columns" if isinstance(question, FaultyRecord) else "column": _about(question),
        "element_count": tally.rows,
        "missing_count": tally.missing,
        "missing_percent": 100 * tally.missing / tally.rows if tally.rows else 0.0,
        "unexpected_count": tally.faulty,
        "unexpected_percent": 100 * tally.faulty / (_considered(question, tally) or 1),
        "unexpected_percent_total": 100 * tally.faulty / (tally.rows or 1),
        "unexpected_percent_nonmissing": 100 * tally.faulty / (present or 1),
        "mostly": mostly,
    }
    if isinstance(question.fault, (Missing, Present)):
        for meaningless in ("missing_count", "missing_percent", "unexpected_percent_nonmissing"):
            del evidence[meaningless]
    if examples and not examples[0].row:
        evidence |= {"file": table, "rows": ", ".join(filter(None, (one.key for one in examples)))}
    elif examples:
        first = examples[0]
        evidence |= {"file": first.file or table, "row": first.row, "line": first.line}
        evidence["rows"] = ", ".join(str(example.row) for example in examples)
    return evidence


def out_of_range(
    what: str,
    value: int | float | str,
    bounds: tuple[Bound, Bound, bool, bool],
    remedy: str,
    column: str = "",
) -> Finding:
    """The finding that one number of the table is not where it should be."""
    of = {"column": column} if column else {}
    return Finding(
        message=f"{what} is {_shown(value, bounds)}, expected {in_words(*bounds)}",
        remedy=remedy,
        evidence={**of, "observed_value": value, "min_value": bounds[0], "max_value": bounds[1]},
    )


def _shown(value: int | float | str, bounds: tuple[Bound, Bound, bool, bool]) -> str:
    """Six digits of a number, or as many as it takes to see that it lies outside."""
    if isinstance(value, float):
        short = f"{value:.6g}"
        return repr(value) if within(float(short), *bounds) else short
    return f"{value:,}" if isinstance(value, int) else repr(value)


def another_number(what: str, found: int, expected: int, remedy: str) -> Finding:
    """The finding that one number of the table is not the expected one."""
    return Finding(
        message=f"{what} is {found:,}, expected {expected:,}",
        remedy=remedy,
        evidence={"observed_value": found, "expected": expected},
    )


def no_column(name: str, answers: Answers) -> Finding:
    """The finding that a column is not there; it names those that are."""
    names = list(answers.columns)
    return Finding(
        message=f"there is no column {name!r} in {answers.table}{did_you_mean(name, names)}",
        remedy=f"Its columns are: {listed(names)}. Mend the name here, or the table.",
        evidence={"column": name, "file": answers.table},
    )
