"""The check `text_length`."""

from __future__ import annotations

from collections.abc import Iterator

from smokealarm.data.columns import Kind
from smokealarm.data.conditions.row_condition import RowCondition, parsed
from smokealarm.data.conditions.where import Condition
from smokealarm.data.expectation import Answers, Expectation
from smokealarm.data.judging.rows import misfit, out_of_range, within
from smokealarm.data.judging.texts import few_texts
from smokealarm.data.options import check_bounds, in_words
from smokealarm.data.questions import Faulty, SizeOutside, Unit
from smokealarm.data.questions.texts import SizeQuantile
from smokealarm.errors import FatalError
from smokealarm.finding import Finding

REMEDY = (
    "Look for texts that were cut off, joined, or left empty, and for a changed source; widen the range "
    "if such texts are right."
)


def check(
    *,
    column: str,
    min_value: float | None = None,
    max_value: float | None = None,
    unit: Unit = "characters",
    quantile: float | None = None,
    mostly: float = 1.0,
    row_condition: RowCondition = None,
    condition_parser: str | None = None,
) -> Expectation:
    """The texts of a column are neither too short nor too long.

        data:
          - name: reviews
            table: data/reviews.parquet
            checks:
              - text_length: {column: text, min_value: 1, max_value: 512, unit: words, mostly: 0.99}
              - text_length: {column: text, quantile: 0.5, min_value: 80, max_value: 300}

    Options:
        column: a column of texts.
        min_value, max_value: the ends of the range, which belong to it; one may be left out.
        unit: `characters` (code points), `bytes` of UTF-8, or `words`, the pieces between white space
            (languages that write without spaces have few).
        quantile: a number from 0 to 1 to judge that quantile of all lengths, as 0.5 for the median,
            instead of every text. It is the length of an actual text, the smallest at or above the level.
        mostly: without a quantile, the share of the texts whose length must be in the range.
        row_condition, condition_parser: which rows.

    Nulls do not count. Without any text there is no quantile, which is a failure.

    Source: for `quantile`, numpy.quantile(method="inverted_cdf").
    """
    check_bounds(min_value, max_value)
    where = parsed(row_condition, condition_parser)
    if quantile is not None:
        return _of_quantile(column, unit, quantile, min_value, max_value, where)
    return few_texts(
        Faulty(column=column, fault=SizeOutside(unit, min_value, max_value), where=where),
        mostly,
        f"does not have {in_words(min_value, max_value, False, False)} {unit}",
        REMEDY,
    )


def _of_quantile(
    column: str,
    unit: Unit,
    level: float,
    low: float | None,
    high: float | None,
    where: Condition | None,
) -> Expectation:
    if not 0 <= level <= 1:
        raise FatalError(
            f"`quantile: {level:g}` is no level of a quantile", "Write a number from 0 to 1."
        )
    question = SizeQuantile(column=column, unit=unit, level=level, where=where)

    def judge(answers: Answers) -> Iterator[Finding]:
        holds, found = answers.columns[column], answers.of(question)
        if holds.kind is not Kind.TEXT:
            yield misfit(holds, "only texts have a length")
        elif found is None:
            yield misfit(holds, "there is no text whose length could be taken")
        elif not within(found, low, high, False, False):
            what = f"the {level:g} quantile of the {unit} of {column}"
            yield out_of_range(what, found, (low, high, False, False), REMEDY)

    return Expectation(questions=(question,), judge=judge)
