from __future__ import annotations

import pytest

from smokealarm.errors import Place
from smokealarm.finding import Level
from smokealarm.memorize.checks.initial_loss import check as initial_loss
from smokealarm.memorize.losses import LossCall, LossCalls
from tests.memorize.fits import findings, fit_with

LINE = Place("train.py", 7)
ENTROPY = LossCall("cross_entropy", 1, (8, 10), (8,), LINE, value=2.3, classes=True)
BINARY = LossCall("binary_cross_entropy_with_logits", 1, (8, 1), (8, 1), LINE, value=0.7)
SQUARE = LossCall("mse_loss", 1, (8, 1), (8, 1), LINE, value=1.1, target_square=1.0)


@pytest.mark.parametrize(
    "call",
    [
        ENTROPY,
        BINARY,
        SQUARE,
        ENTROPY._replace(value=0.1),
        ENTROPY._replace(value=30.0),
        ENTROPY._replace(value=90.0, reduction="sum"),
        ENTROPY._replace(value=90.0, weighted=True),
        ENTROPY._replace(value=90.0, step=2),
        SQUARE._replace(value=60.0),
        SQUARE._replace(value=1.0, target_square=0.0),
    ],
    ids=[
        "log of the number of classes",
        "log of two",
        "the mean square of the targets",
        "a model that was trained before",
        "tied embeddings",
        "a sum over the batch",
        "weighted classes",
        "not the first step",
        "targets far from zero",
        "targets that are zero",
    ],
)
def test_an_ordinary_first_loss_is_fine(call: LossCall) -> None:
    assert findings(initial_loss(fit_with(LossCalls((call,), 3)))) == []


@pytest.mark.parametrize(
    "call",
    [
        ENTROPY._replace(value=90.0),
        BINARY._replace(value=50.0),
        SQUARE._replace(value=1e4, highest=100.0),
    ],
    ids=["cross-entropy", "binary cross-entropy", "mean square error"],
)
def test_many_times_the_loss_of_a_guess_is_a_warning(call: LossCall) -> None:
    [finding] = findings(initial_loss(fit_with(LossCalls((call,), 3))))
    assert finding.level is Level.WARNING and "times that of a guess" in finding.message
    assert (finding.path, finding.line) == ("train.py", 7)


def test_the_option_says_how_many_times_is_too_much() -> None:
    fit = fit_with(LossCalls((ENTROPY._replace(value=30.0),), 3))
    assert len(findings(initial_loss(fit, times=10))) == 1
