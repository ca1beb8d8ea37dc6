"""The check `expect_query_results_to_match_comparison`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from smokealarm.data.conditions.query import check_query
from smokealarm.data.expectation import Answers, Expectation
from smokealarm.data.judging.rows import percent
from smokealarm.data.options import check_mostly
from smokealarm.data.questions import Selected, Value
from smokealarm.finding import Finding

MOST = 200  # rows of each side, as in great_expectations
SHOWN = 3


def check(
    *,
    base_query: str,
    comparison_data_source_name: str,
    comparison_query: str,
    mostly: float = 1.0,
) -> Expectation:
    """A query about the table returns the same rows as one about another table.

        data:
          - name: train
            table: data/train.parquet
            checks:
              - expect_query_results_to_match_comparison:
                  base_query: SELECT label, count(*) FROM {batch} GROUP BY label
                  comparison_data_source_name: data/labels.csv
                  comparison_query: SELECT label, images FROM {batch}

    Options:
        base_query: one SELECT about the table, {batch}.
        comparison_data_source_name: the other table, by its path from the root.
        comparison_query: one SELECT about the other table, which is {batch} in it.
        mostly: the share of rows that must be the same, from 0 to 1; by default all.

    Of each query the first 200 rows are compared, in any order; names of columns do not matter, their
    order does. A row that stands twice on one side needs two on the other. The share is that of the
    larger side. 1 and 1.0 are equal. The queries read these two tables and no file.
    great_expectations names a data source here, and runs on servers only.

    Source: great_expectations 1.24, ExpectQueryResultsToMatchComparison.
    """
    check_mostly(mostly)
    base = Selected(query=check_query("base_query", base_query), limit=MOST)
    other = Selected(
        query=check_query("comparison_query", comparison_query),
        limit=MOST,
        table=comparison_data_source_name,
    )

    def judge(answers: Answers) -> Iterator[Finding]:
        rows, others = answers.of(base), answers.of(other)
        mine, theirs, most = Counter(rows), Counter(others), max(len(rows), len(others))
        same = (mine & theirs).total()
        if most and same / most < mostly:
            yield _differ(mine - theirs, theirs - mine, most - same, most)

    return Expectation(questions=(base, other), judge=judge)


def _differ(
    unexpected: Counter[tuple[Value, ...]],
    missing: Counter[tuple[Value, ...]],
    rows: int,
    most: int,
) -> Finding:
    parts = [
        f"{what} {'; '.join(', '.join(map(repr, row)) for row in list(found)[:SHOWN])}"
        for what, found in (("only here", unexpected), ("only there", missing))
        if found
    ]
    return Finding(
        message=f"{rows:,} of {most:,} rows of the two queries differ ({percent(rows, most)}): "
        + "; ".join(parts),
        remedy="Mend the table that is wrong, or the query.",
        evidence={"unexpected_count": rows, "unexpected_percent": 100 * rows / most},
    )
