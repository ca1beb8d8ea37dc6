"""The batch at another size, and a step of the program on it."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from smokealarm.memorize.batch import mapped, size


def resized(batch: Any, samples: int) -> Any:
    """As many samples, made by saying the same ones again; what is not by sample stays."""
    whole = size(batch)
    if whole == samples:
        return batch
    assert whole, "only a batch whose samples can be counted is resized"

    def cut(tensor: Tensor) -> Tensor:
        if not tensor.dim() or tensor.shape[0] != whole:
            return tensor
        return tensor[torch.arange(samples, device=tensor.device) % whole]

    return mapped(batch, cut)
