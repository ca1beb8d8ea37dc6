"""The gradient that backward computes arrives where it counts: in the optimizer's step."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from smokealarm.errors import Inconclusive
from smokealarm.finding import Finding
from smokealarm.memorize.fit import Fit, Flow, at, listed, without_gradient


class Cut(NamedTuple):
    """Parameters without a gradient, by the module they belong to, on which the loss does depend."""

    modules: tuple[tuple[str, float], ...] = ()  # and by how much of itself the loss changed


def check(fit: Fit) -> Iterator[Finding]:
    """Every gradient that the loss sends to a trainable parameter reaches the optimizer's step.

        memorize:
          - name: digits
            setup: digits.smoke:setup
            checks: [gradients_flow]

    The gradient is looked at where it counts, at the moment when the optimizer begins its step, so
    a zero_grad at the end of the loop is as good as one at the beginning.

    Failures: nothing that can be trained hangs on the loss; backward or step is missing, or the step
    of one of several optimizers; the gradient is gone when the optimizer steps (zero_grad between
    backward and step); every gradient is exactly zero. All are judged over the first eight steps of
    the optimizer, so that layers that begin at zero get their time.

    One more is judged by an experiment: the optimizer holds parameters to which never a gradient
    came, or only zeros. They are changed by a third, module by module. If the first loss changes
    with them, they are in use, and the way back from the loss is cut: by .detach(), .data, no_grad,
    argmax, rounding, or a backward of your own. Parameters that no optimizer holds, that change by
    other means (averages, updates by hand), of modules kept in eval mode while the rest trains (a
    teacher), or that the loss does not depend on at first (adapters that begin at zero) are not
    judged so. If a cut is meant, freeze them with requires_grad_(False), leave them out of the
    optimizer, or name them: hints={"frozen": ["teacher.*"]}.

    Optimizers that compute their own gradients (LBFGS) are judged by what they hold only. Updates
    by hand, without an optimizer, cannot be judged.
    """
    flow, place = fit.fact(Flow), at(fit.stepping)
    if flow.arrived and not flow.steps and (flow.moved or not (flow.named or flow.still)):
        raise Inconclusive(
            "the set-up names no optimizer and none made a step: what becomes of the gradients"
            " cannot be seen",
            "If you update the parameters by hand, do not ask for this check in that case.",
        )
    if trouble := _failure(flow, fit.first.detached):
        message, remedy = trouble
        yield Finding(message=message, remedy=remedy, evidence=_evidence(fit), **place)
    elif without_gradient(flow, fit.hints.get("frozen", [])):
        yield from map(lambda each: _cut(fit, *each), fit.fact(Cut).modules)


def _failure(flow: Flow, detached: bool) -> tuple[str, str] | None:
    if detached or not flow.trainable:
        return (
            "no parameter that can be trained hangs on the loss",
            "Look for .detach(), .item(), .data, torch.no_grad(), argmax or a new torch.tensor(...)"
            " on the way from the model to the loss, and for requires_grad=False everywhere.",
        )
    if not flow.steps:
        return (
            "no optimizer made a step" + (", and no parameter ever changed" if flow.still else ""),
            "Call optimizer.step() after loss.backward().",
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
    if waiting := flow.waiting & flow.nonzero:
        return (
            f"one of the optimizers never made a step, though gradients arrive: {listed(waiting)}",
            "Call step() on every optimizer of the set-up.",
        )
    if flow.arrived and not flow.nonzero:
        return (
            "every gradient is exactly zero",
            "The loss does not change with the parameters: look for a softmax over a dimension of"
            " size 1, a saturated or clamped output, or a product with zero.",
        )
    return None


def _cut(fit: Fit, module: str, change: float) -> Finding:
    where = f"`{module}`" if module else "the model's own parameters"
    return Finding(
        message=f"no gradient comes back to {where}, though the loss depends on it: on the way from"
        " there to the loss the graph is cut",
        **at(fit.place),
        evidence={
            **_evidence(fit),
            "module": module,
            "change of the loss when its parameters change by a third": f"{change:.2g}",
        },
        remedy="Look in forward() behind that module for .detach(), .data, .item(), numpy,"
        " torch.no_grad(), argmax, round, comparisons, or a backward of your own that returns zeros."
        " If it is meant, freeze the module with requires_grad_(False).",
    )


def _evidence(fit: Fit) -> dict[str, str | int | float | bool | None]:
    flow = fit.fact(Flow)
    return {
        "trainable parameters": len(flow.trainable),
        "held by the optimizer": len(flow.held),
        "reached by backward": len(flow.arrived),
        "optimizer steps": flow.steps,
        "reproduce": fit.reproduce,
    }
