"""Prices a training program: its step is run without numbers, at three sizes and with remedies."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from typing import Any

import torch
from torch import nn
from torch.nn.parameter import is_lazy
from torch.utils.checkpoint import checkpoint

from smokealarm.errors import Inconclusive, SmokealarmError
from smokealarm.memorize.batch import size
from smokealarm.memorize.bench import Bench
from smokealarm.memorize.prices.peak import Forecast, Line, Peak, Proof, line, usable
from smokealarm.memorize.pricing.growth import resized
from smokealarm.memorize.pricing.imagined import imagined
from smokealarm.memorize.pricing.tally import CUDA_BLOCK, PASS, STEP, Tally
from smokealarm.memorize.setup import Setup
from smokealarm.memorize.step import train_step

PROVEN_AT = 24.0  # GiB of the device for which the prediction is proven
LARGE = 1_000_000  # parameters from which on a program is worth some real steps more
# Of small batches the peak may be elsewhere than of large ones: then a line is put through those.
LINES = 3
PRECISE = 0.01  # the error of a prediction that is good enough
SAMPLES = 1_000_000  # at most, in the batch that proves it


def priced_unseen(bench: Bench, block: int = CUDA_BLOCK) -> Forecast:
    """Nothing is allocated. Raises Inconclusive where the program wants its numbers."""
    try:
        with imagined(condition=False):
            return _forecast(bench.made(), block)
    except SmokealarmError:
        raise
    except Exception:  # such as: assert torch.isfinite(loss)
        return _priced_otherwise(bench, block)


def _priced_otherwise(bench: Bench, block: int) -> Forecast:
    try:
        with imagined(condition=True):
            return _forecast(bench.made(), block)
    except Exception as error:
        raise Inconclusive(
            "the program cannot be priced without its numbers:"
            f" {type(error).__name__}: {error}".splitlines()[0],
            "Let the function that makes it make its batch with torch (torch.randint, torch.zeros),"
            " not from files, by workers or with NumPy, and branch on no number.",
        ) from error


def priced_by_steps(bench: Bench, block: int = CUDA_BLOCK) -> Forecast:
    """Real steps of the program, counted; nothing is made larger than it is."""
    return _forecast(bench.made(), block, grows=False)._replace(imagined=False)


def _forecast(setup: Setup, block: int, grows: bool = True) -> Forecast:
    """`grows`: steps cost nothing, so that they are made at other sizes and with remedies, too."""
    with eager():
        tally = Tally(block)
        step = _counted(setup, tally)
        step(setup.batch)  # the optimizer makes its state
        own = step(setup.batch)
        forecast = Forecast(size(setup.batch), own, largest_layer=_largest_layer(setup))
        if not (grows or _weight(list(setup.modules.values())) >= LARGE):
            return forecast
        with suppress(Exception):  # the batch cannot be changed in this program
            forecast = _at_other_sizes(forecast, setup, step, grows)
        return forecast._replace(variants=dict(_variants(setup, step)))


def eager() -> AbstractContextManager[Any]:
    """Compiled code is a closed box: let it run as it was written."""
    stance = getattr(torch.compiler, "set_stance", None)
    return stance("force_eager") if stance else nullcontext()


def _counted(setup: Setup, tally: Tally) -> Callable[[Any], Peak]:
    run = train_step(setup._replace(schedulers=()))
    tally.know(setup.modules, setup.batch)
    own = tally.now["batch"]

    def step(batch: Any) -> Peak:
        tally.know(setup.modules, batch)  # lazy layers have got their shapes
        tally.forget_peaks()
        with tally.listening(setup.modules):
            run(batch)
        lists = _lists(setup) if tally.of_gpu else 0
        tally.peaks[STEP] = {
            kind: max(size_, lists) if kind == "temporaries" else size_
            for kind, size_ in tally.peaks[STEP].items()
        }
        rest = 0 if batch is setup.batch else own  # lies beside it, and would not
        moments = (tally.peaks[PASS], tally.peaks[STEP])
        return Peak(*({**parts, "batch": parts["batch"] - rest} for parts in moments))

    return step


def _lists(setup: Setup) -> int:
    """What the optimizers' foreach kernels hold, where a GPU has them by default: one list of all.

    (torch.optim.Adam's documentation: about as much as the parameters more than the loop, which is
    the default on a CPU.)
    """
    return sum(
        parameter.numel() * parameter.element_size()
        for optimizer in setup.optimizers
        for group in optimizer.param_groups
        if "foreach" in group and group["foreach"] is not False and not group.get("fused")
        for parameter in group["params"]
        if parameter.requires_grad and group.get("betas") and not is_lazy(parameter)
    )


def _at_other_sizes(
    forecast: Forecast, setup: Setup, step: Callable[[Any], Peak], grows: bool
) -> Forecast:
    samples = forecast.samples or 0
    if samples < (1 if grows else 4):
        return forecast
    other = 2 * samples if grows else samples // 2
    points = [(samples, forecast.peak), (other, step(resized(setup.batch, other)))]
    for _ in range(LINES if grows else 1):
        told = line(*points[-2:])
        third = _third(told, samples) if grows else 3 * samples // 4
        third = third // 2 if third in dict(points) else third
        points.append((third, step(resized(setup.batch, third))))
        proof = Proof(third, told.total(third), points[-1][1].total)
        forecast = forecast._replace(line=told, proof=proof)
        if proof.error <= PRECISE:
            break
    return forecast


def _third(told: Line, samples: int) -> int:
    """What fits on a common device, or else four times the batch."""
    largest = told.largest(usable(PROVEN_AT)) or 4 * samples
    return min(largest, SAMPLES)


def _variants(setup: Setup, step: Callable[[Any], Peak]) -> Iterator[tuple[str, Peak]]:
    device = next((p.device.type for _, p in setup.parameters()), "cpu")
    with suppress(Exception), torch.autocast(device, torch.bfloat16):
        yield "bf16 autocast", step(setup.batch)
    if blocks := repeated(setup):
        with suppress(Exception), _checkpointed(blocks):
            yield "activation checkpointing", step(setup.batch)


def repeated(setup: Setup) -> list[nn.Module]:
    """The blocks of the model: the longest row of modules of one class, with parts of their own."""
    rows: list[list[nn.Module]] = []
    for model in setup.modules.values():
        for module in model.modules():
            by_class: dict[type, list[nn.Module]] = {}
            for child in module.children():
                if list(child.children()):
                    by_class.setdefault(type(child), []).append(child)
            rows += [row for row in by_class.values() if len(row) > 1]
    return max(rows, key=_weight, default=[])


def _weight(row: list[nn.Module]) -> int:
    return sum(parameter.numel() for module in row for parameter in module.parameters())


@contextmanager
def _checkpointed(blocks: list[nn.Module]) -> Iterator[None]:
    """Each block is computed again in the backward pass, and keeps only what it was given."""

    def again(forward: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *args, **kwargs: checkpoint(forward, *args, use_reentrant=False, **kwargs)

    for block in blocks:
        block.forward = again(block.forward)  # for this block only
    try:
        yield
    finally:
        for block in blocks:
            vars(block).pop("forward", None)


def _largest_layer(setup: Setup) -> int:
    sizes = [
        sum(p.numel() * p.element_size() for p in module.parameters(recurse=False))
        for model in setup.modules.values()
        for module in model.modules()
    ]
    return max(sizes, default=0)
