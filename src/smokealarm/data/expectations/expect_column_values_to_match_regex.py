"""The check `expect_column_values_to_match_regex`."""

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
    """The pattern is found in each value of the column.

        data:
          - name: train
            table: data/train.parquet
            checks:
              - expect_column_values_to_match_regex: {column: id, regex: "^img_[0-9]{5}$"}

    Options:
        column: the column's name, as the file writes it.
        regex: the pattern. It is searched for anywhere in the value: write ^ and $ for all of it.
        mostly: the share of the values that must match, from 0 to 1; by default all.
        row_condition, condition_parser: which rows are meant; by default all.
        portable: true to be warned where RE2 (DuckDB, BigQuery), Java (Spark) or PostgreSQL refuse the
            pattern or read it otherwise, for a suite that great_expectations runs there too.

    Nulls and NaN do not count. Numbers and dates match as Python prints them (7, 0.5, True, 2026-01-31).
    The pattern means what Python's `re.search` makes of it, lookaround and Unicode as well. RE2 answers
    for the values about which the two agree, and Python for the rest, once per distinct value: a
    pattern with lookaround costs a microsecond for each of those.

    Source: great_expectations 1.24, ExpectColumnValuesToMatchRegex;
    syntax: https://docs.python.org/3/library/re.html#regular-expression-syntax
    """
    check_regexes([regex], "regex")
    expectation = few_rows(
        Faulty(column, Mismatched((regex,)), where=parsed(row_condition, condition_parser)),
        mostly,
        f"does not match {regex}",
        "Mend these values, or the pattern; it may match anywhere unless ^ and $ hold it.",
    )
    return and_portable(expectation, [regex], portable)
