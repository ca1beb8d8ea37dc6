from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from smokealarm.finding import Finding, Level
from smokealarm.memorize.checks.loss_contract import check as loss_contract
from smokealarm.memorize.losses import LossCalls
from smokealarm.memorize.setup import Setup
from smokealarm.memorize.watches.losses import Watch
from tests.memorize.asking import of_code
from tests.memorize.fits import fit_with

Loss = Callable[[Tensor], Tensor]
N, C = 6, 4
CLASSES = torch.tensor([0, 1, 2, 3, 0, 1])
TOKENS = torch.ones(2, 3, dtype=torch.long)  # so that each of the N rows belongs to a token
COLUMN, ROW = torch.rand(N, 1), torch.rand(N)
SOFT = torch.softmax(torch.randn(N, C), 1)
BINARY = (torch.arange(N * C).reshape(N, C) % 2).float()


def seen(loss: Loss, hints: dict[str, Any] = {}, width: int = C) -> LossCalls:
    """What the watch sees of three steps of a linear model with this loss of its outputs."""
    torch.manual_seed(0)
    model, inputs = nn.Linear(5, width), 3 * torch.randn(N, 5)
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    setup = Setup({"": model}, model, (inputs,), loss, (optimizer,), (), None, None, hints)
    watch = Watch(setup, Path(__file__).parent)
    with watch.listening():
        for step in range(1, 5):
            watch.before_step(step, (inputs, TOKENS))
            value = loss(model(inputs))
            optimizer.zero_grad()
            value.backward()  # type: ignore[no-untyped-call]  # torch does not type it
            optimizer.step()
            watch.after_step(step, float(value.detach()))
    return watch.seen()


def findings(loss: Loss, hints: dict[str, Any] = {}, width: int = C) -> list[Finding]:
    return list(loss_contract(fit_with(seen(loss, hints, width), hints=hints)))


def distilled(out: Tensor) -> Tensor:
    with torch.no_grad():
        F.cross_entropy(out.softmax(1), CLASSES)  # a metric: no gradient hangs on it
    return F.kl_div(out.log_softmax(1), SOFT, reduction="batchmean")


HEALTHY: dict[str, tuple[Loss, int]] = {
    "logits": (lambda o: F.cross_entropy(o, CLASSES), C),
    "log-probabilities in cross_entropy, which change nothing": (
        lambda o: F.cross_entropy(o.log_softmax(1), CLASSES),
        C,
    ),
    "log-probabilities in nll_loss": (lambda o: F.nll_loss(o.log_softmax(1), CLASSES), C),
    "a logarithm with an epsilon in nll_loss": (
        lambda o: F.nll_loss((o.softmax(1) + 1e-3).log(), CLASSES),
        C,
    ),
    "soft labels": (lambda o: F.cross_entropy(o, SOFT), C),
    "smoothed labels": (lambda o: F.cross_entropy(o, CLASSES, label_smoothing=0.1), C),
    "sigmoids in binary_cross_entropy": (lambda o: F.binary_cross_entropy(o.sigmoid(), BINARY), C),
    "logits in a binary cross-entropy": (
        lambda o: F.binary_cross_entropy_with_logits(o, BINARY),
        C,
    ),
    "smoothed labels of a GAN above one": (
        lambda o: F.binary_cross_entropy_with_logits(o, torch.full((N, C), 1.2)),
        C,
    ),
    "scaled sigmoids as logits": (lambda o: F.cross_entropy(10 * o.sigmoid(), CLASSES), C),
    "divergence of distributions, and a metric beside it": (distilled, C),
    "a column against a column": (lambda o: F.mse_loss(o, COLUMN), 1),
    "one number against all outputs": (lambda o: F.mse_loss(o, torch.ones(1, 1)), 1),
    "pairs asked for, as in quantile regression": (
        lambda o: F.smooth_l1_loss(o, ROW[None].expand(N, N), reduction="mean") + o.mean(),
        1,
    ),
    "all pairs without a reduction": (
        lambda o: F.l1_loss(o, ROW, reduction="none").min(1).values.mean(),
        1,
    ),
    "distances to centres of one's own": (
        lambda o: (-((o - ROW) ** 2)).exp().sum(1).log().mean().neg(),
        1,
    ),
    "one output, squared by hand": (lambda o: ((o.squeeze(1) - ROW) ** 2).mean(), 1),
}


@pytest.mark.filterwarnings("ignore:Using a target size")
@pytest.mark.parametrize(("loss", "width"), HEALTHY.values(), ids=HEALTHY)
def test_it_is_quiet_where_the_loss_is_given_what_it_wants(loss: Loss, width: int) -> None:
    assert findings(loss, width=width) == []


FAULTS: dict[str, tuple[Loss, int, str]] = {
    "softmax before cross_entropy": (
        lambda o: F.cross_entropy(o.softmax(1), CLASSES),
        C,
        "cross_entropy is given probabilities",
    ),
    "softmax before cross_entropy, divided by its sum again": (
        lambda o: F.cross_entropy(o.exp() / o.exp().sum(1, True), CLASSES),
        C,
        "cross_entropy is given probabilities",
    ),
    "sigmoid before cross_entropy": (
        lambda o: nn.CrossEntropyLoss()(o.sigmoid(), CLASSES),
        C,
        "cross_entropy is given probabilities",
    ),
    "sigmoid before a binary cross-entropy of logits": (
        lambda o: F.binary_cross_entropy_with_logits(o.sigmoid().view(-1), BINARY.view(-1)),
        C,
        "binary_cross_entropy_with_logits is given probabilities",
    ),
    "logits in nll_loss": (lambda o: F.nll_loss(o, CLASSES), C, "nll_loss is given logits"),
    "probabilities in nll_loss": (
        lambda o: F.nll_loss(o.softmax(1), CLASSES),
        C,
        "nll_loss is given probabilities",
    ),
    "log_softmax over the batch": (
        lambda o: F.nll_loss(o.log_softmax(0), CLASSES),
        C,
        "log_softmax runs over dimension 0, and the classes are dimension 1",
    ),
    "log_softmax over the batch before cross_entropy": (
        lambda o: F.cross_entropy(o.log_softmax(0), CLASSES),
        C,
        "log_softmax runs over dimension 0",
    ),
    "probabilities in kl_div": (
        lambda o: F.kl_div(o.softmax(1), SOFT, reduction="batchmean"),
        C,
        "kl_div is given something else than log-probabilities",
    ),
    "a column against a row in mse_loss": (
        lambda o: F.mse_loss(o, ROW),
        1,
        "mse_loss compares outputs of shape (6, 1) with targets of shape (6,)",
    ),
    "a column against a row by hand": (
        lambda o: ((o - ROW) ** 2).mean(),
        1,
        "your loss compares outputs of shape (6, 1) with targets of shape (6,)",
    ),
    "one class": (
        lambda o: F.cross_entropy(o, torch.zeros(N, dtype=torch.long)) + o.mean(),
        1,
        "cross_entropy is given one class only",
    ),
    "all targets ignored": (
        lambda o: F.cross_entropy(o, torch.full((N,), -100), reduction="sum"),
        C,
        "cross_entropy ignores every target",
    ),
    "class numbers as binary targets": (
        lambda o: F.binary_cross_entropy_with_logits(o, BINARY * 3),
        C,
        "is given targets from 0 to 3, and it wants 0 to 1",
    ),
}


@pytest.mark.filterwarnings("ignore:Using a target size")
@pytest.mark.parametrize(("loss", "width", "message"), FAULTS.values(), ids=FAULTS)
def test_it_alarms_at_the_line_of_the_call(loss: Loss, width: int, message: str) -> None:
    [finding] = findings(loss, width=width)
    assert message in finding.message and finding.level is Level.FAILURE
    code = loss.__code__
    assert finding.path == "loss_contract_test.py"
    assert code.co_firstlineno <= (finding.line or 0) <= code.co_firstlineno + 1


def test_the_lowest_loss_that_probabilities_can_have_is_told() -> None:
    [finding] = findings(lambda o: F.cross_entropy(o.softmax(1), CLASSES))
    assert finding.evidence["lowest loss this way"] == pytest.approx(math.log1p(3 / math.e), 1e-3)


@pytest.mark.parametrize(
    ("loss", "hints", "message"),
    [
        (
            lambda o: F.cross_entropy(o, CLASSES),
            {"pad_id": 3},
            "cross_entropy counts the padding as targets",
        ),
        (
            lambda o: F.soft_margin_loss(o, BINARY),
            {},
            "soft_margin_loss is given targets of 0 and 1, and it wants -1 and 1",
        ),
        (
            lambda o: F.binary_cross_entropy_with_logits(o.tanh(), BINARY),
            {},
            "is given outputs of tanh",
        ),
    ],
    ids=["padding that counts", "0 and 1 for -1 and 1", "tanh before a loss of logits"],
)
def test_what_may_be_meant_is_a_warning(loss: Loss, hints: dict[str, Any], message: str) -> None:
    [finding] = findings(loss, hints)
    assert message in finding.message and finding.level is Level.WARNING


def test_padding_that_is_ignored_is_fine() -> None:
    assert findings(lambda o: F.cross_entropy(o, CLASSES, ignore_index=3), {"pad_id": 3}) == []


def test_class_numbers_are_no_tokens() -> None:
    def loss(out: Tensor) -> Tensor:
        return F.cross_entropy(out[:2], CLASSES[:2])

    assert findings(loss, {"pad_id": 1}) == []


def test_classes_in_the_wrong_dimension_are_found_by_the_hint() -> None:
    def loss(out: Tensor) -> Tensor:
        return F.cross_entropy(out.view(N, 2, 4), torch.zeros(N, 4, dtype=torch.long))

    [finding] = findings(loss, {"num_classes": 4}, 8)
    assert "takes dimension 1 for the classes, 2 of them; the hints say 4" in finding.message
    assert findings(loss, {"num_classes": 2}, 8) == []


SOFTMAX = """
import torch
from torch import nn

def setup(seed):
    model = nn.Sequential(nn.Linear(4, 3), nn.Softmax(dim=1))
    optimizer = torch.optim.Adam(model.parameters(), 0.1)
    return model, nn.CrossEntropyLoss(), optimizer, (torch.randn(6, 4), torch.arange(6) % 3)
"""


def test_a_loss_that_the_tool_calls_is_shown_at_the_setup(tmp_path: Path) -> None:
    [answer] = of_code(tmp_path, SOFTMAX, "loss_contract", steps=5).values()
    [finding] = answer.findings
    assert (finding.path, finding.line) == ("train.py", 5)
    assert finding.evidence["outputs come out of"] == "softmax"
