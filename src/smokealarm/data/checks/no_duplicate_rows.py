"""The check `no_duplicate_rows`."""

from __future__ import annotations

from collections.abc import Iterator

from smokealarm.data.conditions.row_condition import RowCondition, parsed
from smokealarm.data.expectation import Answers, Expectation
from smokealarm.data.judging.pairs import told
from smokealarm.data.options import check_mostly
from smokealarm.data.questions.comparisons import RepeatedRows
from smokealarm.finding import Finding


def check(
    *,
    columns: list[str] | None = None,
    ignore: list[str] | None = None,
    mostly: float = 1.0,
    row_condition: RowCondition = None,
    condition_parser: str | None = None,
) -> Expectation:
    """No row is equal to an earlier one.

        data:
          - name: train
            table: data/train.parquet
            checks:
              - no_duplicate_rows: {ignore: [id], mostly: 0.999}

    Options:
        columns: the columns by which rows are compared; by default all.
        ignore: columns to leave out, as running numbers, without which no two rows are equal.
        mostly: the share of the rows that must not be equal to an earlier one, from 0 to 1.
        row_condition, condition_parser: which rows.

    Missing values are equal to each other, and NaN is missing. Each finding names pairs of rows. Where a
    table has few columns with few values, rows are equal by chance; name what tells rows apart.

    Source: pandas.DataFrame.duplicated; rows meet by a 64-bit hash and are then compared in full.
    """
    check_mostly(mostly)
    question = RepeatedRows(
        names=tuple(columns or ()),
        ignore=tuple(ignore or ()),
        where=parsed(row_condition, condition_parser),
    )

    def judge(answers: Answers) -> Iterator[Finding]:
        twins = answers.of(question)
        if twins.again > (1 - mostly) * twins.rows + 1e-9:
            yield told(
                answers,
                twins,
                mostly,
                "equal to",
                "Find what wrote these rows twice, and drop them: they weigh double in training. "
                "If such rows are ordinary here, allow a share of them by `mostly:`.",
            )

    return Expectation(questions=(question,), judge=judge)
