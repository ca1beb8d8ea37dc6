"""What the loss functions are called with in the first steps, and what their outputs came out of."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional
from torch.overrides import TorchFunctionMode

from smokealarm.child.stack import users_line
from smokealarm.memorize.batch import tensors
from smokealarm.memorize.floor import arguments
from smokealarm.memorize.losses import LossCall, LossCalls
from smokealarm.memorize.setup import Setup

STEPS = 3  # that are looked at; one where the model is compiled, as each mode compiles it anew
LARGEST = 4_000_000  # numbers in a tensor whose sums are taken
FUNCTIONS = frozenset(
    (
        functional.cross_entropy,
        functional.nll_loss,
        functional.binary_cross_entropy,
        functional.binary_cross_entropy_with_logits,
        functional.multilabel_soft_margin_loss,
        functional.mse_loss,
        functional.l1_loss,
        functional.smooth_l1_loss,
        functional.huber_loss,
        functional.kl_div,
        functional.hinge_embedding_loss,
        functional.soft_margin_loss,
        functional.cosine_embedding_loss,
        functional.margin_ranking_loss,
    )
)
OUTPUTS = ("input", "input1")
MINUS = ("sub", "__sub__", "__rsub__", "rsub", "subtract")
# What only looks at a tensor in another shape or type: backward's names, without `Backward0`.
SEEN_THROUGH = frozenset(
    "View UnsafeView ReshapeAlias Transpose T Permute Squeeze Unsqueeze Clone ToCopy Select Slice"
    " Alias Index IndexSelect Expand".split()
)
MAKERS = {
    "Softmax": "softmax",
    "LogSoftmax": "log_softmax",
    "Sigmoid": "sigmoid",
    "Tanh": "tanh",
    "Relu": "relu",
}


class Watch:
    """Looks at the first steps through a mode of torch's."""

    def __init__(self, setup: Setup, root: Path) -> None:
        self._root = root
        self._pads = _pads(setup)
        self._steps = 1 if is_compiled(setup) else STEPS
        self._looked = 0
        self._calls: list[LossCall] = []
        self._differences: list[tuple[LossCall, tuple[float, ...]]] = []
        self._lengths: frozenset[int] = frozenset()
        self._looking = ExitStack()

    @contextmanager
    def listening(self) -> Iterator[None]:
        try:
            yield
        finally:
            self._looking.close()

    def before_step(self, number: int, batch: Any) -> None:
        if number <= self._steps:
            self._lengths = frozenset(_token_counts(batch))
            self._looked, self._differences = number, []
            self._looking.enter_context(_Mode(self._note))

    def after_step(self, number: int, loss: float) -> None:
        self._looking.close()
        for call, values in self._differences:
            if any(math.isclose(value, loss, rel_tol=1e-4) for value in values):
                self._calls.append(call)
        self._differences = []

    def seen(self) -> LossCalls:
        return LossCalls(tuple(self._calls), self._looked)

    def _note(self, function: Any, args: Any, kwargs: Any, result: Any) -> None:
        if not isinstance(result, Tensor) or not result.requires_grad:
            return
        if function in FUNCTIONS:
            self._calls.append(self._call(function, arguments(function, args, kwargs), result))
        elif getattr(function, "__name__", "") in MINUS and len(args) > 1:
            self._note_difference(args[0], args[1], result)

    def _note_difference(self, left: Any, right: Any, result: Tensor) -> None:
        """Where a column meets a row: what the loss is if it is their mean square or the like."""
        if not isinstance(left, Tensor) or not isinstance(right, Tensor):
            return
        outputs, target = (left, right) if left.requires_grad else (right, left)
        if target.requires_grad or left.dim() == right.dim() or result.numel() > LARGEST:
            return
        if result.numel() <= max(left.numel(), right.numel()):
            return
        size, square = result.double(), result.double().square()
        sums = (size.abs().sum(), square.sum())
        values = tuple(float(s) / n for s in sums for n in (1, result.numel(), 2 * result.numel()))
        values += (math.sqrt(values[4]),)
        shapes = tuple(outputs.shape), tuple(target.shape)
        call = LossCall("difference", self._looked, *shapes, users_line(self._root))
        self._differences.append((call, values))

    def _call(self, function: Any, given: dict[str, Any], result: Tensor) -> LossCall:
        outputs = next(given[name] for name in OUTPUTS if name in given)
        target: Tensor = given["target"]
        seen = outputs.detach().double() if outputs.numel() <= LARGEST else outputs.detach()[:1]
        return LossCall(
            function.__name__,
            self._looked,
            tuple(outputs.shape),
            tuple(target.shape),
            users_line(self._root),
            value=float(result.detach()) if result.numel() == 1 else None,
            made_by=_maker(outputs),
            cut_from=_cut_from(outputs),
            smoothing=float(given.get("label_smoothing", 0.0)),
            lowest=float(seen.min()),
            highest=float(seen.max()),
            sums=_to_one(seen, seen) if float(seen.min()) >= 0 else (),
            log_sums=_to_one(seen.exp(), seen) if float(seen.max()) <= 1e-4 else (),
            classes=not target.is_floating_point(),
            reduction=str(given.get("reduction", "mean")),
            weighted=given.get("weight") is not None or given.get("pos_weight") is not None,
            log_target=bool(given.get("log_target", False)),
            attached=outputs.requires_grad,
            target_attached=target.requires_grad,
        )._replace(**self._of_targets(given, target.detach()))

    def _of_targets(self, given: dict[str, Any], target: Tensor) -> dict[str, Any]:
        pads = self._pads if target.numel() in self._lengths else frozenset()
        return _of_targets(given, target, pads)


class _Mode(TorchFunctionMode):
    def __init__(self, note: Callable[[Any, Any, Any, Any], None]) -> None:
        super().__init__()
        self._note = note

    def __torch_function__(
        self, function: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        result = function(*args, **(kwargs or {}))
        with torch._C.DisableTorchFunction(), torch.no_grad(), suppress(Exception):
            self._note(function, args, kwargs or {}, result)
        return result


def _of_targets(given: dict[str, Any], target: Tensor, pads: frozenset[int]) -> dict[str, Any]:
    known: dict[str, Any] = {}
    if not target.is_floating_point() and "ignore_index" in given:
        ignore = given["ignore_index"]
        counted = target[target != ignore]
        known["ignored"] = target.numel() > 0 and counted.numel() == 0
        known["targets"], known["counted"] = target.numel(), counted.numel()
        known["ignore"] = int(ignore)
        if given.get("weight") is not None:
            known["weights"] = int((given["weight"] != 0).sum())
        if given.get("weight") is None and given["reduction"] != "none":
            known["padded"] = sum(
                float((target == pad).double().mean()) for pad in pads if pad != ignore
            )
        target = counted
    if target.numel():
        exact = target.double()
        known["target_lowest"], known["target_highest"] = float(exact.min()), float(exact.max())
        known["target_square"] = float(exact.square().mean())
    return known


def _token_counts(batch: Any) -> Iterator[int]:
    """How many targets there are where one belongs to every token, or to all but one of a row."""
    for tensor in tensors(batch):
        if tensor.dim() == 2 and not tensor.is_floating_point():
            yield from (tensor.numel(), tensor.numel() - len(tensor))


def _to_one(values: Tensor, like: Tensor) -> tuple[int, ...]:
    dims = [dim for dim in range(like.dim()) if like.shape[dim] > 1]
    return tuple(dim for dim in dims if float((values.sum(dim) - 1).abs().max()) < 1e-2)


def _maker(outputs: Tensor) -> str:
    """What the outputs came out of, seen through changes of shape and type."""
    node: Any = outputs.grad_fn
    for _ in range(8):
        name = node.name().partition("Backward")[0] if node is not None else ""
        if name not in SEEN_THROUGH:
            return MAKERS.get(name, "")
        node = node.next_functions[0][0]
    return ""


def _cut_from(outputs: Tensor) -> int:
    """The samples in the tensor that one was taken out of, by an index or a slice at its beginning."""
    node: Any = outputs.grad_fn
    for _ in range(8):
        name = node.name().partition("Backward")[0] if node is not None else ""
        if name in ("Select", "Slice") and getattr(node, "_saved_dim", None) == 0:
            return int(getattr(node, "_saved_self_sym_sizes", (0,))[0])
        if name not in SEEN_THROUGH:
            return 0
        node = node.next_functions[0][0]
    return 0


def _pads(setup: Setup) -> frozenset[int]:
    """The token that fills up, where it is declared."""
    return frozenset([setup.hints["pad_id"]]) if "pad_id" in setup.hints else frozenset()


def is_compiled(setup: Setup) -> bool:
    kinds = {type(each).__name__ for module in setup.modules.values() for each in module.modules()}
    return "OptimizedModule" in kinds
