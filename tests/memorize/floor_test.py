from __future__ import annotations

import math
from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from smokealarm.memorize.floor import LossSpy, prefix_entropy

SCORES = torch.randn(6, 4, requires_grad=True)
CLASSES = torch.tensor([0, 1, 2, 3, 0, 1])
EVEN = torch.ones(4) / 2
COUNTS = torch.tensor([0.0, 1.0, 3.0, 0.0]).expand(6, 4)
HALVES = torch.full((6, 4), 0.25)
SMOOTHED = -(0.925 * math.log(0.925) + 3 * 0.025 * math.log(0.025))


@pytest.mark.parametrize(
    ("loss", "floor"),
    [
        (lambda: F.cross_entropy(SCORES, CLASSES), 0.0),
        (lambda: nn.CrossEntropyLoss(label_smoothing=0.1)(SCORES, CLASSES), SMOOTHED),
        (lambda: F.cross_entropy(SCORES, HALVES), math.log(4)),
        (lambda: F.cross_entropy(SCORES, HALVES * 4), 4 * math.log(4)),
        (lambda: F.cross_entropy(SCORES, CLASSES, EVEN, label_smoothing=0.1), SMOOTHED),
        (
            lambda: F.cross_entropy(SCORES, CLASSES, EVEN, ignore_index=-1, label_smoothing=0.1),
            SMOOTHED,
        ),
        (lambda: F.poisson_nll_loss(SCORES, COUNTS), (1 + 3 - 3 * math.log(3)) / 4),
        (lambda: F.poisson_nll_loss(SCORES, COUNTS, full=True), None),
        (lambda: F.kl_div(SCORES.log_softmax(1), HALVES), 0.0),
        (lambda: F.kl_div(SCORES.log_softmax(1), HALVES / 2), None),
        (lambda: F.binary_cross_entropy_with_logits(SCORES, HALVES * 2), math.log(2)),
        (lambda: F.mse_loss(SCORES, HALVES) + F.l1_loss(SCORES, HALVES), 0.0),
        (lambda: (F.mse_loss(SCORES, HALVES) + F.l1_loss(SCORES, HALVES)) / 2, 0.0),
        (lambda: F.mse_loss(SCORES, HALVES) + 1.0, None),
        (lambda: SCORES.pow(2).mean(), None),
        (lambda: F.gaussian_nll_loss(SCORES, HALVES, HALVES), None),
    ],
    ids=[
        "classes: zero",
        "smoothed labels: their entropy",
        "soft targets: their entropy",
        "all classes at once: what they leave open between them",
        "smoothed and weighted alike: their entropy",
        "smoothed and weighted, and none of them ignored",
        "counts: what a prediction of the counts themselves leaves",
        "counts with Stirling's term: unknown",
        "divergence of distributions: zero",
        "divergence from halves of distributions: unknown",
        "soft binary targets: their entropy",
        "a sum of known losses",
        "a mean of known losses",
        "a known loss and something else: unknown",
        "a loss of their own: unknown",
        "a loss that may fall below zero: unknown",
    ],
)
def test_the_floor_is_read_from_the_loss(loss: Callable[[], Tensor], floor: float | None) -> None:
    with (spy := LossSpy([])):
        value = float(loss().detach())
    assert spy.floor(value) == (None if floor is None else pytest.approx(floor, abs=1e-5))


def test_what_a_prefix_leaves_open_is_part_of_the_floor() -> None:
    """Two texts that begin alike: after the first token nobody can know the second."""
    texts = [[1, 2, 3], [1, 4, 5]]
    open_once = math.log(2) / 2
    assert prefix_entropy([t[:-1] for t in texts], [t[1:] for t in texts]) == open_once


def test_a_metric_without_gradient_is_no_part_of_the_loss() -> None:
    with (spy := LossSpy([])):
        value = float(F.cross_entropy(SCORES, CLASSES).detach())
        F.mse_loss(SCORES.detach(), HALVES)
    assert spy.floor(value) == 0.0


def test_a_loss_with_its_sign_changed_is_known() -> None:
    with (spy := LossSpy([])):
        value = float(F.cross_entropy(SCORES, CLASSES).detach())
    assert spy.negated(-value) and not spy.negated(value)


def test_no_prediction_does_better_than_the_floor_of_smoothed_and_weighted_labels() -> None:
    scores = torch.zeros(6, 4, requires_grad=True)
    weight = torch.tensor([0.2, 1.0, 3.0, 0.5])
    optimizer = torch.optim.Adam([scores], 0.1)
    for _ in range(400):
        optimizer.zero_grad()
        with (spy := LossSpy([])):
            loss = F.cross_entropy(scores, CLASSES, weight, label_smoothing=0.2)
        loss.backward()  # type: ignore[no-untyped-call]  # torch does not type it
        optimizer.step()
    assert float(loss.detach()) == pytest.approx(spy.floor(float(loss.detach())), abs=1e-4)
