"""How the samples of a batch influence each other: each is put beside copies of itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from smokealarm.errors import Inconclusive
from smokealarm.memorize.batch import mapped, tensors
from smokealarm.memorize.bench import Bench
from smokealarm.memorize.checks.samples_independent import Influence
from smokealarm.memorize.fit import Facts
from smokealarm.memorize.forms.plain import forward
from smokealarm.memorize.setup import Setup
from smokealarm.memorize.step import in_eval_mode


def probe(bench: Bench, fact: Facts) -> Influence:
    """The least influence along a dimension that may be the batch. Raises Inconclusive."""
    setup = bench.made()
    if not (callable(setup.model) and isinstance(setup.batch, tuple) and len(setup.batch) == 2):
        raise Inconclusive(
            "whether samples are independent can only be told of model(inputs)",
            "Return one model, and a batch of the form (inputs, target).",
        )
    with in_eval_mode(setup):
        outputs = _outputs(setup, setup.batch[0])
        found = [_along(setup, outputs, dimension) for dimension in _candidates(setup, outputs)]
    if not found:
        raise Inconclusive(
            "no dimension of the batch was found that inputs, target and outputs share",
            "Use a batch of two samples or more, with the samples along the first dimension.",
        )
    return min(found, key=lambda each: each.moved / max(each.scale, 1e-12))


def _outputs(setup: Setup, inputs: Any) -> list[Tensor]:
    torch.manual_seed(0)  # noise, if any, is the same for a sample at its place
    try:
        found = tensors(_plain(forward(setup.model, inputs)))
    except Exception as error:  # this call is ours: the user's step may call the model otherwise
        raise Inconclusive(
            f"the model cannot be called as model(inputs): {type(error).__name__}: {error}",
            "Return a batch whose first part is all that forward() needs, or do not ask for this"
            " check in that case.",
        ) from error
    return [tensor.float() for tensor in found if tensor.dim() and not tensor.is_complex()]


def _plain(outputs: Any) -> Any:
    """Output classes of libraries are mappings or carry their tensors as attributes."""
    if isinstance(outputs, (Tensor, list, tuple, dict)):
        return outputs
    return dict(getattr(outputs, "items", lambda: vars(outputs).items())())


def _candidates(setup: Setup, outputs: list[Tensor]) -> Iterator[int]:
    """Dimensions, of the first two, along which inputs, target and outputs all have one length."""
    inputs, target = list(tensors(setup.batch[0])), list(tensors(setup.batch[1]))
    for dimension in (0, 1):
        shared = {t.shape[dimension] for t in (*inputs[:1], *outputs[:1]) if t.dim() > dimension}
        sequence_first = dimension == 1 and not any(t.dim() > 2 for t in (*inputs, *outputs))
        agreed = all(
            shared == {t.shape[0]} or t.shape[dimension:][:1] == (*shared,) for t in target
        )
        if len(shared) == 1 and min(shared) > 1 and agreed and not sequence_first:
            yield dimension


def _along(setup: Setup, outputs: list[Tensor], dimension: int) -> Influence:
    length = outputs[0].shape[dimension]
    worst = Influence(0, 0.0, 1.0)
    for sample in (0, length - 1):
        repeated = _outputs(setup, _repeated(setup.batch[0], sample, length, dimension))
        for one, other in zip(outputs, repeated):
            if one.shape != other.shape or one.dim() <= dimension:
                continue
            if one.shape[dimension] != length:
                continue
            moved = (one.select(dimension, sample) - other.select(dimension, sample)).abs().max()
            seen = Influence(sample, float(moved), float(one.abs().max()))
            if seen.moved / max(seen.scale, 1e-12) > worst.moved / max(worst.scale, 1e-12):
                worst = seen
    return worst


def _repeated(inputs: Any, sample: int, length: int, dimension: int) -> Any:
    def repeat(tensor: Tensor) -> Tensor:
        along = dimension if tensor.dim() > dimension else 0  # lengths, beside time-first inputs
        if not tensor.dim() or tensor.shape[along] != length:
            return tensor
        return tensor.select(along, sample).unsqueeze(along).expand_as(tensor).clone()

    return mapped(inputs, repeat)
