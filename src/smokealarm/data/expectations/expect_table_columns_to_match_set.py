"""The check `expect_table_columns_to_match_set`."""

from __future__ import annotations

from collections.abc import Iterator

from smokealarm.data.columns import did_you_mean, listed
from smokealarm.data.expectation import Answers, Expectation
from smokealarm.finding import Finding


def check(*, column_set: list[str] | None, exact_match: bool | None = True) -> Expectation:
    """The table has exactly these columns, in any order.

        data:
          - name: train
            table: data/train.parquet
            checks:
              - expect_table_columns_to_match_set: {column_set: [id, age, label]}
              - expect_table_columns_to_match_set: {column_set: [label], exact_match: false}

    Options:
        column_set: the names, as the file writes them; case counts. Null means none.
        exact_match: false lets the table have more columns than these; true by default.

    Only the schema is read.

    Source: great_expectations 1.24, ExpectTableColumnsToMatchSet.
    """
    wanted = column_set or []

    def judge(answers: Answers) -> Iterator[Finding]:
        missing = [name for name in wanted if name not in answers.columns]
        extra = [name for name in answers.columns if name not in wanted]
        if missing or (exact_match and extra):
            yield _mismatch(answers.table, missing, extra if exact_match else [])

    return Expectation(judge=judge)


def _mismatch(table: str, missing: list[str], extra: list[str]) -> Finding:
    hint = did_you_mean(missing[0], extra) if missing else ""
    parts = [f"lacks {listed(missing)}{hint}"] if missing else []
    parts += [f"has {listed(extra)}, which nobody expected"] if extra else []
    return Finding(
        message=f"{table} {' and '.join(parts)}",
        remedy="Mend the table, or `column_set:` if its columns are meant to change.",
        evidence={"missing": ", ".join(missing), "unexpected": ", ".join(extra), "file": table},
    )
