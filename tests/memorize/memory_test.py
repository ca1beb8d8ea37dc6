"""The memory of a training step: priced without allocating, and held against what is allocated."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import DataLoader, TensorDataset

from smokealarm.errors import FatalError, Inconclusive
from smokealarm.finding import Table
from smokealarm.memorize.bench import Bench
from smokealarm.memorize.checks.memory import check as memory
from smokealarm.memorize.checks.memory import shown
from smokealarm.memorize.prices.devices import sizes
from smokealarm.memorize.prices.peak import Forecast, Imagined, Line, Peak, Proof, line
from smokealarm.memorize.pricing.forecast import priced_by_steps, priced_unseen
from smokealarm.memorize.pricing.growth import resized
from smokealarm.memorize.pricing.imagined import imagined
from smokealarm.memorize.pricing.private import is_fake
from smokealarm.memorize.pricing.tally import KINDS
from tests.memorize.asking import of_code
from tests.memorize.fits import Given, findings, fit_with

GIB = 2**30


def bench(program: Callable[[], Any]) -> Bench:
    return Bench(program, "auto", Path.cwd(), 200)


def parts(**sizes: int) -> dict[str, int]:
    return {**dict.fromkeys(KINDS, 0), **sizes}


PEAK = Peak(
    parts(parameters=GIB, activations=10 * GIB), parts(parameters=GIB, gradients=GIB, temporaries=9)
)
FORECAST = Forecast(8, PEAK, Line(GIB, 1.25 * GIB, 2 * GIB), Proof(16, 21.0, 21), largest_layer=9)


def classifier(model: nn.Module, *inputs: int, optimizer: Any = torch.optim.Adam) -> Any:
    data = (torch.randn(8, *inputs), torch.randint(3, (8,)))
    return model, nn.CrossEntropyLoss(), optimizer(model.parameters(), lr=1e-3), data


class Attention(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.ModuleList(
            nn.TransformerEncoderLayer(16, 2, 32, dropout=0.1, batch_first=True) for _ in range(3)
        )
        self.head = nn.Linear(16, 3)

    def forward(self, x: Tensor) -> Any:
        for layer in self.layers:
            x = layer(x)
        return self.head(x.mean(1))


class Checkpointed(Attention):
    def forward(self, x: Tensor) -> Any:
        for layer in self.layers:
            x = torch.utils.checkpoint.checkpoint(layer, x, use_reentrant=False)
        return self.head(x.mean(1))


class Tied(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.table = nn.Embedding(20, 8)
        self.head = nn.Linear(8, 20, bias=False)
        self.head.weight = self.table.weight

    def forward(self, ids: Tensor) -> Any:
        return self.head(self.table(ids)).flatten(0, 1)


def mlp() -> Any:
    return classifier(nn.Sequential(nn.Linear(10, 50), nn.ReLU(inplace=True), nn.Linear(50, 3)), 10)


def pictures() -> Any:
    layers = [nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten()]
    return classifier(nn.Sequential(*layers, nn.Linear(72, 3)), 3, 8, 8)


def recurrent() -> Any:
    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.cell = nn.GRU(4, 16, batch_first=True)
            self.head = nn.Linear(16, 3)

        def forward(self, x: Tensor) -> Any:
            return self.head(self.cell(x)[0][:, -1])

    return classifier(Net(), 6, 4)


def tied() -> Any:
    model, ids = Tied(), torch.randint(20, (8, 5))
    optimizer = torch.optim.SGD(model.parameters(), 0.1, momentum=0.9)
    return (
        model,
        lambda out, ids: functional.cross_entropy(out, ids.flatten()),
        optimizer,
        (ids, ids),
    )


def frozen() -> Any:
    model = nn.Sequential(nn.Linear(10, 50), nn.ReLU(), nn.Linear(50, 3))
    model[0].requires_grad_(False)
    head = model[2].parameters()
    return classifier(model, 10, optimizer=lambda parameters, lr: torch.optim.Adam(head, lr=lr))


def sparse() -> Any:
    model = nn.Sequential(nn.EmbeddingBag(50, 4, sparse=True), nn.Linear(4, 3))
    data = (torch.randint(50, (8, 5)), torch.randint(3, (8,)))
    return model, nn.CrossEntropyLoss(), torch.optim.SGD(model.parameters(), 0.1), data


def own_loop() -> Any:
    model = nn.Linear(4, 1)
    optimizer = torch.optim.AdamW(model.parameters())
    data = TensorDataset(torch.randn(32, 4), torch.randn(32, 1))

    def train_step(batch: Any) -> float:
        optimizer.zero_grad()
        with torch.autocast("cpu", torch.bfloat16):
            loss = functional.mse_loss(model(batch[0]).float(), batch[1])
        if not torch.isfinite(loss):
            raise ValueError("the loss is not finite")
        torch.autograd.backward(loss)
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        return loss.item()

    loader = DataLoader(data, batch_size=8, shuffle=True)
    return {"model": model, "optimizer": optimizer, "data": loader, "train_step": train_step}


def lazy() -> Any:
    layers: list[nn.Module] = [nn.LazyLinear(50), nn.LazyBatchNorm1d(), nn.ReLU(), nn.LazyLinear(3)]
    return classifier(nn.Sequential(*layers), 10)


PROGRAMS = {
    "a perceptron with an in-place ReLU": mlp,
    "a convolutional network with batch-norm": pictures,
    "a recurrent network": recurrent,
    "a transformer with dropout": lambda: classifier(Attention(), 5, 16),
    "a transformer that is checkpointed": lambda: classifier(Checkpointed(), 5, 16),
    "a language model with tied weights": tied,
    "a network with a frozen layer": frozen,
    "an own loop with autocast, clipping and a loader that shuffles": own_loop,
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_what_is_imagined_is_what_is_allocated(name: str) -> None:
    program = bench(PROGRAMS[name])
    unseen, real = priced_unseen(program, block=1), priced_by_steps(program, block=1)
    assert unseen.imagined and not real.imagined
    assert unseen.peak.total == pytest.approx(real.peak.total, rel=0.02, abs=64)
    assert unseen.peak.backward["parameters"] == real.peak.backward["parameters"]
    assert unseen.peak.step["optimizer state"] == real.peak.step["optimizer state"]
    assert unseen.peak.step["gradients"] == real.peak.step["gradients"]
    assert unseen.proof is not None and unseen.proof.error < 0.05


def test_shared_weights_are_counted_once_and_each_part_is_known_to_the_byte() -> None:
    peak = priced_unseen(bench(tied), block=1).peak
    weights = 20 * 8 * 4
    assert peak.step["parameters"] == peak.step["gradients"] == weights
    assert peak.step["optimizer state"] == weights
    assert peak.backward["batch"] == 8 * 5 * 8


def test_what_is_frozen_has_no_gradient() -> None:
    assert priced_unseen(bench(frozen), block=1).peak.step["gradients"] == (50 * 3 + 3) * 4


def test_checkpointing_keeps_fewer_activations() -> None:
    def program(kind: type[Attention]) -> Bench:
        return bench(lambda: classifier(kind(), 50, 16))

    plain, checkpointed = (
        priced_unseen(program(kind), block=1).peak.total for kind in (Attention, Checkpointed)
    )
    assert checkpointed < 0.7 * plain


def test_remedies_are_tried_out_and_their_variants_are_smaller() -> None:
    forecast = priced_unseen(bench(lambda: classifier(Attention(), 50, 16)), block=1)
    assert set(forecast.variants) == {"bf16 autocast", "activation checkpointing"}
    for variant in forecast.variants.values():
        assert variant.total < 0.9 * forecast.peak.total


def test_a_model_far_larger_than_this_machine_is_priced() -> None:
    def huge() -> Any:
        model = nn.Sequential(*(nn.Linear(2**17, 2**17, bias=False) for _ in range(4)))
        x = torch.randn(16, 2**17)
        return model, nn.MSELoss(), torch.optim.Adam(model.parameters()), (x, x)

    peak = priced_unseen(bench(huge)).peak
    assert peak.step["parameters"] == 4 * 2**34 * 4
    assert peak.step["optimizer state"] == pytest.approx(8 * 2**34 * 4)


def test_a_program_with_sparse_gradients_is_priced_one_way_or_the_other() -> None:
    assert priced_by_steps(bench(sparse), block=1).peak.backward["parameters"] == (200 + 15) * 4


def test_lazy_layers_are_priced_by_steps_and_a_doubt_where_they_may_be_large() -> None:
    weights = (10 * 50 + 50) + 2 * 50 + (50 * 3 + 3)
    assert priced_by_steps(bench(lazy), block=1).peak.step["parameters"] == 4 * weights
    with pytest.raises(Inconclusive, match="cannot be priced without its numbers"):
        priced_unseen(bench(lazy))


def test_where_a_size_hangs_on_the_numbers_the_largest_is_taken() -> None:
    with imagined():
        x = torch.randn(4, 3)
        assert x[x > 0].shape == x.masked_select(x > 0).shape == (12,)
        assert torch.nonzero(x).shape == (12, 2)
        assert (x.sum().item(), bool((x > 0).any()), x.tolist()) == (0.0, False, [[0.0] * 3] * 4)
        assert is_fake(x)


def test_a_program_that_asserts_its_numbers_is_told_what_it_wants() -> None:
    def program() -> Any:
        model, loss, optimizer, data = mlp()

        def careful(outputs: Tensor, target: Tensor) -> Tensor:
            assert torch.isfinite(outputs).all()
            return loss(outputs, target)  # type: ignore[no-any-return]

        return model, careful, optimizer, data

    assert priced_unseen(bench(program)).imagined


def unimaginable() -> Any:
    model, loss, optimizer, (x, target) = mlp()
    return (
        model,
        lambda out, y: loss(out, y) * len(set(x.unique().tolist())),
        optimizer,
        (x, target),
    )


def test_a_program_that_needs_its_numbers_is_a_doubt_where_it_may_be_large() -> None:
    with pytest.raises(Inconclusive, match="cannot be priced without its numbers"):
        priced_unseen(bench(unimaginable))
    assert priced_by_steps(bench(unimaginable)).peak.total > 0


@pytest.mark.parametrize("samples", [2, 8, 19])
def test_a_batch_of_another_size_is_the_same_otherwise(samples: int) -> None:
    batch = {"x": torch.randn(8, 3), "ids": [torch.arange(8)], "scale": torch.ones(())}
    changed = resized(batch, samples)
    assert changed["x"].shape == (samples, 3)
    assert changed["ids"][0].shape == (samples,)
    assert changed["scale"].shape == ()


def test_a_line_through_two_sizes_tells_the_largest_batch() -> None:
    def peak(samples: int) -> Peak:
        return Peak(parts(parameters=100, activations=10 * samples), parts(parameters=150))

    told = line((8, peak(8)), (16, peak(16)))
    assert told == Line(100.0, 10.0, 150)
    assert [told.largest(room) for room in (1100, 140, 120)] == [100, 0, 0]
    assert Line(100.0, 0.0, 150).largest(1000) is None


def test_without_a_limit_it_shows_three_tables_and_alarms_never() -> None:
    tables = list(memory(fit_with(FORECAST)))
    assert [type(table) for table in tables] == [Table] * 3
    peak, largest, remedies = [table for table in tables if isinstance(table, Table)]
    assert peak.title == "Memory of a training step, batch of 8 (forecast)"
    assert ["activations", "10 GiB", "0 B"] in peak.rows
    assert ["24 GiB (RTX 3090, 4090, A10, L4)", 16] in largest.rows
    assert ["8 GiB (RTX 3070, 4060)", 4] in largest.rows
    assert any("FSDP over 8 devices" in str(row[0]) for row in remedies.rows)


def test_under_the_limit_it_is_quiet_and_over_it_an_alarm() -> None:
    assert findings(memory(fit_with(FORECAST), at_most_gb=13)) == []
    [finding] = findings(memory(fit_with(FORECAST), at_most_gb=12))
    assert finding.message == ("a training step takes 12.5 GB at its peak, over `at_most_gb: 12`")
    assert (finding.path, finding.line) == ("smoke.py", 4)


def test_a_line_that_the_third_batch_does_not_bear_out_is_not_told() -> None:
    doubtful = FORECAST._replace(proof=Proof(16, 21.0, 42))
    assert len(list(memory(fit_with(doubtful)))) == 2


def test_the_full_size_program_is_priced_where_it_is_named() -> None:
    fit = fit_with()._replace(of=lambda name: {"a:full": Given(Imagined(FORECAST))}[name])
    assert len(list(memory(fit, setup="a:full"))) == 3


def test_devices_may_be_names_or_sizes() -> None:
    assert sizes(["t4", 11]) == {"t4": 16.0, "11 GiB": 11.0}
    assert len(sizes([])) == 8
    with pytest.raises(FatalError, match="no device `RTX 4099`") as caught:
        sizes(["RTX 4099"])
    assert caught.value.remedy == "Did you mean `RTX 4090`?"


@pytest.mark.parametrize(
    ("size", "text"),
    [(12, "12 B"), (2048, "2 KiB"), (-3 * 2**20, "-3 MiB"), (1.5 * GIB, "1.5 GiB")],
)
def test_sizes_are_shown_as_a_reader_wants_them(size: float, text: str) -> None:
    assert shown(size) == text


CODE = """
import torch
def setup(seed):
    model = torch.nn.Linear(4, 2)
    data = torch.randn(4, 4), torch.ones(4).long()
    return model, torch.nn.CrossEntropyLoss(), torch.optim.Adam(model.parameters(), 0.1), data
def full():
    model = torch.nn.Linear(2**20, 2**18)
    data = torch.randn(4, 2**20), torch.ones(4).long()
    return model, torch.nn.CrossEntropyLoss(), torch.optim.Adam(model.parameters(), 0.1), data
"""


def test_in_the_real_process_a_terabyte_model_is_priced_beside_the_small_one(
    tmp_path: Path,
) -> None:
    options = {"setup": "train:full", "at_most_gb": 1000}
    [answer] = of_code(tmp_path, CODE, "memory", options=options).values()
    [message] = answer.messages
    assert "a training step takes" in message and "over `at_most_gb: 1000`" in message
    assert len([picture for picture in answer.pictures if isinstance(picture, Table)]) == 3


def test_where_memory_is_not_enough_the_doubt_brings_the_tables(tmp_path: Path) -> None:
    code = CODE.replace("torch.nn.Linear(4, 2)", "torch.nn.Linear(4, 2**40)")
    [answer] = of_code(tmp_path, code, "finite").values()
    assert answer.doubt is not None and "not enough memory" in answer.doubt.message
    tables = [picture for picture in answer.pictures if isinstance(picture, Table)]
    assert [table.title.split(",")[0] for table in tables][0] == "Memory of a training step"
