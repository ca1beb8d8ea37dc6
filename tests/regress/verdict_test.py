"""Three outcomes, and the numbers that go with them."""

from __future__ import annotations

import numpy as np
import pytest

from smokealarm.finding import Verdict
from smokealarm.regress.flips import Answers, design_effect
from smokealarm.regress.verdict import Limits, judge


def right(examples: int, newly_wrong: int, newly_right: int) -> tuple[Answers, Answers]:
    base = np.ones(examples, dtype=bool)
    head = base.copy()
    head[:newly_wrong] = False
    base[newly_wrong : newly_wrong + newly_right] = False
    return base, head


@pytest.mark.parametrize(
    ("counts", "verdict"),
    [
        pytest.param((200, 0, 0), Verdict.PASS, id="the same answers to 200 examples"),
        pytest.param((149, 0, 0), Verdict.PASS, id="the same answers to just enough"),
        pytest.param((148, 0, 0), Verdict.INCONCLUSIVE, id="the same answers to too few"),
        pytest.param((500, 12, 12), Verdict.PASS, id="as many better as worse"),
        pytest.param((500, 0, 30), Verdict.PASS, id="only better"),
        pytest.param((10_000, 90, 20), Verdict.PASS, id="surely worse, but by too little"),
        pytest.param((400, 26, 0), Verdict.ALARM, id="surely worse"),
        pytest.param((200, 5, 1), Verdict.INCONCLUSIVE, id="worse, but perhaps by chance"),
        pytest.param((100, 100, 0), Verdict.ALARM, id="all wrong"),
        pytest.param((1, 0, 0), Verdict.INCONCLUSIVE, id="a single example"),
    ],
)
def test_the_three_outcomes(counts: tuple[int, int, int], verdict: Verdict) -> None:
    assert judge(*right(*counts)).verdict is verdict


@pytest.mark.parametrize("counts", [(60, 0, 0), (100, 5, 5), (302, 4, 2), (200, 5, 1)])
def test_with_as_many_more_examples_as_it_says_the_verdict_is_no_longer_open(
    counts: tuple[int, int, int],
) -> None:
    judged = judge(*right(*counts))
    assert judged.more
    growth = 1.05 * (judged.examples + judged.more) / judged.examples  # counts have to be whole
    assert judge(*right(*(round(count * growth) for count in counts))).verdict is not (
        Verdict.INCONCLUSIVE
    )


def test_the_visible_drop_is_caught_four_times_in_five() -> None:
    visible = judge(*right(1000, 25, 25)).visible
    shares = [(0.05 + visible) / 2, (0.05 - visible) / 2, 0.95]
    draws = np.random.default_rng(0).multinomial(1000, shares, size=500).tolist()
    caught = [judge(*right(1000, b, c)).verdict is Verdict.ALARM for b, c, _ in draws]
    assert 0.75 <= np.mean(caught) <= 0.85


def test_the_limits_are_the_users() -> None:
    answers = right(1000, 30, 5)
    assert judge(*answers, None, Limits(0.01, 0.02)).verdict is Verdict.ALARM
    assert judge(*answers, None, Limits(0.03, 0.05)).verdict is Verdict.PASS


def test_groups_of_one_change_nothing() -> None:
    answers = right(300, 9, 3)
    assert judge(*answers, np.arange(300)) == judge(*answers)


def test_a_drop_in_one_group_is_one_piece_of_evidence() -> None:
    answers = right(400, 20, 0)
    assert judge(*answers).verdict is Verdict.ALARM
    grouped = judge(*answers, np.arange(400) // 20)
    assert (grouped.verdict, grouped.groups) == (Verdict.INCONCLUSIVE, 20)
    assert grouped.p == pytest.approx(0.25)


def test_the_design_effect_of_groups_that_fall_as_one_is_their_size() -> None:
    losses = np.random.default_rng(0).choice([0, 1], size=2000, p=[0.9, 0.1])
    effect = design_effect(np.repeat(losses, 5), losses * 5, np.full(2000, 5))
    assert effect == pytest.approx(5, rel=1e-3)
