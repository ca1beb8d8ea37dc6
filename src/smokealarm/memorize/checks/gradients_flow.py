"""The gradient that backward computes is the one that the optimizer sees."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from fnmatch import fnmatchcase

from smokealarm.errors import Inconclusive
from smokealarm.finding import Finding, Level
from smokealarm.memorize.fit import Fit, Flow, at

SHOWN = 5


def check(fit: Fit) -> Iterator[Finding]:
    """Every gradient that the loss sends to a trainable parameter reaches the optimizer's step.

        memorize:
          - name: digits
            setup: digits.smoke:setup
            checks: [gradients_flow]

    The gradient is looked at where it counts, at the moment when the optimizer begins its step, so
    a zero_grad at the end of the loop is as good as one at the beginning.

    Failures: nothing that can be trained hangs on the loss; backward is missing; the gradient is
    gone when the optimizer steps (zero_grad between backward and step); the optimizer holds none of
    the model's parameters, or those of a layer that has been replaced; old gradients pile up (no
    zero_grad); every gradient is exactly zero. All are judged over the first eight steps of the
    optimizer, so that layers that begin at zero get their time.

    Warnings: parameters that get gradients but are in no optimizer, and parameters that never get
    any. Say so if you mean it: with requires_grad_(False), or by hints={"frozen": ["backbone.*"]}.

    Optimizers that compute their own gradients (LBFGS) are judged by what they hold only. Updates
    by hand, without an optimizer, cannot be judged.
    """
    flow, place = fit.fact(Flow), at(fit.stepping)
    if flow.arrived and not (flow.steps or flow.named):
        raise Inconclusive(
            "the set-up names no optimizer and none made a step: what becomes of the gradients"
            " cannot be seen",
            "If you update the parameters by hand, do not ask for this check in that case.",
        )
    frozen = fit.hints.get("frozen", [])
    if trouble := _failure(flow, fit.first.detached) or _replaced(flow, frozen):
        message, remedy = trouble
        yield Finding(message=message, remedy=remedy, evidence=_evidence(fit), **place)
        return
    for message, names, remedy in _doubtful(flow):
        if named := [name for name in names if not _declared(name, frozen)]:
            yield Finding(
                message=f"{message}: {listed(named)}",
                remedy=remedy,
                level=Level.WARNING,
                evidence=_evidence(fit),
                **at(fit.place),
            )


def _failure(flow: Flow, detached: bool) -> tuple[str, str] | None:
    if detached or not flow.trainable:
        return (
            "no parameter that can be trained hangs on the loss",
            "Look for .detach(), .item(), .data, torch.no_grad(), argmax or a new torch.tensor(...)"
            " on the way from the model to the loss, and for requires_grad=False everywhere.",
        )
    if not flow.steps:
        return (
            "no optimizer made a step",
            "Call optimizer.step() after loss.backward().",
        )
    if not flow.held:
        return (
            "the optimizer holds none of the model's parameters",
            "Make the optimizer from the model that is trained, after the model has been replaced,"
            " copied or wrapped for the last time.",
        )
    if flow.empty:
        return (
            "the optimizer steps without any gradient",
            "Call loss.backward() before optimizer.step().",
        )
    if flow.lost:
        return (
            f"the gradient is gone when the optimizer steps: {listed(flow.lost)}",
            "Call zero_grad() before backward() or after step(), never between the two.",
        )
    if flow.accumulated:
        return (
            "old gradients are still there when the new ones arrive: they pile up",
            "Call optimizer.zero_grad() once per step, before backward().",
        )
    if flow.arrived and not flow.nonzero:
        return (
            "every gradient is exactly zero",
            "The loss does not change with the parameters: look for a softmax over a dimension of"
            " size 1, a saturated or clamped output, or a product with zero.",
        )
    return None


def _replaced(flow: Flow, frozen: Collection[str]) -> tuple[str, str] | None:
    """Left out on purpose is a warning; left out while others sit idle in its seat is not."""
    names = (flow.nonzero & flow.trainable) - flow.held
    left_out = [name for name in names if not _declared(name, frozen)]
    if not (flow.strangers and left_out):
        return None
    return (
        f"the optimizer holds {flow.strangers} parameters that are not the model's and get no"
        f" gradient, and does not hold {listed(left_out)}",
        "A layer was replaced after the optimizer was made: make the optimizer last.",
    )


def _doubtful(flow: Flow) -> Iterator[tuple[str, Collection[str], str]]:
    yield (
        "the loss reaches parameters that no optimizer holds",
        (flow.nonzero & flow.trainable) - flow.held,
        "Give them to the optimizer, or freeze them with requires_grad_(False).",
    )
    if flow.arrived:
        yield (
            "parameters are trainable but the loss never reaches them",
            flow.trainable - flow.arrived,
            "Use them, remove them, or freeze them with requires_grad_(False).",
        )


def _declared(name: str, frozen: Collection[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in frozen)


def listed(names: Collection[str]) -> str:
    """The first few names, and how many more."""
    shown = sorted(names)[:SHOWN]
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(shown) + more


def _evidence(fit: Fit) -> dict[str, str | int | float | bool | None]:
    flow = fit.fact(Flow)
    return {
        "trainable parameters": len(flow.trainable),
        "held by the optimizer": len(flow.held),
        "reached by backward": len(flow.arrived),
        "optimizer steps": flow.steps,
        "reproduce": fit.reproduce,
    }
