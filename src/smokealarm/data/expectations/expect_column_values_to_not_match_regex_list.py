"""The check `expect_column_values_to_not_match_regex_list`."""

from __future__ import annotations

from smokealarm.data.conditions.row_condition import RowCondition, parsed
from smokealarm.data.expectation import Expectation
from smokealarm.data.judging.patterns import and_portable
from smokealarm.data.judging.rows import few_rows
from smokealarm.data.options import check_regexes, shown
from smokealarm.data.questions import Faulty, Mismatched


def check(
    *,
    column: str,
    regex_list: list[str],
    mostly: float = 1.0,
    row_condition: RowCondition = None,
    condition_parser: str | None = None,
    portable: bool = False,
) -> Expectation:
    """No value of the column matches any of several patterns.

        data:
          - name: train
            table: data/train.parquet
            checks:
              - expect_column_values_to_not_match_regex_list:
                  column: name
                  regex_list: ['^ ', ' $', '  ']

    Options:
        column: the column's name, as the file writes it.
        regex_list: the patterns, at least one. Each is searched for anywhere in the value.
        mostly: the share of the values that must match none, from 0 to 1; by default all.
        row_condition, condition_parser: which rows are meant; by default all.
        portable: true to be warned where RE2 (DuckDB, BigQuery), Java (Spark) or PostgreSQL refuse the
            pattern or read it otherwise, for a suite that great_expectations runs there too.

    Nulls and NaN do not count. What a pattern means, stands at expect_column_values_to_match_regex.

    Source: great_expectations 1.24, ExpectColumnValuesToNotMatchRegexList.
    """
    check_regexes(regex_list, "regex_list")
    expectation = few_rows(
        Faulty(
            column,
            Mismatched(tuple(regex_list), obeys="none"),
            where=parsed(row_condition, condition_parser),
        ),
        mostly,
        f"does match one of {shown(regex_list)}",
        "Mend these values, or the patterns; they may match anywhere unless ^ and $ hold them.",
    )
    return and_portable(expectation, regex_list, portable)
