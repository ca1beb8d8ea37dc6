"""Whether a model that is to name the next token knows it: later tokens are exchanged."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from smokealarm.errors import Unasked
from smokealarm.memorize.batch import tensors
from smokealarm.memorize.bench import Bench
from smokealarm.memorize.checks.causal import Causality, Leak
from smokealarm.memorize.fit import Facts
from smokealarm.memorize.probes.batch_dims import next_tokens
from smokealarm.memorize.probes.hearing import Call, Given
from smokealarm.memorize.probes.outputs import Program, heard, moved

SHIFTED = "the batch holds for every token the one after it"
DECLARED = "the hint causal"
SHIFTS = "a model of transformers that shifts its labels"
CLEAR = 1e-4  # share of the reach, where a model is found not to be causal


class Text(NamedTuple):
    """The input that time runs along, and the output that answers each of its places."""

    call: Call
    given: int  # which tensor of the call
    time: int  # its dimension
    output: int
    out: int  # the dimension of time in the output
    inner: int  # places of the output for each of time, where it is flattened: the batch

    def tokens(self) -> Tensor:
        return self.call.given.tensors()[self.given]


def probe(bench: Bench, fact: Facts) -> Causality:
    program = heard(bench)
    hint = program.setup.hints.get("causal")
    if hint is False:
        raise Unasked("the hints say that the model may look ahead")
    for call in program.calls:
        claims = list(_claims(program, call, bool(hint)))
        for why, index, time in claims:
            if texts := list(_texts(program, call, index, time)):
                return _judged(program, texts, why)
    raise Unasked("the program has no model that is known to name the next token")


def _judged(program: Program, texts: list[Text], why: str) -> Causality:
    """Where several outputs or dimensions may be meant, the one that leaks least is."""
    found = [(text, tuple(_leaks(program, text))) for text in texts]
    text, leaks = min(found, key=lambda each: max((leak.share for leak in each[1]), default=0.0))
    causal = all(leak.share <= CLEAR for leak in leaks)
    copied = causal and _scored_against_itself(program, text) and _reads(program, text)
    if why == "" and not copied:
        raise Unasked("the program has no model that is known to name the next token")
    length = text.tokens().shape[text.time]
    return Causality(leaks if why else (), length, why, text.call.path, copied)


def _claims(program: Program, call: Call, declared: bool) -> Iterator[tuple[str, int, int]]:
    """Why the model is taken to be causal, along which input and dimension; no reason: perhaps."""
    inputs = call.given.tensors()
    for index, tensor in enumerate(inputs):
        if (time := next_tokens(program, tensor)) is not None:
            yield SHIFTED, index, time
            return
    for index, tensor in enumerate(inputs):
        words = tensor.dim() == 2 and not tensor.is_floating_point() and tensor.dtype != torch.bool
        if declared and tensor.dim() > 1:
            dims = (dim for dim in range(1, tensor.dim()) if tensor.shape[dim] > 2)
            yield from ((DECLARED, index, dim) for dim in dims)
        elif words and _shifts_itself(call.module, tensor, inputs[index + 1 :]):
            yield SHIFTS, index, 1
        elif words and any(_alike(each.target, tensor) for each in program.scored):
            yield "", index, 1
        if tensor.dim() > 1:
            return


def _shifts_itself(module: nn.Module, tokens: Tensor, others: list[Tensor]) -> bool:
    kind = type(module).__name__
    known = kind.endswith("ForCausalLM") or kind.startswith("GPT") and kind.endswith("LMHeadModel")
    if not known or not type(module).__module__.startswith("transformers."):
        return False
    pairs = [each for each in others if each.shape == tokens.shape and each.dtype == tokens.dtype]
    return any(torch.equal(pair[pair >= 0], tokens[pair >= 0]) for pair in pairs)


def _texts(program: Program, call: Call, index: int, time: int) -> Iterator[Text]:
    """Every output that has a place for each token: (B, T, ...), (B, V, T) or (B * T, V)."""
    given = call.given.tensors()[index]
    length, batch = given.shape[time], given.shape[1 - time] if given.dim() == 2 else 0
    for number, said in enumerate(program.said(call, call.given)):
        if said.dim() == 2 and given.dim() == 2 and said.shape[0] == length * batch:
            yield Text(call, index, time, number, 0, batch)
        fitting = [dim for dim in range(said.dim()) if said.shape[dim] == length]
        dims = [time] if time in fitting else fitting[-1:]
        if said.dim() > 2 and dims and (said.shape[0] == given.shape[0] or time == 0):
            yield Text(call, index, time, number, dims[0], 0)
            return


def _leaks(program: Program, text: Text) -> Iterator[Leak]:
    length = text.tokens().shape[text.time]
    whole = _placed(program, text, text.call.given)
    start = min(_first_scored(program, text), length - 2)
    for position in sorted({start, max(start, (length - 1) // 2), length - 2}):
        other = _placed(program, text, _exchanged(program, text, position + 1, length))
        if other.shape != whole.shape:
            continue
        yield Leak(
            position,
            moved(whole[start : position + 1], other[start : position + 1]),
            moved(whole[position + 1 :], other[position + 1 :]),
            program.noise(whole),
        )


def _first_scored(program: Program, text: Text) -> int:
    """The first place with a target that counts: before it, a prefix may be read both ways."""
    tokens = text.tokens()
    for target in tensors(program.setup.batch):
        if target.shape != tokens.shape or target.is_floating_point() or not (target < 0).any():
            continue
        counted = (target >= 0).any(1 - text.time) if tokens.dim() == 2 else (target >= 0)
        return int(counted.nonzero()[0]) if bool(counted.any()) else 0
    return 0


def _placed(program: Program, text: Text, given: Given) -> Tensor:
    """The output, with time as its first dimension."""
    said = program.said(text.call, given)[text.output]
    if not text.inner:
        return said.movedim(text.out, 0)
    shape = text.tokens().shape
    return said.reshape(*shape, -1).movedim(text.time, 0)


def _exchanged(program: Program, text: Text, start: int, end: int) -> Given:
    """Others stand from `start` to `end`: numbers negated, tokens exchanged for others of the batch."""
    tokens = text.tokens().clone()
    part = tokens.narrow(text.time, start, end - start)
    part.copy_(_others(part, pads(program, text.call), text.tokens()))
    count = iter(range(len(text.call.given.tensors())))
    return text.call.given.changed(lambda each: tokens if next(count) == text.given else each)


def _others(part: Tensor, empty: set[int], tokens: Tensor) -> Tensor:
    if part.is_floating_point():
        return -part.flip(0) + 0.1
    if part.dtype is torch.bool:
        return ~part
    pool = torch.tensor([each for each in torch.unique(tokens).tolist() if each not in empty])
    if len(pool) < 2:
        raise Unasked("the batch has a single token, over and over")
    following = pool.roll(-1)[
        torch.searchsorted(pool, part.cpu().contiguous()).clamp(max=len(pool) - 1)
    ]
    kept = torch.isin(part.cpu(), torch.tensor(sorted(empty), dtype=part.dtype))
    return torch.where(kept, part.cpu(), following.to(part.dtype)).to(part.device)


def pads(program: Program, call: Call) -> set[int]:
    """The tokens that stand for nothing, where the program says so."""
    config: Any = getattr(call.module, "config", None)
    known = [program.setup.hints.get("pad_id"), getattr(config, "pad_token_id", None)]
    known += [getattr(each, "padding_idx", None) for each in call.module.modules()]
    return {each for each in known if isinstance(each, int)}


def _alike(target: Tensor, tokens: Tensor) -> bool:
    return target.numel() == tokens.numel() and torch.equal(target.flatten(), tokens.flatten())


def _scored_against_itself(program: Program, text: Text) -> bool:
    """Every output is compared with the token at its own place."""
    tokens = text.tokens()
    return (
        tokens.numel() >= 8
        and not tokens.is_floating_point()
        and len(torch.unique(tokens)) > 2
        and bool((tokens != tokens.narrow(text.time, 0, 1)).any())
        and any(_alike(each.target, tokens) for each in program.scored)
    )


def _reads(program: Program, text: Text) -> bool:
    """Outputs hang on the token at their own place, and on those before it."""
    length = text.tokens().shape[text.time]
    whole = _placed(program, text, text.call.given)
    own = _placed(program, text, _exchanged(program, text, length - 1, length))
    before = _placed(program, text, _exchanged(program, text, 0, 1))
    noise = program.noise(whole)
    return moved(whole[-1], own[-1]) > noise and moved(whole[1:], before[1:]) > noise
