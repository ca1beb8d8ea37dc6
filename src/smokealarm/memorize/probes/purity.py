"""Three evaluations of one batch: what they change, and whether they agree."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn.modules.batchnorm import _BatchNorm
from torch.overrides import TorchFunctionMode

from smokealarm.child.stack import users_line
from smokealarm.errors import Place, Unasked
from smokealarm.memorize.batch import fresh, tensors
from smokealarm.memorize.bench import Bench
from smokealarm.memorize.checks.eval_pure import Purity
from smokealarm.memorize.fit import Facts
from smokealarm.memorize.pricing.forecast import eager
from smokealarm.memorize.setup import Setup, seed_everything
from smokealarm.memorize.step import in_eval_mode, train_step

DROPPING = {"dropout", "dropout1d", "dropout2d", "dropout3d", "alpha_dropout", "feature_dropout"}
DROPPING |= {"feature_alpha_dropout"}
ATTENTION = "scaled_dot_product_attention"
DRAWING = {"randn", "randn_like", "rand", "rand_like", "randint", "randint_like", "randperm"}
DRAWING |= {"normal", "normal_", "uniform_", "bernoulli", "bernoulli_", "multinomial", "poisson"}
DRAWING |= {"exponential_", "gumbel_softmax", "rrelu"}
SCALING = {"mul", "__mul__", "__rmul__", "mul_", "__imul__", "multiply", "addcmul"}
LAYERS = {"linear", "conv1d", "conv2d", "conv3d", "conv_transpose2d", "matmul", "__matmul__", "cat"}
KEPT = 16  # drawn tensors that are followed
State = dict[str, Tensor]


class Spy(TorchFunctionMode):
    """Notes which functions draw random numbers, and the user's line that calls them.

    A sample whose spread the model computes (mean + std * noise), and noise that is the input of a
    layer, are what generative models are made of; noise of a fixed size that is added is not.
    """

    def __init__(self, root: Path) -> None:
        super().__init__()
        self._root = root
        self.dropped: tuple[str, Place | None] = ("", None)
        self.sampled: tuple[str, Place | None] = ("", None)
        self.generates = False
        self._drawn: list[Tensor] = []

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        name = getattr(func, "__name__", "")
        if not self.dropped[0] and _drops(name, args, kwargs):
            self.dropped = (name, users_line(self._root))
        elif not self.sampled[0] and name in DRAWING:
            self.sampled = (name, users_line(self._root))
        self.generates = self.generates or self._is_sample(name, args)
        result = func(*args, **kwargs)
        if name in DRAWING and isinstance(result, Tensor) and len(self._drawn) < KEPT:
            self._drawn.append(result)
        return result

    def _is_sample(self, name: str, args: Any) -> bool:
        """Whether what was drawn is scaled by a tensor, or given to a layer."""
        if name not in SCALING and name not in LAYERS:
            return False
        given = [each for each in tensors(args) if each.numel() > 1]
        drawn = [any(each is noise for noise in self._drawn) for each in given]
        return any(drawn) and (name in LAYERS or not all(drawn))


def _drops(name: str, args: Any, kwargs: Mapping[str, Any]) -> bool:
    if name == ATTENTION:
        share = kwargs.get("dropout_p", args[4] if len(args) > 4 else 0.0)
        return isinstance(share, float) and share > 0
    if name not in DROPPING:
        return False
    share = kwargs.get("p", args[1] if len(args) > 1 else 0.5)
    training = kwargs.get("training", kwargs.get("train", args[2] if len(args) > 2 else True))
    return bool(training) and bool(share)


def probe(bench: Bench, fact: Facts) -> Purity:
    """Raises Unasked where there is nothing to evaluate."""
    setup = bench.made()
    evaluate = setup.eval_step or setup.outputs
    if evaluate is None:
        raise Unasked("neither an `eval_step` nor the model's outputs are known")
    seed_everything(bench.seed)
    train_step(setup)(fresh(setup.batch))  # what is only made in a first step is there then
    before, optimizers, spy = _state(setup), _optimizers(setup), Spy(bench.root)
    with eager():
        first = _answer(setup, evaluate, bench.seed)
        between = _state(setup)
        again = _answer(setup, evaluate, bench.seed)
        with spy:
            other = _answer(setup, evaluate, bench.seed + 1)
    after = _state(setup)
    own = {name for name, _ in setup.parameters()}
    return Purity(
        parameters=_changed(before, after, own),
        statistics=_changed(between, after, set(_changed(before, between, _statistics(setup)))),
        optimizers=not _same(optimizers, _optimizers(setup)),
        dropout=spy.dropped[0],
        dropout_place=spy.dropped[1],
        sampled=spy.sampled[0],
        sampled_place=spy.sampled[1],
        moved=0.0 if spy.generates and not spy.dropped[0] else _distance(first, other),
        drifted=_distance(first, again),
        own=setup.eval_step is not None,
    )


def _answer(setup: Setup, evaluate: Any, seed: int) -> list[Tensor]:
    with in_eval_mode(setup):
        seed_everything(seed)
        try:
            answer = evaluate(fresh(setup.batch))
        except Exception as error:
            if setup.eval_step is not None:
                raise
            raise Unasked(f"the model cannot be called as model(inputs): {error}") from error
        return _numbers(answer)


def _numbers(answer: Any) -> list[Tensor]:
    if isinstance(answer, (bool, int, float)):
        return [torch.tensor(float(answer))]
    if not isinstance(answer, (Tensor, list, tuple, dict)):
        with suppress(TypeError):
            answer = dict(getattr(answer, "items", lambda: vars(answer).items())())
    if isinstance(answer, (list, tuple)):
        return [each for item in answer for each in _numbers(item)]
    if isinstance(answer, Mapping):
        return [each for item in _judged(answer) for each in _numbers(item)]
    kept = [each for each in tensors(answer) if each.is_floating_point()]
    return [each.detach().double().clone() for each in kept]


def _judged(answer: Mapping[Any, Any]) -> list[Any]:
    """Beside a loss, plain numbers are the time it took, and counts of what was seen so far."""
    if not any("loss" in str(key) for key in answer):
        return list(answer.values())
    plain = (bool, int, float)
    return [
        each for key, each in answer.items() if "loss" in str(key) or not isinstance(each, plain)
    ]


def _distance(one: list[Tensor], other: list[Tensor]) -> float:
    """The largest difference of two answers, as a share of the size of what differs."""
    shares = [0.0]
    for a, b in zip(one, other):
        if (
            a.shape == b.shape
            and a.numel()
            and bool(torch.isfinite(a).all() & torch.isfinite(b).all())
        ):
            shares.append(float((a - b).abs().max()) / max(float(a.abs().max()), 1e-9))
    return max(shares)


def _state(setup: Setup) -> State:
    state = {name: own.detach().clone() for name, own in setup.parameters()}
    for name, module in setup.modules.items():
        for path, buffer in module.named_buffers(prefix=name):
            state[path] = buffer.detach().clone()
    return state


def _statistics(setup: Setup) -> set[str]:
    return {
        f"{path}.{name}".strip(".")
        for prefix, module in setup.modules.items()
        for path, layer in module.named_modules(prefix=prefix)
        if isinstance(layer, _BatchNorm)
        for name in ("running_mean", "running_var")
    }


def _changed(before: State, after: State, names: set[str]) -> tuple[str, ...]:
    return tuple(
        name
        for name, start in before.items()
        if name in names and name in after and not _equal(start, after[name])
    )


def _equal(one: Tensor, other: Tensor) -> bool:
    return one.shape == other.shape and torch.equal(torch.nan_to_num(one), torch.nan_to_num(other))


def _optimizers(setup: Setup) -> list[Tensor]:
    """Their state, tensor by tensor."""
    found: list[Tensor] = []
    for optimizer in setup.optimizers:
        states = getattr(optimizer, "state", {})
        for state in states.values() if isinstance(states, Mapping) else ():
            values = state.values() if isinstance(state, Mapping) else ()
            found += [value.detach().clone() for value in values if isinstance(value, Tensor)]
    return found


def _same(one: list[Tensor], other: list[Tensor]) -> bool:
    return len(one) == len(other) and all(_equal(a, b) for a, b in zip(one, other))
