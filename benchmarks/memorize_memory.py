"""The forecast of `memory` against what the CPU's allocator gave out, for ten models.

    python benchmarks/memorize_memory.py [--large]

The truth is torch's profiler, which logs every block that the allocator gives and takes back. The
forecast sees storages, so what a kernel needs inside itself is the error. `--large` prices a decoder
of 6.7 billion parameters as well.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.profiler import ProfilerActivity, profile

from smokealarm.memorize.bench import Bench
from smokealarm.memorize.pricing.forecast import priced_unseen
from smokealarm.memorize.step import train_step

Program = Callable[[], Any]


class Block(nn.Module):
    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.norms = nn.ModuleList([nn.LayerNorm(width), nn.LayerNorm(width)])
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x: Tensor) -> Tensor:
        n, length, width = x.shape
        split = self.qkv(self.norms[0](x)).view(n, length, 3, self.heads, -1)
        q, k, v = split.permute(2, 0, 3, 1, 4)
        mixed = functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.out(mixed.transpose(1, 2).reshape(n, length, width))
        return x + self.down(functional.gelu(self.up(self.norms[1](x))))


class Decoder(nn.Module):
    def __init__(self, layers: int, width: int, heads: int, words: int, length: int) -> None:
        super().__init__()
        self.words, self.places = nn.Embedding(words, width), nn.Embedding(length, width)
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(layers))
        self.norm, self.head = nn.LayerNorm(width), nn.Linear(width, words, bias=False)

    def forward(self, ids: Tensor) -> Tensor:
        x = self.words(ids) + self.places(torch.arange(ids.shape[1]))
        for block in self.blocks:
            x = block(x)
        return self.head(self.norm(x))


def decoder(layers: int, width: int, heads: int, words: int, length: int, batch: int) -> Program:
    def program() -> Any:
        model = Decoder(layers, width, heads, words, length)
        ids = torch.randint(words, (batch, length))
        optimizer = torch.optim.AdamW(model.parameters())
        return model, lambda out, y: functional.cross_entropy(out.mT, y), optimizer, (ids, ids)

    return program


class Recurrent(nn.Module):
    def __init__(self, cell: type[nn.RNNBase]) -> None:
        super().__init__()
        self.cell, self.head = cell(32, 64, batch_first=True), nn.Linear(64, 10)

    def forward(self, x: Tensor) -> Any:
        return self.head(self.cell(x)[0][:, -1])


class Attention(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        layer = nn.TransformerEncoderLayer(64, 4, 256, batch_first=True)
        self.body, self.head = nn.TransformerEncoder(layer, 4), nn.Linear(64, 10)

    def forward(self, x: Tensor) -> Any:
        return self.head(self.body(x).mean(1))


class Residual(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.one, self.two = (nn.Conv2d(width, width, 3, padding=1) for _ in range(2))
        self.norms = nn.ModuleList([nn.BatchNorm2d(width), nn.BatchNorm2d(width)])

    def forward(self, x: Tensor) -> Tensor:
        y = functional.relu(self.norms[0](self.one(x)), inplace=True)
        return functional.relu(x + self.norms[1](self.two(y)))


def classifier(model: Callable[[], nn.Module], *inputs: int, batch: int = 64) -> Program:
    def program() -> Any:
        made = model()
        data = (torch.randn(batch, *inputs), torch.randint(10, (batch,)))
        return made, nn.CrossEntropyLoss(), torch.optim.Adam(made.parameters()), data

    return program


def perceptron() -> nn.Module:
    return nn.Sequential(
        nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 512), nn.ReLU(), nn.Linear(512, 10)
    )


def convolutions() -> nn.Module:
    layers = [nn.Conv2d(3, 16, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 32, 3), nn.ReLU()]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(32, 10))


def residual() -> nn.Module:
    head = [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(16, 10)]
    return nn.Sequential(nn.Conv2d(3, 16, 3), *(Residual(16) for _ in range(4)), *head)


def mixed() -> nn.Module:
    layers = [nn.Linear(64, 256), nn.LayerNorm(256), nn.GELU(), nn.Dropout(), nn.Linear(256, 10)]
    return nn.Sequential(*layers)


PROGRAMS: dict[str, Program] = {
    "perceptron": classifier(perceptron, 784),
    "with layer-norm and dropout": classifier(mixed, 64, batch=2048),
    "convolutional network": classifier(convolutions, 3, 32, 32),
    "residual network": classifier(residual, 3, 32, 32),
    "GRU": classifier(lambda: Recurrent(nn.GRU), 20, 32),
    "LSTM": classifier(lambda: Recurrent(nn.LSTM), 20, 32),
    "encoder": classifier(Attention, 32, 64),
    "decoder of 2 layers": decoder(2, 64, 4, 1000, 64, 8),
    "decoder of 6 layers": decoder(6, 128, 4, 500, 64, 8),
    "decoder with many words": decoder(1, 64, 4, 20000, 32, 4),
}


def allocated(program: Program) -> int:
    """The peak of a step by the allocator's own log, over what lay there before."""
    setup = Bench(program, "auto", Path.cwd(), 1).made()
    step = train_step(setup)
    step(setup.batch)
    held = [p for _, p in setup.parameters()]
    held += [p.grad for _, p in setup.parameters() if p.grad is not None]
    held += [b for module in setup.modules.values() for b in module.buffers()]
    state = [s.values() for o in setup.optimizers for s in o.state.values()]
    held += [value for values in state for value in values if isinstance(value, Tensor)]
    now = peak = sum(t.untyped_storage().nbytes() for t in [*held, *setup.batch])
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as log:
        step(setup.batch)
    events = [e for e in log.profiler.kineto_results.events() if e.name() == "[memory]"]
    for event in sorted(events, key=lambda e: e.start_ns()):
        now += event.nbytes()
        peak = max(peak, now)
    return int(peak)


def main() -> None:
    torch.set_num_threads(1)
    print(f"{'model':30}{'allocated':>12}{'forecast':>12}{'error':>9}{'seconds':>9}")
    for name, program in PROGRAMS.items():
        begun = time.perf_counter()
        forecast = priced_unseen(Bench(program, "auto", Path.cwd(), 1), block=1).peak.total
        seconds = time.perf_counter() - begun
        truth = allocated(program)
        error = 100 * (forecast - truth) / truth
        print(f"{name:30}{truth:12,}{forecast:12,}{error:8.1f}%{seconds:9.2f}")
    if "--large" in sys.argv:
        begun = time.perf_counter()
        program = decoder(32, 4096, 32, 50272, 2048, 8)
        large = priced_unseen(Bench(program, "auto", Path.cwd(), 1))
        print(f"6.7 billion parameters, 8 x 2048: {large.peak.total / 2**30:.0f} GiB")
        for name, peak in large.variants.items():
            print(f"  with {name}: {peak.total / 2**30:.0f} GiB")
        print(f"  in {time.perf_counter() - begun:.1f} s; {large.line}; {large.proof}")


if __name__ == "__main__":
    main()
