"""The check `text_starts_varied`."""

from __future__ import annotations

from collections.abc import Iterator

from smokealarm.data.columns import Kind
from smokealarm.data.conditions.row_condition import RowCondition, parsed
from smokealarm.data.expectation import Answers, Expectation
from smokealarm.data.judging.rows import misfit, percent
from smokealarm.data.questions.texts import SharedStart
from smokealarm.errors import FatalError, Inconclusive
from smokealarm.finding import Finding

ENOUGH = 20  # texts; of fewer, half may begin alike by chance


def check(
    *,
    column: str,
    characters: int = 30,
    max_share: float = 0.5,
    row_condition: RowCondition = None,
    condition_parser: str | None = None,
) -> Expectation:
    """The texts of a column do not all begin in the same way.

        data:
          - name: answers
            table: data/answers.jsonl
            checks:
              - text_starts_varied: {column: answer, characters: 30, max_share: 0.2}

    Options:
        column: a column of texts. A template is caught that was left in them ("As a language model, I").
        characters: how long a beginning is.
        max_share: the largest share of the texts that may begin alike, from 0 to 1.
        row_condition, condition_parser: which rows.

    Texts that are shorter than a beginning are left out, and equal ones count as one. With fewer than 20
    texts there is no telling.

    Source: the most frequent prefix, counted in full.
    """
    if characters < 1 or not 0 <= max_share <= 1:
        raise FatalError(
            f"`characters: {characters}` or `max_share: {max_share:g}` is out of range",
            "Write at least 1 character, and a share from 0 to 1.",
        )
    question = SharedStart(
        column=column, characters=characters, where=parsed(row_condition, condition_parser)
    )

    def judge(answers: Answers) -> Iterator[Finding]:
        if answers.columns[column].kind is not Kind.TEXT:
            yield misfit(answers.columns[column], "only texts begin with something")
            return
        found = answers.of(question)
        if found.texts < ENOUGH:
            raise Inconclusive(
                f"{column} holds {found.texts} different texts of {characters} characters or more",
                f"At least {ENOUGH} are needed to tell; ask for a shorter beginning.",
            )
        if found.shared > max_share * found.texts:
            share = percent(found.shared, found.texts)
            yield Finding(
                message=f"{column}: {found.shared:,} of {found.texts:,} texts ({share}) "
                f"begin with {found.start!r}",
                remedy="Take the template out of the texts, or raise `max_share:` if it belongs there.",
                evidence={
                    "column": column,
                    "element_count": found.texts,
                    "unexpected_count": found.shared,
                    "observed_value": found.shared / found.texts,
                    "max_share": max_share,
                },
            )

    return Expectation(questions=(question,), judge=judge)
