"""How the samples of a batch influence each other: each is put beside copies of itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import Tensor

from smokealarm.errors import Unasked
from smokealarm.memorize.bench import Bench
from smokealarm.memorize.checks.samples_independent import Influence
from smokealarm.memorize.fit import Facts
from smokealarm.memorize.probes.batch_dims import (
    batch_dims,
    main_input,
    narrowed,
    repeated,
)
from smokealarm.memorize.probes.hearing import Call
from smokealarm.memorize.probes.links import by_value_only, on_purpose
from smokealarm.memorize.probes.outputs import Program, heard, moved


class Rows(NamedTuple):
    """Where the samples lie in an output: a dimension, of which each takes so many places."""

    output: int
    dim: int
    each: int


def probe(bench: Bench, fact: Facts) -> Influence:
    """The largest influence in any call of a model; of layouts that may be meant, the least."""
    program = heard(bench)
    found = [seen for call in program.calls if (seen := _of_call(program, call))]
    if not found:
        raise Unasked("no dimension was found along which the model's inputs and outputs shrink")
    return max(found, key=lambda each: each.share)


def _of_call(program: Program, call: Call) -> Influence | None:
    found = []
    for dim in batch_dims(program, call):
        rows = list(_rows(program, call, dim))
        if seen := _along(program, call, dim, rows):
            found.append((seen, dim, rows))
    if not found:
        return None
    seen, dim, rows = min(found, key=lambda each: each[0].share)
    if not seen.clear:
        return seen
    samples = main_input(call.given).shape[dim]
    if purpose := on_purpose(program, call, samples):
        raise Unasked(purpose)
    places = [(each, _places(each, dim, samples, seen.sample)) for each in rows]
    if by_value_only(program, call, dim, seen.sample, [(r.output, r.dim, p) for r, p in places]):
        raise Unasked("samples share a choice or a rounding, and no gradient goes between them")
    return seen


def _rows(program: Program, call: Call, dim: int) -> Iterator[Rows]:
    """Outputs of which one dimension, and no other, shrinks with the batch."""
    samples = main_input(call.given).shape[dim]
    whole = program.said(call, call.given)
    try:
        fewer = program.said(call, narrowed(call.given, dim, samples - 1))
    except Exception:  # this is no dimension that may be shorter
        return
    for index, (one, other) in enumerate(zip(whole, fewer)):
        if one.dim() != other.dim():
            continue
        shrunk = [d for d in range(one.dim()) if one.shape[d] != other.shape[d]]
        if len(shrunk) != 1 or one.shape[shrunk[0]] % samples:
            continue
        each = one.shape[shrunk[0]] // samples
        if other.shape[shrunk[0]] == each * (samples - 1):
            yield Rows(index, shrunk[0], each)


def _along(program: Program, call: Call, dim: int, rows: list[Rows]) -> Influence | None:
    samples = main_input(call.given).shape[dim]
    whole = program.said(call, call.given)
    seen: list[Influence] = []
    for sample in (0, samples - 1):
        alone = program.said(call, repeated(call.given, dim, sample))
        for each in rows:
            one, other = whole[each.output], alone[each.output]
            if one.shape == other.shape:
                place = _places(each, dim, samples, sample)
                seen.append(_influence(program, call, one, other, each.dim, place, sample))
    return max(seen, key=lambda each: (each.clear, each.share), default=None)


def _influence(
    program: Program,
    call: Call,
    one: Tensor,
    other: Tensor,
    dim: int,
    places: list[Tensor],
    sample: int,
) -> Influence:
    own = [moved(one.index_select(dim, p), other.index_select(dim, p)) for p in places]
    everywhere = moved(one, other)
    return Influence(sample, min(own), everywhere, program.noise(one), call.path)


def _places(rows: Rows, dim: int, samples: int, sample: int) -> list[Tensor]:
    """Where a sample lies in an output. Flattened, its places lie together or far between."""
    together = torch.arange(sample * rows.each, (sample + 1) * rows.each)
    between = torch.arange(sample, samples * rows.each, samples)
    return [together] if rows.each == 1 else [together, between]
