"""The check `no_near_duplicates`."""

from __future__ import annotations

from collections.abc import Iterator

from smokealarm.data.columns import Kind
from smokealarm.data.conditions.row_condition import RowCondition, parsed
from smokealarm.data.expectation import Answers, Expectation
from smokealarm.data.judging.pairs import told
from smokealarm.data.judging.rows import misfit
from smokealarm.data.options import check_mostly
from smokealarm.data.questions import Question
from smokealarm.data.questions.comparisons import RepeatedRows, SimilarTexts, Twins
from smokealarm.errors import FatalError
from smokealarm.finding import Finding


def check(
    *,
    text: str = "",
    similarity: float = 0.9,
    columns: list[str] | None = None,
    digits: int = 4,
    mostly: float = 1.0,
    row_condition: RowCondition = None,
    condition_parser: str | None = None,
) -> Expectation:
    """No row is nearly the same as an earlier one.

        data:
          - name: reviews
            table: data/reviews.parquet
            checks:
              - no_near_duplicates: {text: review, similarity: 0.9}
              - no_near_duplicates: {columns: [x, y, z], digits: 4}

    Options:
        text: a column of texts to compare. Give this, or `columns`.
        similarity: from which likeness on two texts are near duplicates, from 0.7 to 1.
        columns: columns whose numbers are rounded before rows are compared; other values must be equal.
        digits: to how many significant digits fractions are rounded; whole numbers, as counts, codes
            and 20260131, must be equal. A number on the edge between two
            rounded ones may be told apart from its neighbour.
        mostly: the share of the rows that must be no near duplicate, from 0 to 1.
        row_condition, condition_parser: which rows.

    The likeness of two texts is the share of five successive characters that they have in common
    (Jaccard), without regard to case, punctuation and the width of gaps, in any language; missing and
    empty texts are left out. Texts meet by MinHash: a pair that is 90 % alike is missed once in ten
    thousand, one that is 80 % alike in 200. Very short texts are alike only when equal.

    Source: Broder, On the resemblance and containment of documents (1997).
    """
    check_mostly(mostly)
    where = parsed(row_condition, condition_parser)
    question: Question[Twins]
    if bool(text) == bool(columns):
        raise FatalError(
            "there must be one of `text:`, a column of texts, and `columns:`, to be rounded",
            "Write `text: review` or `columns: [x, y]`.",
        )
    if not 0.7 <= similarity <= 1 or not 1 <= digits <= 15:
        raise FatalError(
            f"`similarity: {similarity:g}` with `digits: {digits}` is out of range",
            "Write a similarity from 0.7 to 1, and 1 to 15 digits.",
        )
    if text:
        question = SimilarTexts(column=text, similarity=similarity, where=where)
    else:
        question = RepeatedRows(names=tuple(columns or ()), digits=digits, where=where)

    def judge(answers: Answers) -> Iterator[Finding]:
        if text and answers.columns[text].kind is not Kind.TEXT:
            yield misfit(answers.columns[text], "only texts are alike; round numbers by `columns:`")
            return
        twins = answers.of(question)
        if twins.again > (1 - mostly) * twins.rows + 1e-9:
            yield told(
                answers,
                twins,
                mostly,
                "nearly equal to",
                "Keep one of each, or allow a share of them by `mostly:`.",
            )

    return Expectation(questions=(question,), judge=judge)
