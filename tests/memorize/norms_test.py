from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from smokealarm.errors import Place
from smokealarm.finding import Curve, Level, Table
from smokealarm.memorize.batch import fresh
from smokealarm.memorize.checks.norms import Moment, Norm, Norms
from smokealarm.memorize.checks.norms import check as norms
from smokealarm.memorize.fit import Fit, Flow, Trial
from smokealarm.memorize.forms import read
from smokealarm.memorize.trial import run_trial
from smokealarm.memorize.watches.norms import Watch
from tests.memorize.asking import HERE
from tests.memorize.fits import findings, fit_with


def seen(program: Any, steps: int = 40) -> tuple[Norms, Trial]:
    setup = read(program)
    watch = Watch(setup, HERE)
    trial = run_trial(setup, seed=0, batch=None, steps=steps, watches=[watch])
    return watch.seen(), trial


def asked(program: Any, steps: int = 40) -> list[str]:
    found, trial = seen(program, steps)
    return [each.message for each in findings(norms(fit_with(found, trial, Flow())))]


def classifier(model: nn.Module, optimizer: Any = None) -> Any:
    torch.manual_seed(0)
    data = (torch.randn(16, 8), torch.randint(3, (16,)))
    return model, nn.CrossEntropyLoss(), optimizer or torch.optim.Adam(model.parameters()), data


def deep(activation: type[nn.Module], depth: int = 30) -> nn.Sequential:
    torch.manual_seed(0)
    layers: list[nn.Module] = [nn.Linear(8, 16)]
    for _ in range(depth):
        layers += [activation(), nn.Linear(16, 16)]
    return nn.Sequential(*layers, nn.Linear(16, 3))


def plain() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 3))


def test_a_sound_program_gets_a_curve_and_a_table_and_no_warning() -> None:
    found, trial = seen(classifier(plain()))
    curve, table = list(norms(fit_with(found, trial, Flow())))
    assert isinstance(curve, Curve) and isinstance(table, Table)
    assert curve.x[:5] == [1.0, 2.0, 3.0, 5.0, 9.0]
    assert [row[0] for row in table.rows] == ["0", "2"]


def test_the_numbers_are_those_of_the_step() -> None:
    model = nn.Linear(2, 1, bias=False)
    with torch.no_grad():
        model.weight.copy_(torch.tensor([[3.0, 4.0]]))
    data = (torch.tensor([[1.0, 0.0]]), torch.tensor([[1.0]]))
    optimizer = torch.optim.SGD(model.parameters(), 0.25)
    found, _ = seen((model, nn.MSELoss(), optimizer, data), 1)
    assert found.moments[0] == Moment(1, {"": Norm(gradient=4.0, parameters=5.0, update=1.0)})


def zero_head() -> Any:
    model = plain()
    nn.init.zeros_(list(model.parameters())[2])
    return classifier(model)


def bias_before_norm() -> Any:
    torch.manual_seed(0)
    layers = [nn.Linear(8, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 3)]
    model = nn.Sequential(*layers)
    return classifier(model, torch.optim.SGD(model.parameters(), 0.1))


def warm_up() -> Any:
    model = plain()
    optimizer = torch.optim.Adam(model.parameters(), 0.01)
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: min(step / 10, 1.0))
    parts = dict(zip(("model", "loss_fn", "optimizer", "data"), classifier(model, optimizer)))
    return {**parts, "scheduler": scheduler}


def one_group_at_rest() -> Any:
    model = plain()
    groups = [
        {"params": model[0].parameters(), "lr": 0.0},
        {"params": model[2].parameters(), "lr": 0.01},
    ]
    return classifier(model, torch.optim.Adam(groups))


def scalar_from_zero() -> Any:
    class Scale(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weight = nn.Parameter(torch.zeros(1))

        def forward(self, x: Tensor) -> Tensor:
            return x * self.weight

    model = Scale()
    data = (torch.ones(4, 1), torch.full((4, 1), 5.0))
    return model, nn.MSELoss(), torch.optim.Adam(model.parameters(), 0.5), data


def sparse() -> Any:
    torch.manual_seed(0)
    model = nn.Sequential(nn.EmbeddingBag(20, 4, sparse=True), nn.Linear(4, 3))
    data = (torch.randint(20, (8, 5)), torch.randint(3, (8,)))
    return model, nn.CrossEntropyLoss(), torch.optim.SparseAdam(model[0].parameters()), data


def trained_by(kind: Any, **options: float) -> Any:
    model = plain()
    return classifier(model, kind(model.parameters(), **options))


HEALTHY: dict[str, Callable[[], Any]] = {
    "a deep network of ReLUs and Adam": lambda: classifier(deep(nn.ReLU, 6)),
    "a head that begins at zero": zero_head,
    "a bias before batch-norm": bias_before_norm,
    "a warm-up from zero": warm_up,
    "a group with a learning rate of zero": one_group_at_rest,
    "one number that begins at zero": scalar_from_zero,
    "sparse gradients": sparse,
    "LBFGS": lambda: trained_by(torch.optim.LBFGS),
    "plain gradient descent": lambda: trained_by(torch.optim.SGD, lr=0.1),
}


@pytest.mark.parametrize("name", HEALTHY)
def test_a_healthy_program_is_no_cause_for_a_warning(name: str) -> None:
    assert asked(HEALTHY[name]()) == []


def test_a_gradient_that_vanishes_is_a_warning_with_the_layer() -> None:
    model = deep(nn.Sigmoid)
    found, trial = seen(classifier(model, torch.optim.SGD(model.parameters(), 0.1)))
    [finding] = findings(norms(fit_with(found, trial, Flow())))
    assert finding.level is Level.WARNING
    assert finding.message.startswith("the gradient vanishes on its way: `0.weight` and ")
    assert (finding.path, finding.line) == ("smoke.py", 4)


def test_steps_larger_than_the_weights_are_a_warning() -> None:
    model = nn.Linear(1, 1, bias=False)
    data = (torch.ones(4, 1), torch.zeros(4, 1))
    too_fast = torch.optim.SGD(model.parameters(), 1.25)  # each step is -2.5 times the weight
    [message] = asked((model, nn.MSELoss(), too_fast, data))
    assert message.startswith("each step replaces the weights: the update of step 33 is 2.5 times")


def judged(ratio: float, losses: tuple[float, ...], hints: dict[str, str] = {}) -> list[Any]:
    moments = tuple(
        Moment(step, {"head": Norm(1.0, 2.0, 2.0 * ratio)}) for step in (1, 2, 3, 5, 9, 17)
    )
    flow = Flow(place=Place("loop.py", 9))
    subject: Fit = fit_with(
        Norms(moments, frozenset()), Trial(0, 16, losses, floor=0.0), flow, hints=hints
    )
    return findings(norms(subject))


def test_large_steps_count_only_where_nothing_is_learnt() -> None:
    assert judged(2.0, (2.0, *(0.1,) * 20)) == []
    assert judged(0.5, (2.0,) * 20) == []
    assert judged(2.0, (2.0,) * 20, hints={"memorizable": "off"}) == []
    [finding] = judged(2.0, (2.0,) * 20)
    assert (finding.path, finding.line) == ("loop.py", 9)
    assert finding.evidence["update ratio"] == 2.0


def test_a_parameter_of_an_unusual_kind_ends_the_looking_and_not_the_training() -> None:
    class Odd(torch.optim.SGD):
        @property
        def param_groups(self) -> Any:
            return self._groups

        @param_groups.setter
        def param_groups(self, groups: Any) -> None:
            self._groups = groups

    model = plain()
    optimizer = Odd(model.parameters(), 0.1)
    setup = read(classifier(model, optimizer))
    watch = Watch(setup, HERE)
    with watch.listening():
        watch.before_step(1, fresh(setup.batch))
        optimizer.param_groups[0]["params"].append("a text")
        torch.autograd.backward(model(torch.randn(2, 8)).sum())
        step: Any = optimizer.step
        with pytest.raises(AttributeError):
            step()
        watch.after_step(1, 0.0)
    assert watch.seen() == Norms((), frozenset())
