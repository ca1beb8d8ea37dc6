"""What each remedy would save, and what it costs. Free of torch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from smokealarm.memorize.prices.peak import GIB, Forecast, Parts, Peak

PCIE = 25 * GIB  # bytes a second between host and device, PCIe 4.0 x16 in practice
EIGHT_BIT = 0.27  # of float32 state: one byte for four, and the scales of its blocks
# Of a transformer layer's activations, those that tensor parallelism leaves whole: 10 of 34 bytes
# (Korthikanti et al. 2022, Reducing Activation Recomputation in Large Transformer Models, eq. 2).
WHOLE = 10 / 34
MICRO_BATCHES = 4


class Priced(NamedTuple):
    """One remedy. `run`: a step was priced with it; otherwise it follows from the parts."""

    name: str
    total: float
    cost: str
    run: bool = False


def remedies(forecast: Forecast, devices: int) -> Iterator[Priced]:
    """`devices`: over how many the last few spread the program."""
    peak = forecast.peak
    for name, cost in (
        ("bf16 autocast", "none: faster on tensor cores; weights stay float32"),
        ("activation checkpointing", "a forward pass more: about a third more compute"),
    ):
        if name in forecast.variants:
            yield Priced(name, forecast.variants[name].total, cost, run=True)
    yield Priced(
        "pure bf16", peak.total / 2, "weights keep 8 bits of precision: small updates are lost"
    )
    yield from _accumulated(forecast)
    yield Priced(
        "8-bit optimizer state",
        _scaled(peak, optimizer=EIGHT_BIT),
        "a few operations per parameter; noise in the state",
    )
    state = _most(peak, "optimizer state")
    yield Priced(
        "optimizer state on the CPU",
        _scaled(peak, optimizer=0.0),
        f"{_moved(peak) / GIB:.3g} GiB over PCIe per step: about {_moved(peak) / PCIE:.2g} s,"
        f" and {state / GIB:.3g} GiB of the host's memory",
    )
    yield from _spread(forecast, devices)


def _accumulated(forecast: Forecast) -> Iterator[Priced]:
    told, samples = forecast.line, forecast.samples or 0
    if told and samples >= MICRO_BATCHES:
        yield Priced(
            f"accumulation over {MICRO_BATCHES} micro-batches of {samples // MICRO_BATCHES}",
            told.total(samples // MICRO_BATCHES) + _kept(forecast.peak),
            "same compute, smaller kernels; batch-norm sees the micro-batch",
        )


def _kept(peak: Peak) -> float:
    """Gradients that live on through the next micro-batch's passes."""
    return _most(peak, "gradients") - peak.backward["gradients"]


def _moved(peak: Peak) -> float:
    """Gradients to the host, and parameters back."""
    return _most(peak, "gradients") + peak.step["parameters"]


def _spread(forecast: Forecast, n: int) -> Iterator[Priced]:
    peak, share = forecast.peak, 1 / n
    per_step = _most(peak, "gradients") / GIB
    yield Priced(
        f"ZeRO-1 over {n} devices: optimizer state in shards",
        _scaled(peak, optimizer=share),
        f"as data parallel: {2 * per_step:.3g} GiB between devices per step",
    )
    yield Priced(
        f"ZeRO-2 over {n} devices: and gradients",
        _scaled(peak, optimizer=share, gradients=share),
        f"as data parallel: {2 * per_step:.3g} GiB between devices per step",
    )
    yield Priced(
        f"ZeRO-3 or FSDP over {n} devices: and parameters",
        _scaled(peak, optimizer=share, gradients=share, parameters=share) + forecast.largest_layer,
        f"half as much again: {3 * per_step:.3g} GiB between devices per step",
    )
    activations = WHOLE + (1 - WHOLE) * share
    yield Priced(
        f"tensor parallelism over {n} devices",
        _scaled(peak, share, share, share, activations),
        "two all-reduces per layer and pass: fast links only; layers must be rewritten",
    )


def _scaled(
    peak: Peak,
    optimizer: float = 1.0,
    gradients: float = 1.0,
    parameters: float = 1.0,
    activations: float = 1.0,
) -> float:
    """The higher of the two moments, with the parts scaled."""
    factors = {
        "optimizer state": optimizer,
        "gradients": gradients,
        "parameters": parameters,
        "activations": activations,
    }

    def total(parts: Parts) -> float:
        return sum(size * factors.get(kind, 1.0) for kind, size in parts.items())

    return max(total(peak.backward), total(peak.step))


def _most(peak: Peak, kind: str) -> int:
    return max(peak.backward[kind], peak.step[kind])
