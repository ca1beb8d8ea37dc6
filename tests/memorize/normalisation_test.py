from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from smokealarm.finding import Table
from smokealarm.memorize.bench import Bench
from smokealarm.memorize.checks.normalisation import Normalisation
from smokealarm.memorize.checks.normalisation import check as normalisation
from smokealarm.memorize.probes.normalisation import probe
from tests.memorize.fits import Given, findings, fit_with


def found(model: Callable[[], nn.Module], *inputs: int) -> Normalisation:
    def program(seed: int) -> Any:
        net = model()
        data = (torch.randn(8, *inputs), torch.randint(3, (8,)))
        return net, nn.CrossEntropyLoss(), torch.optim.Adam(net.parameters(), 0.01), data

    return probe(Bench(program, "auto", Path.cwd(), 200), Given())


def messages(facts: Normalisation) -> list[str]:
    return [finding.message for finding in findings(normalisation(fit_with(facts)))]


def pictures(norm: nn.Module) -> Callable[[], nn.Module]:
    layers = [nn.Conv2d(3, 4, 3), norm, nn.ReLU(), nn.Flatten(), nn.Linear(4 * 36, 3)]
    return lambda: nn.Sequential(*layers)


def vectors(norm: nn.Module, width: int = 4) -> Callable[[], nn.Module]:
    return lambda: nn.Sequential(nn.Linear(5, width), norm, nn.Linear(width, 3))


def zero_convolution() -> nn.Module:
    first = nn.Conv2d(3, 4, 3)
    nn.init.zeros_(first.weight)
    return nn.Sequential(first, nn.BatchNorm2d(4), nn.Flatten(), nn.Linear(4 * 36, 3))


def frozen() -> nn.Module:
    class Frozen(nn.BatchNorm2d):
        def train(self, mode: bool = True) -> Frozen:
            return super().train(False)

    return pictures(Frozen(4).eval())()


def dead_channels() -> nn.Module:
    norm = nn.BatchNorm1d(4)
    first = nn.Linear(5, 4)
    nn.init.constant_(first.bias[:2], -100.0)
    return nn.Sequential(first, nn.ReLU(), norm, nn.Linear(4, 3))


@pytest.mark.parametrize(
    ("model", "inputs"),
    [
        (pictures(nn.BatchNorm2d(4)), (3, 8, 8)),
        (pictures(nn.BatchNorm2d(4, momentum=None)), (3, 8, 8)),
        (pictures(nn.BatchNorm2d(4, track_running_stats=False)), (3, 8, 8)),
        (pictures(nn.InstanceNorm2d(4)), (3, 8, 8)),
        (pictures(nn.GroupNorm(2, 4)), (3, 8, 8)),
        (vectors(nn.LayerNorm(4)), (5,)),
        (vectors(nn.RMSNorm(1), 1), (5,)),
        (zero_convolution, (3, 8, 8)),
        (frozen, (3, 8, 8)),
        (dead_channels, (5,)),
    ],
    ids=[
        "batch-norm",
        "batch-norm with a cumulative mean",
        "batch-norm without running statistics",
        "instance-norm",
        "group-norm",
        "layer-norm",
        "RMS-norm of one feature",
        "a convolution that begins at zero",
        "batch-norm frozen in eval mode",
        "channels that are dead",
    ],
)
def test_a_healthy_layer_has_its_row_and_no_warning(
    model: Callable[[], nn.Module], inputs: tuple[int, ...]
) -> None:
    facts = found(model, *inputs)
    [table] = list(normalisation(fit_with(facts)))
    assert isinstance(table, Table) and len(table.rows) == len(facts.layers) == 1


def test_without_normalisation_layers_nothing_is_said() -> None:
    assert list(normalisation(fit_with(found(lambda: nn.Linear(5, 3), 5)))) == []


def test_the_statistics_are_those_of_the_batch() -> None:
    [layer] = found(lambda: nn.Sequential(nn.BatchNorm1d(5), nn.Linear(5, 3)), 5).layers
    assert layer.values == 8
    assert layer.running_mean == pytest.approx(layer.batch_mean * (1 - 0.9**4), rel=1e-4)
    assert (layer.momentum, layer.eps) == (0.1, 1e-5)


def test_a_single_feature_normalised_is_a_warning() -> None:
    [message] = messages(found(vectors(nn.LayerNorm(1), 1), 5))
    assert "LayerNorm `1` takes its variance over a single value" in message


def test_an_input_that_does_not_vary_is_a_warning() -> None:
    constant = nn.Sequential(nn.Hardtanh(1.0, 1.0 + 1e-9), nn.BatchNorm1d(5), nn.Linear(5, 3))
    [message] = messages(found(lambda: constant, 5))
    assert "what BatchNorm1d `1` is given does not vary" in message


def test_statistics_that_do_not_move_are_a_warning() -> None:
    [message] = messages(found(pictures(nn.BatchNorm2d(4, momentum=0.0)), 3, 8, 8))
    assert "the running statistics of BatchNorm2d `1` do not move in train mode" in message
