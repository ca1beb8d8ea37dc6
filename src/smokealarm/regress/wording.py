"""The numbers of a judgement, as people read them."""

from __future__ import annotations

from smokealarm.finding import Scalar, Table
from smokealarm.regress.pairs import Pairs
from smokealarm.regress.verdict import Judgement


def percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def points(difference: float) -> str:
    rounded = round(100 * difference, 1) + 0.0  # never "-0.0"
    return f"{rounded:.1f}".replace("-", "\u2212")


def p_value(p: float) -> str:
    return "p < 0.0001" if p < 0.0001 else f"p = {p:.2g}"


def examples(count: int) -> str:
    return f"{count:,} example{'' if count == 1 else 's'}"


def change(judged: Judgement) -> str:
    """from 97.5 % to 91.0 % (−6.5 points; ...): what a reader has to know of a comparison."""
    base, head = judged.base_right / judged.examples, judged.head_right / judged.examples
    flips = f"{examples(judged.newly_wrong)} newly wrong, {judged.newly_right:,} newly right"
    sign = "+" if judged.drop < 0 else ""
    return (
        f"from {percent(base)} to {percent(head)} ({sign}{points(0 - judged.drop)} points;"
        f" {flips}; {p_value(judged.p)}; the true drop is between {points(judged.low)}"
        f" and {points(judged.high)} points, each bound at 95 % confidence)"
    )


def evidence(judged: Judgement) -> dict[str, Scalar]:
    hidden = {"verdict", "more", "p"}
    if judged.groups == judged.examples:
        hidden.add("groups")  # there are none
    numbers = {
        name: round(value, 6) if isinstance(value, float) else value
        for name, value in judged._asdict().items()
        if name not in hidden
    }
    return {**numbers, "p": float(f"{judged.p:.3g}")}


HEADER = [
    "suite",
    "compared",
    "base right",
    "head right",
    "newly wrong",
    "newly right",
    "drop, points",
    "at least",
    "at most",
    "p",
    "only in base",
    "only in head",
]


def comparison(name: str, judged: Judgement, pairs: Pairs) -> Table:
    """The picture that stands beside the verdict, whichever it is."""
    row: list[Scalar] = [
        name,
        judged.examples,
        percent(judged.base_right / judged.examples),
        percent(judged.head_right / judged.examples),
        judged.newly_wrong,
        judged.newly_right,
        points(judged.drop),
        points(judged.low),
        points(judged.high),
        p_value(judged.p).removeprefix("p ").removeprefix("= "),
        pairs.only_base,
        pairs.only_head,
    ]
    return Table(title=f"{name}: right answers, base and head", header=HEADER, rows=[row])
