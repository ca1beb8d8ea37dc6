"""Whether padding is seen: one padded sample as it is, and cut where its padding begins."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from smokealarm.errors import Unasked
from smokealarm.memorize.bench import Bench
from smokealarm.memorize.checks.padding_ignored import Padding
from smokealarm.memorize.fit import Facts
from smokealarm.memorize.probes.batch_dims import main_input, repeated
from smokealarm.memorize.probes.hearing import Call, Given
from smokealarm.memorize.probes.outputs import Program, heard, moved

CONVOLUTIONS = (nn.Conv1d, nn.Conv2d, nn.Conv3d)


class Told(NamedTuple):
    """How many places of each sample are its own."""

    lengths: list[int]
    why: str


def probe(bench: Bench, fact: Facts) -> Padding:
    program = heard(bench)
    found = [
        _compared(program, call, told, main_input(call.given).shape[1])
        for call in program.calls
        if (told := _told(program, call)) is not None
    ]
    if not found:
        raise Unasked("nothing says that the inputs are padded at their end")
    return max(found, key=lambda each: each.moved / max(each.spread, 1e-12))


def _compared(program: Program, call: Call, told: Told, padded: int) -> Padding:
    sample = min(range(len(told.lengths)), key=lambda each: told.lengths[each])
    length = told.lengths[sample]
    given = repeated(call.given, 0, sample)
    whole = program.said(call, given)
    try:
        cut = program.said(call, _cut(given, padded, length))
    except Exception as error:
        raise Unasked(f"the model takes inputs of one length only: {error}") from None
    seen = [
        Padding(sample, length, padded, far, _spread(one), program.noise(one), told.why, call.path)
        for one, other in zip(whole, cut)
        if (far := _moved(one, other)) is not None
    ]
    if not seen:
        raise Unasked("the outputs have another shape without padding")
    worst = max(seen, key=lambda each: each.moved / max(each.spread, 1e-12))
    wide = (each for each in call.module.modules() if isinstance(each, CONVOLUTIONS))
    return worst._replace(convolutions=any(max(each.kernel_size) > 1 for each in wide))


def _spread(said: Tensor) -> float:
    """Infinities are masked logits."""
    said = said[torch.isfinite(said)]
    return float(said.std()) if said.numel() > 1 else 0.0


def _moved(one: Tensor, other: Tensor) -> float | None:
    """At the places that both have."""
    if one.dim() != other.dim():
        return None
    for dim in range(one.dim()):
        common = min(one.shape[dim], other.shape[dim])
        one, other = one.narrow(dim, 0, common), other.narrow(dim, 0, common)
    return moved(one, other)


def _cut(given: Given, padded: int, length: int) -> Given:
    """Everything that runs along with the places; masks do so in two dimensions."""

    def cut(tensor: Tensor) -> Tensor:
        dims = range(1, 2 if tensor.is_floating_point() and tensor.dim() == 3 else tensor.dim())
        for dim in dims:
            if tensor.shape[dim] == padded:
                tensor = tensor.narrow(dim, 0, length)
        return tensor.contiguous()

    return given.changed(cut)


def _told(program: Program, call: Call) -> Told | None:
    """From the tokens, a mask or lengths; None where no sample is padded, or not at its end."""
    if not any(tensor.dim() > 1 for tensor in call.given.tensors()):
        return None
    inputs = main_input(call.given)
    for told in _sources(program, call, inputs):
        fitting = len(told.lengths) == len(inputs) and max(told.lengths) <= inputs.shape[1]
        if fitting and 1 < min(told.lengths) < inputs.shape[1]:
            return told
    return None


def _sources(program: Program, call: Call, inputs: Tensor) -> Iterator[Told]:
    if inputs.dim() == 2 and not inputs.is_floating_point():
        for pad, why in _pads(program, call).items():
            if told := _trailing(inputs == pad, why):
                yield told
    for name, value in _named(call).items():
        if value.shape == inputs.shape[:2] and "mask" in name and _of_padding(name):
            empty = value.bool() if "pad" in name else ~value.bool()
            if told := _trailing(empty, f"`{name}`"):
                yield told
        if value.dim() == 1 and "len" in name and not value.is_floating_point():
            yield Told([int(each) for each in value], f"`{name}`")


def _of_padding(name: str) -> bool:
    return "pad" in name or "attention" in name


def _pads(program: Program, call: Call) -> dict[int, str]:
    """The tokens that are declared to stand for nothing."""
    config: Any = getattr(call.module, "config", None)
    pad, end = (getattr(config, f"{name}_token_id", None) for name in ("pad", "eos"))
    known = {
        program.setup.hints.get("pad_id"): "the hint pad_id",
        getattr(program.setup.loss_fn, "ignore_index", None): "ignore_index of the loss",
        pad if pad != end else None: "pad_token_id of the configuration",
    }
    return {each: why for each, why in known.items() if isinstance(each, int) and each >= 0}


def _trailing(empty: Tensor, why: str) -> Told | None:
    """Where rows end with what is empty, which stands nowhere else; once could be chance."""
    lengths = [int(row) for row in (~empty).sum(1)]
    at_end = all(not bool(row[:length].any()) for row, length in zip(empty, lengths))
    return Told(lengths, why) if at_end and int(empty.sum()) > 1 else None


def _named(call: Call) -> dict[str, Tensor]:
    """What the model is called with, by the names of forward()."""
    try:
        bound = inspect.signature(call.module.forward).bind(*call.given.args, **call.given.kwargs)
    except (TypeError, ValueError):
        return {}
    named = {**bound.arguments, **bound.arguments.get("kwargs", {})}
    return {name: value for name, value in named.items() if isinstance(value, Tensor)}
