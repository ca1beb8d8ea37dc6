"""The same few steps twice, compared bit by bit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Any, NamedTuple

import torch
from torch import Tensor

from smokealarm.child.endings import innermost
from smokealarm.child.stack import of_error
from smokealarm.errors import Unasked
from smokealarm.memorize.batch import fresh, tensors
from smokealarm.memorize.bench import Bench
from smokealarm.memorize.checks.deterministic import Twice
from smokealarm.memorize.fit import Facts
from smokealarm.memorize.hooks import Hook
from smokealarm.memorize.setup import Setup, seed_everything
from smokealarm.memorize.step import Detached, train_step

STEPS = 5
_COMPLAINT = re.compile(r"(\S+) does not have a deterministic implementation")

Calls = list[tuple[str, str, str]]  # module, what went in, what came out


class Run(NamedTuple):
    """What can be compared: after each step the loss and parameters; in the first one every module."""

    steps: list[str]
    calls: Calls


def probe(bench: Bench, fact: Facts) -> Twice:
    try:
        one, other = _run(bench), _run(bench)
    except Detached:
        raise Unasked(
            "no step can be made: nothing that can be trained hangs on the loss"
        ) from None
    pairs = zip(one.steps, other.steps)
    step = next((number for number, (a, b) in enumerate(pairs, 1) if a != b), None)
    if step is None:
        return Twice(STEPS, None)
    return _complaint(bench, Twice(STEPS, step, _first(one.calls, other.calls)))


def _run(bench: Bench) -> Run:
    setup = bench.made()
    seed_everything(bench.seed)
    step, run = train_step(setup), Run([], [])
    with _noting(setup, run.calls):
        loss = step(fresh(setup.batch))
    run.steps.append(_after(setup, loss))
    for _ in range(STEPS - 1):
        run.steps.append(_after(setup, step(fresh(setup.batch))))
    return run


@contextmanager
def _noting(setup: Setup, calls: Calls) -> Iterator[None]:
    def note(name: str) -> Any:
        return lambda module, inputs, output: calls.append((name, _digest(inputs), _digest(output)))

    hooks = [
        module.register_forward_hook(Hook(note(name)))
        for model in setup.modules.values()
        for name, module in model.named_modules()
    ]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()


def _after(setup: Setup, loss: float) -> str:
    return _digest([torch.tensor(loss, dtype=torch.float64), *(p for _, p in setup.parameters())])


def _digest(value: Any) -> str:
    digest = sha256()
    for tensor in tensors(value):
        digest.update(_bytes(tensor))
    return digest.hexdigest()


def _bytes(tensor: Tensor) -> bytes:
    plain = tensor.detach().to_dense() if tensor.is_sparse else tensor.detach()
    return bytes(plain.cpu().contiguous().reshape(-1).view(torch.uint8).numpy().tobytes())


def _first(one: Calls, other: Calls) -> str:
    """The first module that makes something else of the same."""
    for (name, taken, given), (_, others_taken, others_given) in zip(one, other):
        if taken == others_taken and given != others_given:
            return name
    return ""


def _complaint(bench: Bench, twice: Twice) -> Twice:
    """What torch itself says when it is asked to be deterministic, with the user's line."""
    before = torch.are_deterministic_algorithms_enabled()
    torch.use_deterministic_algorithms(True)
    try:
        setup = bench.made()
        train_step(setup)(fresh(setup.batch))
    except RuntimeError as error:
        match = _COMPLAINT.search(str(error))
        place = innermost(of_error(error, bench.root))
        return twice._replace(operation=match[1], place=place) if match else twice
    finally:
        torch.use_deterministic_algorithms(before)
    return twice
