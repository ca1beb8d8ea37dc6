"""The check `expect_column_values_to_not_match_regex`."""

from __future__ import annotations

from smokealarm.data.conditions.row_condition import RowCondition, parsed
from smokealarm.data.expectation import Expectation
from smokealarm.data.judging.patterns import and_portable
from smokealarm.data.judging.rows import few_rows
from smokealarm.data.options import check_regexes
from smokealarm.data.questions import Faulty, Mismatched


def check(
    *,
    column: str,
    regex: str,
    mostly: float = 1.0,
    row_condition: RowCondition = None,
    condition_parser: str | None = None,
    portable: bool = False,
) -> Expectation:
    """The pattern is found in no value of the column.

        data:
          - name: train
            table: data/train.parquet
            checks:
              - expect_column_values_to_not_match_regex: {column: comment, regex: '[\\x00-\\x08]'}

    Options:
        column: the column's name, as the file writes it.
        regex: the pattern. It is searched for anywhere in the value: write ^ and $ for all of it.
        mostly: the share of the values that must be without it, from 0 to 1; by default all.
        row_condition, condition_parser: which rows are meant; by default all.
        portable: true to be warned where RE2 (DuckDB, BigQuery), Java (Spark) or PostgreSQL refuse the
            pattern or read it otherwise, for a suite that great_expectations runs there too.

    Nulls and NaN do not count. What a pattern means, stands at expect_column_values_to_match_regex.

    Source: great_expectations 1.24, ExpectColumnValuesToNotMatchRegex.
    """
    check_regexes([regex], "regex")
    expectation = few_rows(
        Faulty(
            column,
            Mismatched((regex,), obeys="none"),
            where=parsed(row_condition, condition_parser),
        ),
        mostly,
        f"does match {regex}",
        "Mend these values, or the pattern; it may match anywhere unless ^ and $ hold it.",
    )
    return and_portable(expectation, [regex], portable)
