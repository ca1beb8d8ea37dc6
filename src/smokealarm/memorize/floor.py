"""How low the loss of this batch can go, read from the loss functions that it is made of."""

from __future__ import annotations

import inspect
import math
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
LIKELIHOODS = {functional.poisson_nll_loss}
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
        if function in ZERO or function in ENTROPIES or function in LIKELIHOODS:
            with torch._C.DisableTorchFunction(), torch.no_grad(), suppress(Exception):
                self._note(function, result, args, kwargs)
        return result

    def _note(self, function: Any, result: Tensor, args: Any, kwargs: Any) -> None:
        if result.numel() == 1 and result.requires_grad:
            floor = _floor(function, arguments(function, args, kwargs))
            self._calls.append((float(result.detach()), floor))

    def negated(self, loss: float) -> bool:
        """Whether the loss is what was noted, with its sign changed."""
        value = sum(value for value, _ in self._calls)
        return bool(self._calls) and loss < 0 and math.isclose(-value, loss, rel_tol=1e-3)

    def floor(self, loss: float, prefixes: bool = True) -> float | None:
        """The floor, if the loss is what was noted: its sum, its mean, or a whole part of it.

        `prefixes`: with what a prefix leaves open of the next token, which a model that may look
        ahead can know.
        """
        value = sum(value for value, _ in self._calls)
        known = [floor for _, floor in self._calls if floor is not None]
        if len(known) < len(self._calls):
            return None
        floor = sum(known)
        for parts in (1, len(self._calls), _whole_part(value, loss)):
            if self._calls and abs(value / parts - loss) <= 1e-3 * abs(loss):
                open_still = self._prefix_entropy() if prefixes and _is_token_loss(self) else 0.0
                return floor / parts + open_still
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


def arguments(function: Any, args: Any, kwargs: Any) -> dict[str, Any]:
    """What a loss function is called with, by name, defaults included."""
    bound = inspect.signature(function).bind(*args, **kwargs)
    bound.apply_defaults()
    return dict(bound.arguments)


def _floor(function: Any, given: dict[str, Any]) -> float | None:
    if function is functional.kl_div:
        return 0.0 if _sums_to_one(given) else None
    if function in ZERO:
        return 0.0
    if function in LIKELIHOODS:
        return _of_counts(given)
    floor = _entropy(function, given)
    return floor if floor is not None and math.isfinite(floor) else None


def _of_counts(given: dict[str, Any]) -> float | None:
    """Of a Poisson likelihood: the prediction is the count itself. Stirling's term comes on top."""
    target = given["target"].double()
    if given["reduction"] != "mean" or given["full"] or bool((target < 0).any()):
        return None
    return float((target - torch.xlogy(target, target)).mean())


def _sums_to_one(given: dict[str, Any]) -> bool:
    """Whether the targets are distributions, or rows of zeros: else the divergence has no floor."""
    target = given["target"].double().exp() if given["log_target"] else given["target"].double()
    rows = [target.sum(dim) for dim in range(target.dim())]
    return any(bool((((row - 1).abs() < 1e-2) | (row == 0)).all()) for row in rows)


def _entropy(function: Any, given: dict[str, Any]) -> float | None:
    """The entropy of the targets: what is left when the prediction is perfect. None: unknown."""
    if function is functional.cross_entropy:
        smoothing = float(given["label_smoothing"])
        entropy = _categorical(given["input"], given["target"], smoothing)
    else:
        entropy = float(_binary(given["target"]).mean())
    weighted = given["weight"] is not None or given.get("pos_weight") is not None
    if function is functional.cross_entropy and given["reduction"] == "mean" and entropy >= 1e-9:
        target = given["target"]
        if given["weight"] is not None and not target.is_floating_point() and target.dim() == 1:
            return _weighted(target, given["weight"].double(), given["label_smoothing"])
    plain = not weighted and given["reduction"] == "mean"
    return entropy if plain or entropy < 1e-9 else None


def _categorical(outputs: Tensor, target: Tensor, smoothing: float) -> float:
    """The mean entropy of smoothed or soft targets."""
    classes = outputs.shape[1] if outputs.dim() > 1 else outputs.shape[0]
    if not target.is_floating_point():
        target = torch.eye(1, classes, dtype=torch.float64)  # any class: all have one entropy
    soft = target.double() * (1 - smoothing) + smoothing / classes
    dim = 1 if soft.dim() > 1 else 0
    total = soft.sum(dim)  # one, but for several classes at once, such as (1, 0, 1)
    return float((torch.xlogy(total, total) - torch.xlogy(soft, soft).sum(dim)).mean())


def _weighted(target: Tensor, weight: Tensor, smoothing: float) -> float | None:
    """Of smoothed labels whose classes are weighted: the best prediction is in proportion to both."""
    if bool((target < 0).any()):  # some are ignored
        return None
    soft = torch.eye(len(weight), dtype=torch.float64)[target] * (1 - smoothing)
    soft = (soft + smoothing / len(weight)) * weight
    total = soft.sum(1)
    best = torch.xlogy(total, total) - torch.xlogy(soft, soft).sum(1)
    return float(best.sum() / weight[target].sum())


def _binary(target: Tensor) -> Tensor:
    target = target.double()
    return -(torch.xlogy(target, target) + torch.xlogy(1 - target, 1 - target))
