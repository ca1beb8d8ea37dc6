"""A batch of copies of one sample: do all get one output?"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from smokealarm.errors import Unasked
from smokealarm.memorize.bench import Bench
from smokealarm.memorize.checks.batch_order import Order
from smokealarm.memorize.fit import Facts
from smokealarm.memorize.probes.batch_dims import (
    batch_dims,
    main_input,
    narrowed,
    repeated,
)
from smokealarm.memorize.probes.hearing import Call
from smokealarm.memorize.probes.outputs import Program, heard, moved, ready

USUAL = (nn.Linear, nn.modules.conv._ConvNd, nn.Embedding, nn.Bilinear, nn.RNNBase)


def probe(bench: Bench, fact: Facts) -> Order:
    """The worst of all calls; of layouts that may be meant, the best."""
    program = heard(bench)
    found = [seen for call in program.calls if (seen := _of_call(program, call))]
    if not found:
        raise Unasked("no dimension was found that the model's inputs and outputs share as samples")
    return max(found, key=lambda each: each.apart / max(each.size, 1e-12))


def _of_call(program: Program, call: Call) -> Order | None:
    found = [seen for dim in _dims(program, call) if (seen := _along(program, call, dim))]
    return min(found, key=lambda each: each.apart, default=None)


def _dims(program: Program, call: Call) -> list[int]:
    """Of a series of numbers, both that may be meant: the labels of CTC lie in one row, as long as any."""
    dims = batch_dims(program, call)
    inputs = main_input(call.given)
    is_series = inputs.dim() == 3 and inputs.is_floating_point()
    return [dim for dim in (0, 1) if inputs.shape[dim] > 1] if dims and is_series else dims


def _along(program: Program, call: Call, dim: int) -> Order | None:
    samples = main_input(call.given).shape[dim]
    _refuse(program, call, samples)
    try:
        fewer = program.said(call, narrowed(call.given, dim, samples - 1))
        said = program.said(call, repeated(call.given, dim, 0))
    except Exception:  # this is no dimension that may be shorter
        return None
    outputs = [
        one for one, other in zip(said, fewer) if _has(one, samples) and _has_not(other, samples)
    ]
    if not outputs:
        return None
    worst = max(outputs, key=lambda each: _apart(each, samples))
    size = float(worst.abs().nan_to_num(0.0, 0.0, 0.0).max())
    return Order(samples, _apart(worst, samples), size, program.noise(worst), call.path)


def _refuse(program: Program, call: Call, samples: int) -> None:
    """Raises Unasked where the outputs may differ by intention."""
    for module in call.module.modules():
        own = [] if isinstance(module, USUAL) else list(module.parameters(recurse=False))
        if any(each.dim() > 1 and samples in each.shape[:2] for each in own):
            raise Unasked("the model may have parameters for each place of the batch")
    if any(samples == t.shape[0] == t.shape[1] for t in call.given.tensors() if t.dim() == 2):
        raise Unasked("an input says how samples are connected")
    with torch.no_grad(), ready(program.precision):
        before = torch.get_rng_state()
        call.module(*call.given.args, **call.given.kwargs)
        if not torch.equal(before, torch.get_rng_state()):
            raise Unasked("the model draws random numbers in eval mode")


def _has(output: Tensor, samples: int) -> bool:
    """One dimension of samples, and no doubt which."""
    return list(output.shape).count(samples) == 1


def _has_not(output: Tensor, samples: int) -> bool:
    return samples not in output.shape and samples - 1 in output.shape


def _apart(output: Tensor, samples: int) -> float:
    rows = output.movedim(list(output.shape).index(samples), 0)
    return moved(rows[:1].expand_as(rows), rows)
