from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from smokealarm.errors import Inconclusive, Place, Unasked
from smokealarm.finding import Curve, Finding, Level
from smokealarm.memorize.checks.memorizes import Again
from smokealarm.memorize.checks.memorizes import check as memorizes
from smokealarm.memorize.criterion import (
    clearly_learnt,
    passes,
    share_left,
    still_improves,
)
from smokealarm.memorize.fit import Fit, Flow, Trial
from smokealarm.memorize.losses import LossCall, LossCalls
from tests.memorize.asking import of_code
from tests.memorize.fits import fit_with

LEARNT = tuple(2.0 * 0.95**step for step in range(200))
STUCK = (2.0,) * 200
HALFWAY = tuple(0.6 + 1.4 * 0.9**step for step in range(200))


def trial(losses: tuple[float, ...], seed: int = 0, batch: int = 16, **more: Any) -> Trial:
    return Trial(seed, batch, losses, floor=more.pop("floor", 0.0), **more)


def fit(
    results: dict[tuple[int, int | None], tuple[float, ...]],
    again: float | None = None,
    place: Place | None = None,
    hints: dict[str, Any] = {},
    seen: LossCalls = LossCalls(),
    **more: Any,
) -> Fit:
    """A fit whose trials came out like this; what is not named was not learnt either."""

    def tried(seed: int, batch: int | None) -> Trial:
        return trial(results.get((seed, batch), STUCK), seed, batch or 16, **more)

    first = tried(0, None)
    loss = again or (first.losses[0] if first.losses else 0.0)
    return fit_with(first, Again(loss), Flow(place=place), seen, hints=hints, trial=tried)


def only_finding(subject: Fit) -> Finding:
    [finding] = [sight for sight in memorizes(subject) if isinstance(sight, Finding)]
    return finding


@pytest.mark.parametrize(
    "results",
    [
        {(0, None): LEARNT},
        {(0, 4): LEARNT},
        {(0, 2): LEARNT},
        {(1, None): LEARNT, (2, None): LEARNT},
        {(1, None): LEARNT, (2, 2): LEARNT},
    ],
    ids=[
        "at once",
        "with a batch of four",
        "with a batch of two",
        "with two other seeds of three",
        "with two other seeds and a smaller batch",
    ],
)
def test_it_passes_where_the_batch_is_learnt(
    results: dict[tuple[int, int | None], tuple[float, ...]],
) -> None:
    picture, *notices = memorizes(fit(results))
    assert isinstance(picture, Curve)
    assert not any(sight.level is Level.FAILURE for sight in notices if isinstance(sight, Finding))


@pytest.mark.parametrize(
    "results", [{}, {(1, None): LEARNT}], ids=["on no seed", "on one seed of three only"]
)
def test_it_alarms_where_the_batch_is_not_learnt(results: Any) -> None:
    finding = only_finding(fit(results))
    assert finding.message.startswith("one batch was not learnt: the loss went from 2 to 2 at best")
    assert (finding.path, finding.line) == ("smoke.py", 4)
    assert finding.evidence["reproduce"] == (
        "smokealarm check --stage memorize --case 'all digits'"
    )


def test_the_users_line_that_steps_is_shown_where_it_is_known() -> None:
    finding = only_finding(fit({}, place=Place("loop.py", 9)))
    assert (finding.path, finding.line) == ("loop.py", 9)


def test_different_losses_with_one_seed_are_a_warning() -> None:
    finding = only_finding(fit({(0, None): LEARNT}, again=2.1))
    assert finding.level is Level.WARNING
    assert "begin with different losses: 2 and 2.1" in finding.message


def test_the_hint_off_asks_for_nothing() -> None:
    assert len(list(memorizes(fit({}, hints={"memorizable": "off"})))) == 1


def test_the_hint_partial_asks_for_half_of_the_way() -> None:
    sights = memorizes(fit({(0, None): HALFWAY}, hints={"memorizable": "partial"}))
    assert len(list(sights)) == 1


def test_the_curve_has_at_most_two_hundred_points_and_a_series_per_seed() -> None:
    curve, *_ = memorizes(fit({(0, 4): LEARNT, (0, None): STUCK * 3}))
    assert isinstance(curve, Curve)
    assert len(curve.x) == 200
    assert list(curve.series) == ["seed 0", "seed 0, batch of 4"]
    assert all(len(series) == 200 for series in curve.series.values())


@pytest.mark.parametrize(
    ("losses", "floor", "share"),
    [
        ((2.0, 0.1), 0.0, 0.525),
        ((2.0, *[0.5] * 10), 0.0, 0.25),
        ((2.0, *[0.5] * 10), 0.5, 0.0),
        ((-1.0, *[-3.0] * 10), None, -1.0),
        ((float("nan"),), 0.0, float("inf")),
        ((0.0, 0.0), 0.0, float("inf")),
    ],
    ids=[
        "a short run",
        "the median",
        "less the floor",
        "below zero",
        "not a number",
        "begins at its floor",
    ],
)
def test_the_share_of_what_could_be_lost(
    losses: tuple[float, ...], floor: float | None, share: float
) -> None:
    assert share_left(trial(losses, floor=floor)) == pytest.approx(share)


def test_the_loss_in_eval_mode_counts_too() -> None:
    assert passes(trial(STUCK, eval_losses=(0.1,)), "full")


@pytest.mark.parametrize(
    ("losses", "improves"), [(LEARNT[:60], True), (STUCK, False)], ids=["falling", "flat"]
)
def test_more_steps_are_worth_it_while_the_loss_falls(
    losses: tuple[float, ...], improves: bool
) -> None:
    assert still_improves(losses, 0.0, len(losses)) is improves


@pytest.mark.parametrize(
    ("whole", "floor", "level", "told"),
    [
        (HALFWAY, 0.0, Level.NOTICE, "30 % of what could be lost is left of the whole batch"),
        (STUCK, 0.0, Level.WARNING, "100 % of what could be lost is left of the whole batch"),
        (STUCK, None, Level.NOTICE, "100 % of what could be lost is left of the whole batch"),
        (
            tuple(1.0 + step / 20 for step in range(200)),
            0.0,
            Level.FAILURE,
            "on the whole batch, training made the loss worse, from 1 to 10.72",
        ),
    ],
    ids=["nearly", "not at all", "not at all, with an unknown floor", "made worse"],
)
def test_it_says_how_much_where_only_a_smaller_batch_is_learnt(
    whole: tuple[float, ...], floor: float | None, level: Level, told: str
) -> None:
    finding = only_finding(fit({(0, None): whole, (0, 4): LEARNT}, floor=floor))
    assert finding.level is level
    assert finding.message == f"only a smaller batch was learnt, 4 samples and not 16: {told}"


def test_a_loss_around_zero_with_an_unknown_floor_is_a_doubt() -> None:
    policy = (0.001,) + (-0.0005, 0.0008) * 100
    with pytest.raises(Inconclusive, match="may go below zero") as doubt:
        list(memorizes(fit({(seed, None): policy for seed in range(3)}, floor=None)))
    assert '"memorizable": "off"' in doubt.value.remedy


def test_a_loss_that_is_always_zero_is_an_alarm() -> None:
    still = fit({(seed, None): (0.0,) * 60 for seed in range(3)}, floor=None)
    assert only_finding(still).level is Level.FAILURE


def side(step: int, real: float) -> LossCall:
    call = LossCall("binary_cross_entropy_with_logits", step, (8, 1), (8, 1))
    return call._replace(target_lowest=real, target_highest=real)


def test_two_models_that_play_against_each_other_are_not_asked() -> None:
    game = LossCalls(tuple(side(step, real) for step in (1, 2, 3) for real in (1.0, 0.0)), 3)
    with pytest.raises(Unasked, match="neither loss has to fall"):
        list(memorizes(fit({}, seen=game)))


def test_least_squares_against_ones_and_zeros_are_a_game() -> None:
    sides = [side(step, real) for step in (1, 2, 3) for real in (1.0, 0.0)]
    game = LossCalls(tuple(call._replace(function="mse_loss") for call in sides), 3)
    with pytest.raises(Unasked, match="neither loss has to fall"):
        list(memorizes(fit({}, seen=game)))


def test_labels_of_one_kind_only_are_no_game() -> None:
    same = LossCalls(tuple(side(step, 1.0) for step in (1, 2, 3)), 3)
    assert only_finding(fit({}, seen=same)).level is Level.FAILURE


@pytest.mark.parametrize(
    ("losses", "floor", "clear"),
    [
        ((2.0, *[0.01] * 59), 0.0, True),
        ((2.0, *[0.01] * 59), None, True),
        ((2.0, *[0.01] * 29), 0.0, False),
        ((2.0, *[0.1] * 59), 0.0, False),
        ((2.0, *[0.4] * 59), 0.5, False),
        ((2.0, *[-0.1] * 59), None, False),
        ((-2.0, *[-9.0] * 59), None, False),
    ],
    ids=[
        "a hundredth left",
        "of a loss of one's own",
        "after a few steps",
        "a twentieth left",
        "below its floor",
        "below zero",
        "begun below zero",
    ],
)
def test_steps_are_spared_where_they_can_tell_nothing_new(
    losses: tuple[float, ...], floor: float | None, clear: bool
) -> None:
    assert clearly_learnt(losses, floor) is clear


PLATEAU = """
import torch
def setup(seed):
    model = torch.nn.Linear(4, 1)
    def loss_fn(outputs, target):
        return (outputs - target).pow(2).mean() + 1.0
    x = torch.randn(4, 4)
    return {HINTS} dict(model=model, loss_fn=loss_fn, data=(x, 3 * torch.ones(4, 1)),
        optimizer=torch.optim.Adam(model.parameters(), 0.1))
"""


def test_an_unknown_floor_is_a_doubt_and_a_declared_one_is_not(tmp_path: Path) -> None:
    [doubted] = of_code(tmp_path, PLATEAU.replace("{HINTS}", ""), "memorizes").values()
    assert doubted.findings == [] and doubted.doubt is not None
    assert "declare it: hints=" in doubted.doubt.remedy
    declared = PLATEAU.replace("{HINTS}", "dict(hints={'floor': 1.0}) |")
    [passed] = of_code(tmp_path, declared, "memorizes").values()
    assert (passed.messages, passed.doubt) == ([], None)
