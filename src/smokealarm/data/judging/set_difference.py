"""The judge of a column's distinct values beside a set."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from smokealarm.data.conditions.where import Condition
from smokealarm.data.expectation import Answers, Expectation
from smokealarm.data.options import shown
from smokealarm.data.questions import AgainstSet, Value
from smokealarm.finding import Finding, Scalar


def differs(
    column: str,
    value_set: Sequence[Value],
    where: Condition | None,
    may_have_others: bool,
    may_lack: bool,
) -> Expectation:
    """True when the column holds no other values, unless it may, and all of these, unless it may not."""
    question = AgainstSet(column, tuple(value_set), where=where)

    def judge(answers: Answers) -> Iterator[Finding]:
        found, wrong = answers.of(question), []
        evidence: dict[str, Scalar] = {"column": column, "observed_value": None}
        if not may_have_others:
            evidence |= {
                "unexpected_count": found.strangers,
                "partial_unexpected_list": shown(found.first, len(found.first)),
            }
            if found.strangers:
                wrong.append(
                    f"has {_values(found.strangers, 'that is', 'that are')} not in the set: "
                    f"{shown(found.first, found.strangers)}"
                )
        if not may_lack:
            absent = len(found.absent)
            evidence |= {
                "missing_count": absent,
                "partial_missing_list": shown(found.absent, absent),
            }
            if absent:
                wrong.append(
                    f"lacks {_values(absent, '', '')}of the set: {shown(found.absent, absent)}"
                )
        if wrong:
            yield Finding(
                message=f"{column} {' and '.join(wrong)}",
                remedy="Mend these values, or `value_set:` if they are right. "
                'Numbers and texts differ: "1" is not 1.',
                evidence=evidence,
            )

    return Expectation(questions=(question,), judge=judge)


def _values(count: int, one: str, many: str) -> str:
    return f"{count:,} value{'' if count == 1 else 's'} {one if count == 1 else many}".rstrip() + (
        "" if one else " "
    )
