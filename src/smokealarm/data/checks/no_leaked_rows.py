"""The check `no_leaked_rows`."""

from __future__ import annotations

from collections.abc import Iterator

from smokealarm.data.conditions.row_condition import RowCondition, parsed
from smokealarm.data.expectation import Answers, Expectation
from smokealarm.data.judging.pairs import by_chance, told_between
from smokealarm.data.judging.rows import percent
from smokealarm.data.options import check_mostly
from smokealarm.data.questions import Question
from smokealarm.data.questions.comparisons import SharedRows, SimilarTexts, Twins
from smokealarm.errors import FatalError, Inconclusive
from smokealarm.finding import Finding


def check(
    *,
    between: list[str],
    columns: list[str] | None = None,
    ignore: list[str] | None = None,
    digits: int = 0,
    text: str = "",
    similarity: float = 0.9,
    mostly: float = 1.0,
    row_condition: RowCondition = None,
    condition_parser: str | None = None,
) -> Expectation:
    """No row of the table stands in another split as well.

        data:
          - name: train
            table: data/train.parquet
            checks:
              - no_leaked_rows: {between: [data/validation.parquet, data/test.parquet], ignore: [id]}
              - no_leaked_rows: {between: [data/test.parquet], text: review, similarity: 0.9}

    Options:
        between: the other splits.
        columns: the columns by which rows are compared; by default all that both tables have. Name an
            identity (`[user_id]`) to keep whole groups apart.
        ignore: columns to leave out, as running numbers.
        digits: to how many significant digits fractions are rounded before; 0 for not at all.
        text, similarity: instead, texts of one column that are so alike, as of `no_near_duplicates`.
        mostly: the share of the rows that must not stand in the other table, from 0 to 1.
        row_condition, condition_parser: which rows, of all tables.

    Missing values are equal to each other; a row without any value proves nothing. Columns of two types are
    compared as numbers, moments or texts, so a CSV file may be compared with Parquet. Rows with few values
    have twins by chance: where a row of the other table has a twin in that same table about as often, the
    check is inconclusive, because these columns do not tell rows apart.

    Source: rows meet by a 64-bit hash and are then compared in full.
    """
    check_mostly(mostly)
    if not between:
        raise FatalError(
            "`between:` names no table", "Write the other splits: [data/test.parquet]."
        )
    where = parsed(row_condition, condition_parser)
    questions: dict[str, Question[Twins]] = {}
    for other in between:
        if text:
            questions[other] = SimilarTexts(
                column=text, similarity=similarity, other=other, where=where
            )
        else:
            questions[other] = SharedRows(
                names=tuple(columns or ()),
                ignore=tuple(ignore or ()),
                digits=digits,
                other=other,
                where=where,
            )

    def judge(answers: Answers) -> Iterator[Finding]:
        doubts = []
        for other, question in questions.items():
            twins, beside = answers.of(question), answers.at(other)
            if not twins.columns:
                doubts.append(f"it has no column in common with {other}")
            elif twins.again > (1 - mostly) * twins.rows + 1e-9:
                if by_chance(twins):
                    doubts.append(_usual(twins, other))
                    continue
                like = "nearly equal to" if text or digits else "equal to"
                yield told_between(answers, beside, twins, mostly, like, REMEDY)
        if doubts:
            raise Inconclusive("; ".join(doubts), "Name columns that tell rows apart: `columns:`.")

    return Expectation(questions=tuple(questions.values()), judge=judge)


REMEDY = (
    "Take these rows out of one of the tables: what a model has seen in training says nothing in a "
    "test. Split by an identity, before rows are copied or augmented."
)


def _usual(twins: Twins, other: str) -> str:
    return (
        f"{percent(twins.again, twins.rows)} of the rows stand in {other}, but "
        f"{twins.usual:.1%} of its own rows have a twin in it, so this may be chance"
    )
