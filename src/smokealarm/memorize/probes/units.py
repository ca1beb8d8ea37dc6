"""Whether the units of the layers begin alike."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn.modules.conv import _ConvNd
from torch.nn.parameter import is_lazy

from smokealarm.memorize.bench import Bench
from smokealarm.memorize.checks.symmetry_broken import Units
from smokealarm.memorize.fit import Facts

FEWEST = 4  # units


def probe(bench: Bench, fact: Facts) -> Units:
    setup = bench.made()
    alike, layers = [], 0
    for key, model in setup.modules.items():
        for name, layer in model.named_modules(prefix=key):
            if not isinstance(layer, (nn.Linear, _ConvNd)) or is_lazy(layer.weight):
                continue
            weight = layer.weight.detach()
            if len(weight) < FEWEST or not weight.is_floating_point():
                continue
            layers += 1
            if bool(torch.all(weight != 0)) and bool(torch.all(weight == weight[:1])):
                alike.append(name)
    return Units(tuple(alike), layers)
