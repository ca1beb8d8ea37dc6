from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from smokealarm.errors import Inconclusive, Unasked
from smokealarm.memorize.bench import Bench
from smokealarm.memorize.checks.samples_independent import Influence
from smokealarm.memorize.checks.samples_independent import check as samples_independent
from smokealarm.memorize.probes.influence import probe
from tests.memorize.fits import Given, findings, fit_with

Inputs = Any
Forward = Callable[[nn.Module, Any], Any]


class Asked(nn.Module):
    """A model with a linear layer, an embedding and one sequence model, whose forward is given."""

    def __init__(self, forward: Any, **parts: nn.Module) -> None:
        super().__init__()
        self.fc, self.emb, self.out = nn.Linear(6, 6), nn.Embedding(12, 6), nn.Linear(6, 3)
        for name, part in parts.items():
            self.add_module(name, part)
        self._given = forward

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        return self._given(self, *args, **kwargs)


def of(forward: Any, inputs: Any, target: Any = None, **parts: nn.Module) -> Influence:
    def program(seed: int) -> Any:
        model = Asked(forward, **parts)
        data = (inputs, torch.arange(5) % 3 if target is None else target)
        return model, _loss, torch.optim.SGD(model.parameters(), 0.1), data

    return probe(Bench(program, "auto", Path.cwd(), 200), Given())


def _loss(out: Any, target: Tensor) -> Any:
    return sum((each.float() ** 2).mean() for each in (out if isinstance(out, tuple) else (out,)))


def alarms(seen: Influence) -> int:
    return len(findings(samples_independent(fit_with(seen))))


SOURCE = torch.Generator().manual_seed(0)
ROWS, SERIES = torch.randn(5, 6, generator=SOURCE), torch.randn(5, 7, 6, generator=SOURCE)
TEXT = torch.randint(12, (5, 7), generator=SOURCE)
ROWS[0, 0] = -3.0
EDGES = torch.tensor([[0, 1, 2, 3], [1, 2, 3, 0]])  # none of the last node
CHAIN = torch.eye(5) + torch.eye(5).roll(1, 0)


def encoder(**options: Any) -> nn.Module:
    return nn.TransformerEncoderLayer(6, 2, 12, 0.0, **options)


HEALTHY: list[tuple[str, Callable[[], Influence]]] = [
    ("a linear model", lambda: of(lambda m, x: m.out(m.fc(x)), ROWS)),
    ("a batch-norm", lambda: of(lambda m, x: m.out(m.norm(x)), ROWS, norm=nn.BatchNorm1d(6))),
    ("several inputs by name", lambda: of(lambda m, a, b: m.out(a + b), {"a": ROWS, "b": ROWS})),
    ("several outputs", lambda: of(lambda m, x: (m.out(x), m.fc(x)), ROWS)),
    (
        "a transformer with the batch first",
        lambda: of(lambda m, x: m.out(m.block(m.emb(x))), TEXT, block=encoder(batch_first=True)),
    ),
    (
        "a recurrent model with the time first",
        lambda: of(lambda m, x: m.out(m.rnn(x)[0][-1]), SERIES.transpose(0, 1), rnn=nn.GRU(6, 6)),
    ),
    (
        "time first and targets for every token",
        lambda: of(
            lambda m, x: m.out(m.rnn(m.emb(x))[0]), TEXT.T, torch.zeros(7, 5, 2), rnn=nn.GRU(6, 6)
        ),
    ),
    ("outputs of all places in a row", lambda: of(lambda m, x: m.out(x).flatten(0, 1), SERIES)),
    ("noise of its own", lambda: of(lambda m, x: m.out(x) + torch.randn(len(x), 3), ROWS)),
    (
        "a type written into it",
        lambda: of(lambda m, x: m.out(m.fc(x).to(torch.float32)), ROWS),
    ),
    (
        "a type written into it, and a mean with float32 rounding",
        lambda: of(lambda m, x: m.out(m.fc(x).to(torch.float32)) + 1e4, ROWS),
    ),
]


@pytest.mark.parametrize(("name", "found"), HEALTHY, ids=[name for name, _ in HEALTHY])
def test_samples_of_their_own_give_no_finding(name: str, found: Callable[[], Influence]) -> None:
    seen = found()
    assert alarms(seen) == 0 and seen.reach > 0


MIXED: list[tuple[str, Callable[[], Influence]]] = [
    ("the mean of the batch", lambda: of(lambda m, x: m.out(x - x.mean(0)), ROWS)),
    ("a softmax over the batch", lambda: of(lambda m, x: m.out(x).softmax(0), ROWS)),
    ("a detached softmax in outputs", lambda: of(lambda m, x: m.out(m.fc(x).cumsum(0)), ROWS)),
    (
        "a reshape for a transpose",
        lambda: of(
            lambda m, x: m.out(x.reshape(x.shape[1], len(x), 6).transpose(0, 1).mean(1)), SERIES
        ),
    ),
    (
        "a transformer that takes the batch for time, one label each",
        lambda: of(lambda m, x: m.out(m.block(m.emb(x)).mean(1)), TEXT, block=encoder()),
    ),
    (
        "a transformer that takes the batch for time, next tokens",
        lambda: of(lambda m, x: m.out(m.block(m.emb(x))), TEXT, TEXT.roll(-1, 1), block=encoder()),
    ),
    (
        "a recurrent model that takes the batch for time",
        lambda: of(lambda m, x: m.out(m.rnn(x)[0][:, -1]), SERIES, rnn=nn.LSTM(6, 6)),
    ),
    (
        "behind a layer that begins at zero",
        lambda: of(lambda m, x: m.out(x) + m.zero(x.mean(0)), ROWS, zero=zeroed()),
    ),
]


def zeroed() -> nn.Module:
    layer = nn.Linear(6, 3)
    nn.init.zeros_(layer.weight)
    nn.init.zeros_(layer.bias)
    return layer


@pytest.mark.parametrize(("name", "found"), MIXED, ids=[name for name, _ in MIXED])
def test_samples_that_mix_are_found(name: str, found: Callable[[], Influence]) -> None:
    assert alarms(found()) == 1


EXCUSED: list[tuple[str, Callable[[], Influence]]] = [
    ("inputs and outputs shrink", lambda: of(lambda m, x, a: m.out(a @ m.fc(x)), (ROWS, CHAIN))),
    ("inputs and outputs shrink", lambda: of(lambda m, x: m.fc(x) @ m.fc(x).T, ROWS)),
    ("over edges", lambda: of(_message_passing, (ROWS, EDGES))),
    (
        "no statistics",
        lambda: of(
            lambda m, x: m.out(m.norm(x)),
            ROWS,
            norm=nn.BatchNorm1d(6, track_running_stats=False),
        ),
    ),
    (
        "is one sequence",
        lambda: of(lambda m, x: m.out(m.rnn(x)[0]), ROWS, rnn=nn.LSTM(6, 6)),
    ),
    ("solved for together", lambda: of(_kernel_ridge, ROWS)),
    ("no gradient goes between them", lambda: of(_first_come, ROWS)),
    ("inputs and outputs shrink", lambda: of(lambda m, x: m.out(x).mean(0), ROWS)),
]


def _message_passing(m: Any, x: Tensor, edges: Tensor) -> Tensor:
    sent = m.fc(x)[edges[0]]
    return m.out(torch.zeros_like(x).index_add(0, edges[1], sent))  # type: ignore[no-any-return]


def _kernel_ridge(m: Any, x: Tensor) -> Tensor:
    kernel = m.fc(x) @ m.fc(x).T + torch.eye(len(x))
    return m.out(torch.linalg.solve(kernel, x))  # type: ignore[no-any-return]


def _first_come(m: Any, x: Tensor) -> Tensor:
    """An expert has room for two samples: those that want it most."""
    wanted = x[:, 0]
    taken = wanted >= wanted.topk(2).values[-1]
    return torch.where(taken[:, None], m.out(x) * 2, m.out(x))


@pytest.mark.parametrize(("reason", "found"), EXCUSED, ids=[reason for reason, _ in EXCUSED])
def test_samples_that_mix_by_intention_are_not_asked(
    reason: str, found: Callable[[], Influence]
) -> None:
    with pytest.raises(Unasked, match=reason):
        found()


def test_a_step_of_the_users_own_is_heard_up_to_backward() -> None:
    stepped = []

    def program(seed: int) -> Any:
        body = Asked(lambda m, x: m.fc(x))
        head = Asked(lambda m, x: m.out(x - x.mean(0)))
        optimizer = torch.optim.SGD(body.parameters(), 0.1)

        def train_step(batch: Any) -> Tensor:
            loss = F.cross_entropy(head(body(batch["x"])), batch["y"])
            loss.backward()  # type: ignore[no-untyped-call]
            stepped.append(optimizer.step())
            return loss

        data = [{"x": ROWS, "y": torch.arange(5) % 3}]
        return SimpleNamespace(model={"body": body, "head": head}, train_step=train_step, data=data)

    seen = probe(Bench(program, "auto", Path.cwd(), 200), Given())
    assert (alarms(seen), seen.module, stepped) == (1, "head", [])


def test_a_batch_of_the_users_own_class_can_be_exchanged() -> None:
    batch = SimpleNamespace(x=ROWS)
    assert alarms(of(lambda m, b: m.out(b.x), batch)) == 0
    assert alarms(of(lambda m, b: m.out(b.x - b.x.mean(0)), batch)) == 1


def test_outputs_that_ignore_the_inputs_tell_nothing() -> None:
    with pytest.raises(Inconclusive, match="the outputs of all samples are the same"):
        list(samples_independent(fit_with(Influence(0, 0.0, 0.0))))


def test_the_hint_settles_it() -> None:
    with pytest.raises(Unasked, match="the hints say"):
        list(samples_independent(fit_with(hints={"outputs_mix_samples": True})))


def test_the_finding_says_which_model_and_how_far() -> None:
    [finding] = findings(samples_independent(fit_with(Influence(4, 0.5, 2.0, 0.0, "net.head"))))
    assert finding.message == (
        "the output for sample 4 changes with the other samples of its batch: by 0.5, where theirs"
        " change by 2"
    )
    assert (finding.path, finding.evidence["module"]) == ("smoke.py", "net.head")
