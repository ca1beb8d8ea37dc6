"""The judges of the expectations about a column's type."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from smokealarm.data.columns import did_you_mean
from smokealarm.data.expectation import Answers, Expectation
from smokealarm.data.judging.rows import no_column
from smokealarm.data.values.types import ALIASES, OWN, is_one, meant, pandas_name
from smokealarm.errors import FatalError
from smokealarm.finding import Finding


def there(column: str) -> Expectation:
    """True when the table has the column, whatever it holds."""

    def judge(answers: Answers) -> Iterator[Finding]:
        if column not in answers.columns:
            yield no_column(column, answers)

    return Expectation(judge=judge)


def of_types(
    column: str,
    names: Sequence[str],
    option: str,
    goes_by: Callable[[str, str], bool] = is_one,
) -> Expectation:
    """True when the column goes by one of the names. Only the schema is read.

    A name that no type goes by is told, unless others do: suites name the types of many engines.
    """
    if names and not any(meant(name) for name in names):
        raise FatalError(
            f"`{option}: {', '.join(names)}` is no type that a column can have"
            + did_you_mean(names[0], [*ALIASES, *OWN]),
            f"Write a name of Python, pandas or SQL (int, int64, str), or DuckDB's: {', '.join(OWN)}.",
        )

    def judge(answers: Answers) -> Iterator[Finding]:
        if column not in answers.columns:
            yield no_column(column, answers)
            return
        observed = answers.columns[column].type
        if not any(goes_by(observed, name) for name in names):
            expected = ", ".join(names) if names else "none: `type_list` is empty"
            yield Finding(
                message=f"{column} is of type {observed}, expected {expected}",
                remedy=f"Write the column as it was, or change `{option}:` and what reads the column.",
                evidence={
                    "column": column,
                    "type": observed,
                    "observed_value": pandas_name(observed),
                    "expected": expected,
                },
            )

    return Expectation(judge=judge)
