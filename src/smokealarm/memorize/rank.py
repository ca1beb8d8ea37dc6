"""One of several processes that train together: three steps of the user's program.

torch's own launcher starts it, `torchrun --nproc-per-node 2 -m smokealarm.memorize.rank ORDER`. The first
of them then makes one step alone on the data of all, and writes down how the gradients compare.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.modules.dropout import _DropoutNd
from torch.nn.parallel import DistributedDataParallel
from torch.optim.optimizer import register_optimizer_step_pre_hook
from torch.utils.data.distributed import DistributedSampler

from smokealarm.child import loaded
from smokealarm.memorize.batch import fresh, joined, part, size, tensors
from smokealarm.memorize.bench import Bench
from smokealarm.memorize.setup import Setup, seed_everything
from smokealarm.memorize.step import train_step
from smokealarm.results import write_atomically

STEPS = 3
CALLS = 48  # of a step that accumulates gradients, at most
Gradients = dict[str, Tensor]


def main(order: str) -> None:
    about = json.loads(Path(order).read_text(encoding="utf-8"))
    sys.path.insert(0, os.getcwd())
    torch.set_num_threads(1)
    dist.init_process_group("gloo")
    dist.init_process_group = lambda *_, **__: None  # the user's own call finds that it is done
    rank = dist.get_rank()
    bench = Bench(
        loaded(about["setup"]), "cpu", Path.cwd(), 1, about["seed"], about["fault"], about["setup"]
    )
    together = _together(bench, rank, dist.get_world_size())
    dist.barrier()
    dist.destroy_process_group()
    if rank == 0:
        told = _compared(bench, together)
        write_atomically(Path(about["answer"]), json.dumps(told).encode())


def _together(bench: Bench, rank: int, world: int) -> dict[str, Any]:
    setup = bench.made()
    own = _is_made_for_several(setup)
    shared = not own or not _draws(setup.data)
    whole = setup.batch
    if shared:
        setup = setup._replace(batch=part(whole, rank, world) if _halves(whole, world) else whole)
    if not own:
        for _, parameter in setup.parameters():
            dist.broadcast(parameter.data, 0)
    before = {plain(name): p.detach().clone() for name, p in setup.parameters()}
    everybodys: list[Any] = [None] * world
    dist.all_gather_object(everybodys, setup.batch)
    with _averaging(setup, not own) as gradients:
        steps = _trained(setup, bench.seed + rank, gradients)
    return {
        "own": own,
        "steps": steps,
        "apart": _apart(setup),
        "same_batches": None if shared else _all_same(everybodys),
        "before": before,
        "gradients": gradients[0] if gradients else {},
        "batch": whole if shared else joined(everybodys),
        "halved": not shared or _halves(whole, world),
    }


def _is_made_for_several(setup: Setup) -> bool:
    wrapped = any(isinstance(module, DistributedDataParallel) for module in setup.modules.values())
    return wrapped or isinstance(getattr(setup.data, "sampler", None), DistributedSampler)


def _draws(data: Any) -> bool:
    return hasattr(data, "dataset")


def _halves(batch: Any, world: int) -> bool:
    samples = size(batch)
    return samples is not None and samples % world == 0


def plain(name: str) -> str:
    """The name of a parameter without the wrapper's."""
    return ".".join(word for word in name.split(".") if word != "module")


@contextmanager
def _averaging(setup: Setup, ours: bool) -> Iterator[list[Gradients]]:
    """The gradients of each optimizer step; averaged over the ranks, where nobody else does."""
    seen: list[Gradients] = []

    def before(optimizer: Any, args: Any, kwargs: Any) -> None:
        if ours:
            for group in optimizer.param_groups:
                for parameter in group["params"]:
                    if parameter.grad is not None and not parameter.grad.is_sparse:
                        dist.all_reduce(parameter.grad)
                        parameter.grad /= dist.get_world_size()
        seen.append(_gradients(setup))

    hook = register_optimizer_step_pre_hook(before)
    try:
        yield seen
    finally:
        hook.remove()


def _gradients(setup: Setup) -> Gradients:
    return {
        plain(name): p.grad.detach().clone()
        for name, p in setup.parameters()
        if p.grad is not None and not p.grad.is_sparse
    }


def _trained(setup: Setup, seed: int, seen: Sequence[Gradients], steps: int = STEPS) -> int:
    _calm(setup)
    seed_everything(seed)
    step = train_step(setup)
    for _ in range(CALLS):
        if len(seen) >= steps:
            break
        step(fresh(setup.batch))
    return len(seen)


def _calm(setup: Setup) -> None:
    """Batch-norm and dropout make gradients of halves another thing by their nature: without them."""
    for model in setup.modules.values():
        for module in model.modules():
            if isinstance(module, _BatchNorm):
                module.eval()
                vars(module)["train"] = lambda mode=True: None  # so that nobody wakes it again
            elif isinstance(module, _DropoutNd):
                module.p = 0.0


def _apart(setup: Setup) -> dict[str, float]:
    """By how much each parameter differs from that of the first rank, on any of them."""
    found = {}
    for name, parameter in setup.parameters():
        first = parameter.detach().clone()
        dist.broadcast(first, 0)
        difference = (parameter.detach() - first).abs().max().double()
        scale = first.abs().max().double().clamp(min=1e-12)
        dist.all_reduce(difference, dist.ReduceOp.MAX)
        if float(difference / scale) > 1e-6:
            found[plain(name)] = float(difference)
    return found


def _all_same(batches: Sequence[Any]) -> bool:
    first = list(tensors(batches[0]))
    return all(
        len(first) == len(others := list(tensors(batch)))
        and all(torch.equal(one, other) for one, other in zip(first, others))
        for batch in batches[1:]
    )


def _compared(bench: Bench, together: dict[str, Any]) -> dict[str, Any]:
    """The first gradient of all against that of this process alone, on the data of all."""
    before, theirs = together.pop("before"), together.pop("gradients")
    batch, halved = together.pop("batch"), together.pop("halved")
    told = {**together, "scale": None, "off": 0.0, "furthest": "", "noise": 0.0}
    if not halved:
        return {**told, "doubt": "the batch cannot be halved"}
    if together["same_batches"]:
        return told
    for name in ("RANK", "LOCAL_RANK", "WORLD_SIZE", "LOCAL_WORLD_SIZE"):
        os.environ.pop(name, None)
    try:
        alone = [_alone(bench, before, batch, seed) for seed in (bench.seed, bench.seed + 1)]
    except Exception as error:
        return {**told, "doubt": f"alone, {type(error).__name__}: {error}"}
    names = [name for name in alone[0] if name in theirs and name in alone[1]]
    if not names:
        return {**told, "doubt": "no gradient could be seen when the optimizer stepped"}
    return {**told, **_ratio(names, theirs, alone[0]), "noise": _off(names, alone[1], alone[0])}


def _alone(bench: Bench, before: Gradients, batch: Any, seed: int) -> Gradients:
    setup = bench.made()._replace(batch=batch)
    with torch.no_grad():
        for name, parameter in setup.parameters():
            parameter.copy_(before[plain(name)])
    with _averaging(setup, False) as seen:
        _trained(setup, seed, seen, 1)
    return seen[0] if seen else {}


def _ratio(names: Sequence[str], theirs: Gradients, alone: Gradients) -> dict[str, Any]:
    size = sum(float((alone[name].double() ** 2).sum()) for name in names)
    if not size:
        return {"scale": None}
    dot = sum(float((alone[name].double() * theirs[name].double()).sum()) for name in names)
    scale = dot / size
    scaled = {name: alone[name].double() * scale for name in names}
    off = {name: float((theirs[name].double() - scaled[name]).norm()) for name in names}
    return {
        "scale": scale,
        "off": sum(each**2 for each in off.values()) ** 0.5 / size**0.5,
        "furthest": max(off, key=lambda name: off[name]),
    }


def _off(names: Sequence[str], one: Gradients, other: Gradients) -> float:
    difference = sum(float((one[name] - other[name]).double().norm()) ** 2 for name in names)
    scale = sum(float(other[name].double().norm()) ** 2 for name in names)
    return float((difference / max(scale, 1e-24)) ** 0.5)


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        main(sys.argv[1])
