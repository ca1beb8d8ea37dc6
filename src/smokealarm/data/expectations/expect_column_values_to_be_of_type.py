"""The check `expect_column_values_to_be_of_type`."""

from __future__ import annotations

from collections.abc import Iterator

from smokealarm.data.columns import did_you_mean
from smokealarm.data.expectation import Answers, Expectation
from smokealarm.data.judge import no_column
from smokealarm.data.options import check_mostly
from smokealarm.data.types import ALIASES, OWN
from smokealarm.errors import FatalError
from smokealarm.finding import Finding


def check(*, column: str, type_: str, mostly: float = 1.0) -> Expectation:
    """The column is of the type.

        data:
          - name: train
            table: data/train.parquet
            checks:
              - expect_column_values_to_be_of_type: {column: label, type_: int64}

    Options:
        column: the column's name, as the file writes it.
        type_: a name of Python (int, float, str, bool), of numpy and pandas (int64, float32, object,
            datetime64), or of DuckDB (BIGINT, DOUBLE, VARCHAR, DECIMAL(10,2)). Python's names mean every
            width: int is any whole number.
        mostly: accepted as great_expectations accepts it; a column of a table has one type, so it
            changes nothing.

    Only the schema is read for Parquet. CSV has no types: whole numbers are int64, other numbers
    float64, True and False bool, all else (dates too) text. In JSONL a column of several types is JSON.
    pandas turns whole numbers with nulls among them into float64; here they stay int64.

    Source: great_expectations 1.24, ExpectColumnValuesToBeOfType.
    """
    check_mostly(mostly)
    wanted = _wanted(type_)

    def judge(answers: Answers) -> Iterator[Finding]:
        if column not in answers.columns:
            yield no_column(column, answers)
            return
        observed = answers.columns[column].type
        if not {observed, observed.partition("(")[0]} & wanted:
            yield Finding(
                message=f"{column} is of type {observed}, expected {type_}",
                remedy="Write the column as it was, or change `type_:` and what reads the column.",
                evidence={"column": column, "observed_value": observed, "expected": type_},
            )

    return Expectation(judge=judge)


def _wanted(type_: str) -> frozenset[str]:
    known = ALIASES.get(type_) or ALIASES.get(type_.lower())
    upper = type_.upper().replace(" ", "")
    if known:
        return known
    if upper.partition("(")[0].partition("[")[0] in OWN or type_.upper() in OWN:
        return frozenset({upper, type_.upper()})
    raise FatalError(
        f"`type_: {type_}` is no type that a column can have"
        + did_you_mean(type_, [*ALIASES, *OWN]),
        f"Write one of {', '.join(ALIASES)}, or DuckDB's: {', '.join(OWN)}.",
    )
