"""The check `expect_column_most_common_value_to_be_in_set`."""

from __future__ import annotations

from collections.abc import Iterator

from smokealarm.data.conditions.row_condition import RowCondition, parsed
from smokealarm.data.expectation import Answers, Expectation
from smokealarm.data.options import shown
from smokealarm.data.questions import Commonest, Modes
from smokealarm.finding import Finding


def check(
    *,
    column: str,
    value_set: list[str | int | float | bool | None],
    ties_okay: bool | None = None,
    row_condition: RowCondition = None,
    condition_parser: str | None = None,
) -> Expectation:
    """The most common value of the column is one of a set.

        data:
          - name: train
            table: data/train.parquet
            checks:
              - expect_column_most_common_value_to_be_in_set:
                  column: country
                  value_set: [de, fr]
                  ties_okay: true

    Options:
        column: the column's name, as the file writes it.
        value_set: the values that may be the most common one.
        ties_okay: true lets several values share the first place, if one of them is in the set; by
            default that is a failure.
        row_condition, condition_parser: which rows are meant; by default all.

    Nulls and NaN do not count; a column without values has no most common one, which is a failure.
    Dates are written as texts, 2026-01-31; great_expectations never finds them in a set.

    Source: great_expectations 1.24, ExpectColumnMostCommonValueToBeInSet.
    """
    question = Commonest(column, tuple(value_set), where=parsed(row_condition, condition_parser))

    def judge(answers: Answers) -> Iterator[Finding]:
        modes = answers.of(question)
        if not (modes.asked_for and (ties_okay or modes.ties == 1)):
            yield Finding(
                message=f"{column}: {_wrong(modes)}",
                remedy="Look at what became frequent or rare; add the value to `value_set:` if it is "
                "right, or allow equal counts with `ties_okay: true`.",
                evidence={
                    "column": column,
                    "observed_value": shown(modes.first, modes.ties),
                    "rows": modes.rows,
                },
            )

    return Expectation(questions=(question,), judge=judge)


def _wrong(modes: Modes) -> str:
    if not modes.ties:
        return "there is no most common value, because there is none at all"
    values = shown(modes.first, modes.ties)
    if modes.ties == 1:
        return f"the most common value is {values} ({modes.rows:,} rows), which is not in the set"
    which = "of which some are" if modes.asked_for else "none of them is"
    equal = f"{modes.ties:,} values are equally common ({modes.rows:,} rows each)"
    return f"{equal}, {which} in the set: {values}"
