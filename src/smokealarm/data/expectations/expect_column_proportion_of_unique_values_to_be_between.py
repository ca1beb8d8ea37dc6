"""The check `expect_column_proportion_of_unique_values_to_be_between`."""

from __future__ import annotations

from collections.abc import Iterator

from smokealarm.data.conditions.row_condition import RowCondition, parsed
from smokealarm.data.expectation import Answers, Expectation
from smokealarm.data.judging.in_range import Range, share_in_range
from smokealarm.data.options import check_bounds
from smokealarm.data.questions import Faulty, Missing, Number
from smokealarm.finding import Finding


def check(
    *,
    column: str,
    min_value: int | float | None = None,
    max_value: int | float | None = None,
    strict_min: bool = False,
    strict_max: bool = False,
    row_condition: RowCondition = None,
    condition_parser: str | None = None,
) -> Expectation:
    """The share of different values among the values of the column lies in a range.

        data:
          - name: train
            table: data/train.parquet
            checks:
              - expect_column_proportion_of_unique_values_to_be_between:
                  column: email
                  min_value: 0.9

    Options:
        column: the column's name, as the file writes it.
        min_value, max_value: the ends of the range, from 0 to 1; one may be left out.
        strict_min, strict_max: true to exclude that end; by default both belong to the range.
        row_condition, condition_parser: which rows are meant; by default all.

    The number of different values over the number of values: of a, a, b it is 2/3. Nulls and NaN are
    no values; a column without values has 0. Lists and structures count as well, where
    great_expectations raises.

    Source: great_expectations 1.24, ExpectColumnProportionOfUniqueValuesToBeBetween.
    """
    check_bounds(min_value, max_value, open_ended=True)
    where = parsed(row_condition, condition_parser)
    distinct, missing = Number(column, "distinct", where=where), Faulty(
        column, Missing(), where=where
    )
    wanted = Range(min_value, max_value, strict_min, strict_max)

    def judge(answers: Answers) -> Iterator[Finding]:
        different, tally = answers.of(distinct), answers.of(missing)
        assert isinstance(different, int), "values are counted"
        share = different / ((tally.rows - tally.missing) or 1)
        yield from share_in_range(
            column,
            "share of different values",
            share,
            wanted,
            "Look for repeated rows and for values that became coarser or finer; widen the range if "
            "they are right.",
        )

    return Expectation(questions=(distinct, missing), judge=judge)
