"""How low the loss of this batch can go, read from the loss functions that it is made of."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional
from torch.overrides import TorchFunctionMode

ZERO = {
    functional.nll_loss,
    functional.mse_loss,
    functional.l1_loss,
    functional.smooth_l1_loss,
    functional.huber_loss,
    functional.kl_div,
    functional.hinge_embedding_loss,
    functional.margin_ranking_loss,
    functional.triplet_margin_loss,
    functional.cosine_embedding_loss,
    functional.multi_margin_loss,
    functional.multilabel_margin_loss,
    functional.soft_margin_loss,
}
ENTROPIES = {
    functional.cross_entropy,
    functional.binary_cross_entropy,
    functional.binary_cross_entropy_with_logits,
}
PARTS = 64  # at most so many small batches: above, any number is near a whole one
MOST = 65_536  # tokens in a batch whose prefixes are counted


class LossSpy(TorchFunctionMode):
    """Notes the calls of torch's loss functions while the loss of one step is computed."""

    def __init__(self, batch: list[Tensor]) -> None:
        super().__init__()
        self._batch = [tensor.detach().clone() for tensor in batch]
        self._calls: list[tuple[float, float | None]] = []  # the value and the floor of each

    def __torch_function__(
        self, function: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        kwargs = kwargs or {}
        result = function(*args, **kwargs)
        if function in ZERO or function in ENTROPIES:
            with torch._C.DisableTorchFunction(), torch.no_grad(), suppress(Exception):
                self._note(function, result, args, kwargs)
        return result

    def _note(self, function: Any, result: Tensor, args: Any, kwargs: Any) -> None:
        if result.numel() == 1:
            floor = 0.0 if function in ZERO else _entropy(function, args, kwargs)
            self._calls.append((float(result.detach()), floor))

    def floor(self, loss: float) -> float | None:
        """The floor, if the loss is what was noted: its sum, its mean, or a whole part of it."""
        value = sum(value for value, _ in self._calls)
        known = [floor for _, floor in self._calls if floor is not None]
        if len(known) < len(self._calls):
            return None
        floor = sum(known)
        for parts in (1, len(self._calls), _whole_part(value, loss)):
            if self._calls and abs(value / parts - loss) <= 1e-3 * abs(loss):
                return floor / parts + (self._prefix_entropy() if _is_token_loss(self) else 0.0)
        return None

    def _prefix_entropy(self) -> float:
        """What is open about the next token when only the tokens before are known, in nats."""
        pairs = [t for t in self._batch if t.dim() == 2 and not t.is_floating_point()]
        if len(pairs) != 2 or pairs[0].shape != pairs[1].shape or pairs[0].numel() > MOST:
            return 0.0
        return prefix_entropy(pairs[0].tolist(), pairs[1].tolist())


def _whole_part(value: float, loss: float) -> int:
    """The k in loss = value / k, as where gradients are accumulated over k small batches."""
    share = value / loss if loss else 1.0
    return round(share) if 1 <= share <= PARTS else 1


def _is_token_loss(spy: LossSpy) -> bool:
    return len(spy._calls) == 1 and spy._calls[0][1] == 0.0


def prefix_entropy(inputs: list[list[int]], targets: list[list[int]]) -> float:
    groups = [0] * len(inputs)  # rows that agree so far share a number
    total = 0.0
    for position in range(len(inputs[0])):
        known: dict[tuple[int, int], int] = {}
        keys = [(group, row[position]) for group, row in zip(groups, inputs)]
        groups = [known.setdefault(key, len(known)) for key in keys]
        joint = Counter((group, row[position]) for group, row in zip(groups, targets))
        alone = Counter(groups)
        counts = torch.tensor([[n, alone[key[0]]] for key, n in joint.items()], dtype=torch.float64)
        total -= float((counts[:, 0] * (counts[:, 0] / counts[:, 1]).log()).sum())
    return total / (len(inputs) * len(inputs[0]))


def _entropy(function: Any, args: Any, kwargs: Any) -> float | None:
    """The entropy of the targets: what is left when the prediction is perfect. None: unknown."""
    outputs, target = _argument(args, kwargs, 0, "input"), _argument(args, kwargs, 1, "target")
    if function is functional.cross_entropy:
        entropy = _categorical(outputs, target, float(kwargs.get("label_smoothing", 0.0)))
    else:
        entropy = float(_binary(target).mean())
    weighted = kwargs.get("weight") is not None or kwargs.get("pos_weight") is not None
    plain = not weighted and kwargs.get("reduction", "mean") == "mean"
    return entropy if plain or entropy < 1e-9 else None


def _categorical(outputs: Tensor, target: Tensor, smoothing: float) -> float:
    """The mean entropy of smoothed or soft targets."""
    classes = outputs.shape[1] if outputs.dim() > 1 else outputs.shape[0]
    if not target.is_floating_point():
        target = torch.eye(1, classes, dtype=torch.float64)  # any class: all have one entropy
    soft = target.double() * (1 - smoothing) + smoothing / classes
    return float(-torch.xlogy(soft, soft).sum(1 if soft.dim() > 1 else 0).mean())


def _binary(target: Tensor) -> Tensor:
    target = target.double()
    return -(torch.xlogy(target, target) + torch.xlogy(1 - target, 1 - target))


def _argument(args: Any, kwargs: Any, index: int, name: str) -> Any:
    return args[index] if len(args) > index else kwargs[name]
