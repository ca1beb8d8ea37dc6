"""Every parameter that can be trained takes part in the training."""

from __future__ import annotations

from collections.abc import Iterator

from smokealarm.errors import Unasked
from smokealarm.finding import Finding, Level
from smokealarm.memorize.fit import Fit, Flow, at, declared, listed


def check(fit: Fit) -> Iterator[Finding]:
    """Every trainable parameter gets a gradient at some time.

        memorize:
          - name: digits
            setup: digits.smoke:setup
            checks: [parameters_used]

    Every parameter is listened to during the whole fit. A warning names those that are trainable and
    that backward never reached: a layer that is made and not called, or a branch that this batch
    does not take. Experts and branches that are reached with another batch are harmless; so is what
    only inference uses. Say so by requires_grad_(False), or hints={"frozen": ["projector.*"]}.

    A gradient of zero counts as one: layers that begin at zero send such at first. Parameters that
    change by other means, as an average of weights does, are in use; what is kept in eval mode while
    the rest trains (a teacher) is frozen on purpose.
    """
    flow = fit.fact(Flow)
    if not flow.arrived:
        raise Unasked("no gradient arrived anywhere: see `gradients_flow`")
    frozen = fit.hints.get("frozen", [])
    idle = flow.trainable - flow.arrived - flow.moved - flow.resting
    if named := [name for name in idle if not declared(name, frozen)]:
        yield Finding(
            message=f"parameters are trainable but the loss never reaches them: {listed(named)}",
            level=Level.WARNING,
            **at(fit.place),
            evidence={
                "never reached": len(named),
                "numbers in them": sum(flow.numbers.get(name, 0) for name in named),
                "trainable parameters": len(flow.trainable),
                "reproduce": fit.reproduce,
            },
            remedy="Use them, remove them, or freeze them with requires_grad_(False).",
        )
