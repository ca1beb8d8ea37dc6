"""What the loss function is given is what it is made for."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from smokealarm.finding import Finding, Level, Scalar
from smokealarm.memorize.fit import Fit, at, number
from smokealarm.memorize.losses import LossCall, LossCalls

LOGITS = (
    "cross_entropy",
    "binary_cross_entropy_with_logits",
    "multilabel_soft_margin_loss",
)
DISTANCES = ("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss", "difference")
BINARY = ("binary_cross_entropy_with_logits", "binary_cross_entropy")
SIGNED = (
    "soft_margin_loss",
    "hinge_embedding_loss",
    "margin_ranking_loss",
    "cosine_embedding_loss",
)
SLACK = 0.05  # log(p + epsilon) may come out a little above zero
HALF, NEARLY_ALL = 0.5, 0.9  # of label_smoothing
REACH = {"relu": (0.0, math.inf), "sigmoid": (0.0, 1.0), "tanh": (-1.0, 1.0)}
BEYOND = 0.3  # smoothed labels of GANs leave [0, 1] by less


class Wrong(NamedTuple):
    message: str
    remedy: str
    level: Level = Level.FAILURE
    evidence: Mapping[str, Scalar] = {}


def check(fit: Fit) -> Iterator[Finding]:
    """The loss function is given what it is made for: logits or probabilities, shapes, targets.

        memorize:
          - name: digits
            setup: digits.smoke:setup
            checks: [loss_contract]

    Torch's loss functions take what they are given, and train on it. In the first three steps each
    call of one is looked at: the values, the shapes, and the operation the outputs came out of. It
    alarms only where every call from a line shows the same:

    - probabilities (softmax, sigmoid) in `cross_entropy` or `binary_cross_entropy_with_logits`;
    - logits or probabilities in `nll_loss` or `kl_div`, which take log-probabilities;
    - a softmax over the batch or over time instead of over the classes;
    - (N, 1) outputs against (N,) targets in a distance, which compares every output with every
      target; also in `((outputs - target) ** 2).mean()` of your own;
    - a single class, targets that are all ignored, binary targets far outside of 0 to 1;
    - labels that are smoothed by 0.9 or more, where hardly anything is left of them;
    - outputs of a ReLU, sigmoid or tanh in a distance to targets that they cannot reach, or of a ReLU
      in a binary cross-entropy with logits, where they never say no.

    Warnings: labels smoothed by half or more, targets of 0 and 1 where -1 and 1 are wanted, tanh or
    ReLU as last layer before a loss of logits, padding that is learnt (hint `pad_id`), arguments
    swapped. `log_softmax` before `cross_entropy` changes nothing, soft labels are fine, and so are
    distances of all pairs that are asked for with equal numbers of dimensions or `reduction="none"`.

    With the hint `num_classes` the dimension of the classes is held against it. A loss function of
    your own is not looked into. Where this is meant to be so, write `skip: REASON` below the check.
    """
    seen = fit.fact(LossCalls)
    lines: dict[Any, list[LossCall]] = {}
    for call in seen.calls:
        lines.setdefault((call.function, call.place), []).append(call)
    for calls in lines.values():
        wrongs = [_wrong(call, fit.hints) for call in calls]
        if wrong := next(iter(wrongs), None):
            if all(other and other.message == wrong.message for other in wrongs):
                yield _finding(fit, calls, wrong)


def _wrong(call: LossCall, hints: Mapping[str, Any]) -> Wrong | None:
    found = (rule(call) for rule in RULES)
    return next((each for each in found if each), None) or _class_dimension(call, hints)


def _finding(fit: Fit, calls: list[LossCall], wrong: Wrong) -> Finding:
    call = calls[0]
    return Finding(
        message=wrong.message,
        **at(call.place or fit.stepping),
        level=wrong.level,
        evidence={
            "loss function": call.function,
            "outputs": f"{call.shape}, {call.lowest:.4g} to {call.highest:.4g}",
            "outputs come out of": call.made_by or None,
            "targets": f"{call.target_shape}",
            **wrong.evidence,
            "calls looked at": len(calls),
            "reproduce": fit.reproduce,
        },
        remedy=wrong.remedy,
    )


def _probabilities(call: LossCall) -> Wrong | None:
    if call.function not in LOGITS or not call.attached:
        return None
    normalised = call.function == "cross_entropy" and call.class_dim in call.sums
    if call.made_by not in ("softmax", "sigmoid") and not normalised:
        return None
    lowest = math.log1p((call.class_count - 1) / math.e)
    evidence = {"lowest loss this way": number(lowest)} if call.function == "cross_entropy" else {}
    return Wrong(
        f"{call.function} is given probabilities, and it wants logits",
        f"Take the {call.made_by or 'softmax'} away: the loss function has its own. Keep it for"
        " predictions only.",
        evidence=evidence,
    )


def _likelihood(call: LossCall) -> Wrong | None:
    if call.function != "nll_loss":
        return None
    if call.highest > SLACK:
        given = "probabilities" if call.class_dim in call.sums else "logits"
        return Wrong(
            f"nll_loss is given {given}, and it wants log-probabilities",
            "Let the model end in log_softmax, or give the logits to cross_entropy.",
        )
    return _wrong_dimension(call)


def _wrong_dimension(call: LossCall) -> Wrong | None:
    if not call.log_sums or call.class_dim in call.log_sums or call.class_count == 1:
        return None
    if call.function == "cross_entropy" and call.made_by != "log_softmax":
        return None
    return Wrong(
        f"log_softmax runs over dimension {call.log_sums[0]}, and the classes are dimension"
        f" {call.class_dim}",
        f"Write log_softmax(..., dim={call.class_dim}), or give the logits to cross_entropy.",
    )


def _normalised_twice(call: LossCall) -> Wrong | None:
    return _wrong_dimension(call) if call.function == "cross_entropy" else None


def _divergence(call: LossCall) -> Wrong | None:
    if call.function != "kl_div":
        return None
    if call.highest > SLACK:
        return Wrong(
            "kl_div is given something else than log-probabilities as its first argument",
            "Give log_softmax(logits) first and the target's probabilities second.",
        )
    if call.target_lowest < -SLACK and not call.log_target:
        return Wrong(
            "kl_div is given log-probabilities as target, and it wants probabilities",
            "Give the target's probabilities, or say log_target=True.",
        )
    return None


def _broadcast(call: LossCall) -> Wrong | None:
    outputs, target = call.shape, call.target_shape
    if call.function not in DISTANCES or call.reduction == "none" or len(outputs) == len(target):
        return None
    width = max(len(outputs), len(target))
    pairs = list(
        zip((1,) * (width - len(outputs)) + outputs, (1,) * (width - len(target)) + target)
    )
    total = math.prod(max(pair) for pair in pairs)
    if total <= max(math.prod(outputs), math.prod(target)):
        return None
    what = "your loss" if call.function == "difference" else call.function
    return Wrong(
        f"{what} compares outputs of shape {outputs} with targets of shape {target}: every output"
        " meets every target",
        "Bring both to one shape before: outputs.squeeze(-1), or target.unsqueeze(-1).",
    )


def _constant(call: LossCall) -> Wrong | None:
    if call.function in ("cross_entropy", "nll_loss") and call.ignored:
        return Wrong(
            f"{call.function} ignores every target of the batch: there is nothing to learn from",
            "Look at how the targets are made and at ignore_index.",
        )
    if call.function == "cross_entropy" and call.classes and call.class_count == 1:
        return Wrong(
            "cross_entropy is given one class only: the loss is zero whatever the model does",
            "Use binary_cross_entropy_with_logits for one output, or two outputs.",
        )
    return None


def _targets(call: LossCall) -> Wrong | None:
    lowest, highest = call.target_lowest, call.target_highest
    if call.function in BINARY and (lowest < -BEYOND or highest > 1 + BEYOND):
        return Wrong(
            f"{call.function} is given targets from {lowest:.4g} to {highest:.4g}, and it wants 0"
            " to 1",
            "Map the labels to 0 and 1. For several classes, use cross_entropy.",
        )
    if call.function in SIGNED and (lowest, highest) == (0, 1):
        return Wrong(
            f"{call.function} is given targets of 0 and 1, and it wants -1 and 1",
            "Write 2 * target - 1.",
            Level.WARNING,
        )
    if call.padded:
        return Wrong(
            f"{call.function} counts the padding as targets",
            "Say ignore_index=PAD, or set the targets of padding to -100.",
            Level.WARNING,
            {"share of padding": number(call.padded)},
        )
    return None


def _smoothed(call: LossCall) -> Wrong | None:
    if call.smoothing < HALF:
        return None
    return Wrong(
        f"{call.function} smooths the labels by {call.smoothing:g}",
        "label_smoothing is the share that is taken away: 0.1 is usual.",
        Level.FAILURE if call.smoothing >= NEARLY_ALL else Level.WARNING,
    )


def _out_of_reach(call: LossCall) -> Wrong | None:
    """The targets leave the range of the last operation by more than a tenth of their own."""
    reach = REACH.get(call.made_by)
    if call.function == "binary_cross_entropy_with_logits" and call.made_by == "relu":
        return Wrong(
            f"{call.function} is given outputs of relu: no probability can be below one half",
            "Take the ReLU of the last layer away.",
        )
    if reach is None or call.function not in DISTANCES or call.shape != call.target_shape:
        return None
    lowest, highest = call.target_lowest, call.target_highest
    slack = 0.1 * max(highest - lowest, 1e-6)
    if reach[0] - slack <= lowest and highest <= reach[1] + slack:
        return None
    return Wrong(
        f"the outputs of {call.made_by} cannot reach the targets, from {lowest:.4g} to {highest:.4g}",
        f"Take the {call.made_by} of the last layer away, or scale the targets.",
    )


def _unlikely(call: LossCall) -> Wrong | None:
    if call.function in LOGITS and call.made_by in ("tanh", "relu"):
        limit = "leave -1 to 1" if call.made_by == "tanh" else "be below zero"
        return Wrong(
            f"{call.function} is given outputs of {call.made_by}: no logit can {limit}",
            f"Take the {call.made_by} of the last layer away.",
            Level.WARNING,
        )
    if call.function in (*LOGITS, "binary_cross_entropy") and call.target_attached:
        if not call.attached:
            return Wrong(
                f"{call.function} is given the outputs as target: the arguments are swapped",
                "The outputs come first, the target second.",
                Level.WARNING,
            )
    return None


def _class_dimension(call: LossCall, hints: Mapping[str, Any]) -> Wrong | None:
    known = hints.get("num_classes")
    if known is None or call.function != "cross_entropy" or len(call.shape) < 3:
        return None
    if call.class_count == known or known not in call.shape[2:]:
        return None
    return Wrong(
        f"cross_entropy takes dimension 1 for the classes, {call.class_count} of them; the hints"
        f" say {known}",
        "Transpose the outputs so that the classes are dimension 1.",
    )


RULES: tuple[Callable[[LossCall], Wrong | None], ...] = (
    _probabilities,
    _likelihood,
    _normalised_twice,
    _divergence,
    _broadcast,
    _constant,
    _targets,
    _smoothed,
    _out_of_reach,
    _unlikely,
)
