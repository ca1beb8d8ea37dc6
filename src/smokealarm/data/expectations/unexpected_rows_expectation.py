"""The check `unexpected_rows_expectation`."""

from __future__ import annotations

from collections.abc import Iterator

from smokealarm.data.conditions.query import check_query
from smokealarm.data.expectation import Answers, Expectation
from smokealarm.data.questions import Selected
from smokealarm.finding import Finding

SHOWN = 3


def check(*, unexpected_rows_query: str) -> Expectation:
    """A query in SQL returns no rows.

        data:
          - name: train
            table: data/train.parquet
            checks:
              - unexpected_rows_expectation:
                  unexpected_rows_query: |
                    SELECT * FROM {batch} WHERE height_cm < 100 AND age > 18

    Options:
        unexpected_rows_query: one SELECT, which asks for the rows that should not be there; {batch} is
            the table. {{ and }} are braces of the query itself.

    The SQL is DuckDB's, or that of the server where the table is one of a server. The query reads the
    tables of this case and no file, changes nothing, and may take a minute. Names of columns with other
    than letters and digits need "quotes". NaN is a value in SQL, larger than all others.
    great_expectations runs such a query on servers only.

    Source: great_expectations 1.24, UnexpectedRowsExpectation.
    """
    query = check_query("unexpected_rows_query", unexpected_rows_query)
    first = Selected(query=query, limit=SHOWN)
    count = Selected(query=f"SELECT count(*) AS rows FROM (\n{query}\n) AS unexpected", limit=1)

    def judge(answers: Answers) -> Iterator[Finding]:
        rows = answers.of(first)
        if not rows:
            return
        [(number,)] = answers.of(count)
        shown = "; ".join(", ".join(map(repr, row[:8])) for row in rows)
        yield Finding(
            message=f"the query returns {number:,} row{'s' * (number != 1)} that should not be there, "
            f"first {shown}",
            remedy="Mend these rows, or the query.",
            evidence={"observed_value": number, "query": query},
        )

    return Expectation(questions=(first, count), judge=judge)
