"""The optimizer holds what is to be trained: all of it, once, and of this model."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

from smokealarm.errors import Unasked
from smokealarm.finding import Finding, Level
from smokealarm.memorize.fit import Fit, Flow, at, declared, listed

Verdict = tuple[str, str, Level]


class Stray(NamedTuple):
    """A parameter that the loss depends on, and that parameters() does not name."""

    attribute: str  # the plain one that it is kept in
    path: str
    numbers: int
    alone: bool  # in a list of one: a usual way to hide a module on purpose


class Strays(NamedTuple):
    """Those that no optimizer holds either."""

    parameters: tuple[Stray, ...]


def check(fit: Fit) -> Iterator[Finding]:
    """Every parameter that the loss sends a gradient to is held by an optimizer, or frozen.

        memorize:
          - name: digits
            setup: digits.smoke:setup
            checks: [optimizer_complete]

    Failures: the optimizers hold none of the model's parameters, or those of a layer that has been
    replaced since; modules in a plain list or dict of the model, which parameters() does not see
    (use nn.ModuleList, nn.ModuleDict); parameters that were forgotten, which is certain where the
    optimizer holds most of the model, in tensors and in numbers, or all the weights and no bias.

    A warning: the optimizer holds the smaller part. To train a head on a body that is not frozen is
    usual, but then gradients are computed for nothing. Say so with requires_grad_(False), or by
    hints={"frozen": ["backbone.*"]}. Other warnings: modules hidden in a list of one, which often is
    meant, and a parameter that one optimizer holds twice.

    What gets gradients in passing and belongs to another optimizer that steps (a critic in the
    generator's step), and what is updated by hand or as an average, is not left out.
    """
    flow = fit.fact(Flow)
    if not flow.steps:
        raise Unasked("no optimizer made a step")
    for message, remedy, level in (*_aside(fit), *_verdicts(flow, fit.hints.get("frozen", []))):
        yield Finding(
            message=message,
            level=level,
            **at(fit.place),
            evidence={
                "trainable parameters": len(flow.trainable),
                "held by the optimizer": len(flow.held),
                "reached by backward": len(flow.arrived),
                "held, and not the model's": flow.strangers + flow.others,
                "reproduce": fit.reproduce,
            },
            remedy=remedy,
        )


def _aside(fit: Fit) -> Iterator[Verdict]:
    frozen = fit.hints.get("frozen", [])
    strays = [s for s in fit.fact(Strays).parameters if not declared(s.path, frozen)]
    for attribute in dict.fromkeys(stray.attribute for stray in strays):
        own = [stray for stray in strays if stray.attribute == attribute]
        yield (
            f"the model keeps trainable parameters in the plain attribute `{attribute}`, where neither"
            f" parameters() nor the optimizer finds them: {listed([stray.path for stray in own])}",
            "Make it an nn.ModuleList, nn.ModuleDict or nn.ParameterList. If it is hidden on purpose,"
            " freeze it with requires_grad_(False).",
            Level.WARNING if own[0].alone else Level.FAILURE,
        )


def _verdicts(flow: Flow, frozen: Collection[str]) -> Iterator[Verdict]:
    reached = (flow.nonzero & flow.trainable) - flow.held - flow.waiting - flow.moved
    left_out = {name for name in reached if not declared(name, frozen)}
    if flow.twice:
        yield (
            f"one optimizer holds parameters twice and moves them twice: {listed(flow.twice)}",
            "Add them to one group only.",
            Level.WARNING,
        )
    if not flow.held & flow.trainable:
        if not flow.others and left_out:
            yield (
                "the optimizer holds none of the model's parameters",
                "Make the optimizer from the model that is trained, after the model has been"
                " replaced, copied or wrapped for the last time.",
                Level.FAILURE,
            )
    elif left_out and flow.strangers:
        yield (
            f"the optimizer holds {flow.strangers} parameters that are not the model's and get no"
            f" gradient, and does not hold {listed(left_out)}",
            "A layer was replaced after the optimizer was made: make the optimizer last.",
            Level.FAILURE,
        )
    elif left_out:
        sure = _certain(flow, left_out)
        yield (
            f"the loss reaches parameters that no optimizer holds: {listed(left_out)}",
            "Give them to the optimizer, or freeze them with requires_grad_(False).",
            Level.FAILURE if sure else Level.WARNING,
        )


def _certain(flow: Flow, left_out: Collection[str]) -> bool:
    """Who trains a part only holds the smaller part; who forgets some holds most."""
    held = flow.held & flow.nonzero

    def numbers(names: Collection[str]) -> int:
        return sum(flow.numbers.get(name, 0) for name in names)

    most = len(held) > len(left_out) and numbers(held) >= numbers(left_out)
    return most or _weights_only(flow, held, left_out) or _end_only(flow, held, left_out)


def _weights_only(flow: Flow, held: Collection[str], left_out: Collection[str]) -> bool:
    """Every bias is left out and its weight is held; or all biases and norms are left out."""
    biases = {name for name in left_out if name.endswith("bias")}
    if all(f"{name.removesuffix('bias')}weight" in held for name in left_out):
        return biases == set(left_out)
    return bool(biases) and flow.flat.issuperset(left_out) and flow.flat.isdisjoint(held)


def _end_only(flow: Flow, held: Collection[str], left_out: Collection[str]) -> bool:
    """All that stands behind in the model, and no more than is held: a body without its head."""
    places = {name: place for place, name in enumerate(flow.numbers)}
    if len(left_out) > len(held) or not places.keys() >= {*held, *left_out}:
        return False
    return min(places[name] for name in left_out) > max(places[name] for name in held)
