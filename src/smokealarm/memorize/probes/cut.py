"""Whether the loss depends on parameters that never get a gradient: they are changed, to see."""

from __future__ import annotations

import math
from collections import defaultdict

import torch
from torch import Tensor

from smokealarm.errors import Unasked
from smokealarm.memorize.bench import Bench
from smokealarm.memorize.checks.gradients_flow import Cut
from smokealarm.memorize.fit import Facts, Flow, without_gradient
from smokealarm.memorize.probes.replay import Replay

SHARE = 0.3  # of their size: how much the parameters are changed
SEEN = 2e-5  # change of the loss, of itself, that is no rounding
MODULES = 8


def probe(bench: Bench, fact: Facts) -> Cut:
    flow = fact(Flow)
    replay = Replay(bench)
    idle = without_gradient(flow, replay.setup.hints.get("frozen", []))
    modules: dict[str, dict[int, Tensor]] = defaultdict(dict)
    generator = torch.Generator().manual_seed(0)
    for name, parameter in replay.setup.parameters():
        if name in idle and parameter.is_floating_point():
            change = _change(parameter.detach(), generator)
            modules[name.rpartition(".")[0]][id(parameter)] = change
    loss = replay.loss()
    if not (math.isfinite(loss) and replay.steady(loss)):
        raise Unasked("the loss of the first step is not the same twice")
    changed = {name: replay.loss(changes) for name, changes in list(modules.items())[:MODULES]}
    shares = {name: abs(other - loss) / max(abs(loss), 1e-6) for name, other in changed.items()}
    return Cut(tuple((name, share) for name, share in shares.items() if share > SEEN))


def _change(parameter: Tensor, generator: torch.Generator) -> Tensor:
    size = float(parameter.float().square().mean().sqrt()) or 1.0
    noise = torch.randn(parameter.shape, generator=generator)
    return (SHARE * size * noise).to(parameter)
