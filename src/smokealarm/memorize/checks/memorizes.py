"""The loss on one small batch falls nearly to its floor."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from smokealarm.errors import Inconclusive, Unasked
from smokealarm.finding import Curve, Finding, Level
from smokealarm.memorize.criterion import (
    PASS_SHARE,
    has_no_bottom,
    passes,
    share_left,
    unclear,
    whole,
)
from smokealarm.memorize.fit import Fit, Trial, at, number
from smokealarm.memorize.losses import LossCall, LossCalls
from smokealarm.stage import Sight

SMALLER = (4, 2)
WORSE = 1.5  # times the initial loss, in the end: training has made it worse
POINTS = 200
SAME = 1e-3  # of the initial loss: two runs with one seed may differ by this much


class Again(NamedTuple):
    """Another run of the first seed."""

    loss: float  # of its first step


def check(fit: Fit) -> Iterator[Sight]:
    """The set-up can learn one small batch by heart.

        memorize:
          - name: digits
            setup: digits.smoke:setup
            checks: [memorizes]

    A sound set-up can drive the loss of one batch nearly to its floor. If it cannot, something
    between the data and the optimizer is broken, however plausible the code looks.

    It passes when at most 10 % of what could be lost is left:

        (best loss - floor) <= 0.1 * (initial loss - floor)

    The best loss is the lowest of the median of ten training losses and of the loss in eval mode.
    The floor is the one declared (`hints: {"floor": 1.2}`), or the one that the loss function has:
    zero, or the entropy of smoothed labels, soft targets or of what a prefix leaves open. There is
    no threshold on the loss itself: such a threshold, tuned on one run, fails on other seeds.

    A batch that is learnt beyond doubt (a hundredth left, after 50 steps) is not trained further.
    One that is not learnt in `steps` gets up to three times as many while the loss still improves;
    then a batch of 4 samples, then of 2, in case the model is smaller than the batch: a notice, a
    warning where more than half is left of the whole batch, and a failure where training has made its
    loss half as large again; then other seeds. Two of three seeds must fail before it is an alarm.

    Where the loss is of your own making its floor is unknown: a fall by half or more, but not by
    90 %, is inconclusive until you declare the floor, and so is a loss that goes below zero and
    does not fall by its first size. Hint `memorizable: partial` asks for half of the way only
    (strong noise on purpose), `off` for none: then only the curve is drawn. Of two models that
    play against each other (a batch called real by one loss and false by another) nothing is asked.

    Two runs with the same seed that start from different losses are a warning: such a test cannot
    be repeated.
    """
    memorizable = str(fit.hints.get("memorizable", "full"))
    tried: list[Trial] = [fit.first]
    failed: list[Trial] = []
    if memorizable != "off":
        failed = _failed_seeds(fit, memorizable, tried)
    yield curve(tried)
    yield from _unrepeatable(fit)
    if len(failed) > len(fit.seeds) // 2:
        _can_be_told(fit, failed, memorizable)
        yield _not_learnt(fit, failed, memorizable)
    elif memorizable != "off":
        yield from _only_smaller(fit, tried, memorizable)


def _failed_seeds(fit: Fit, memorizable: str, tried: list[Trial]) -> list[Trial]:
    """The trial that speaks for each failed seed; stops when the majority is decided."""
    failed: list[Trial] = []
    majority = len(fit.seeds) // 2 + 1
    for tries, seed in enumerate(fit.seeds):
        passed = tries - len(failed)
        if len(failed) == majority or passed > min(len(failed), len(fit.seeds) - majority):
            break
        trials = list(_trials(fit, seed, memorizable))
        tried += [trial for trial in trials if trial not in tried]
        if not passes(trials[-1], memorizable):
            failed.append(trials[0])
    return failed


def _trials(fit: Fit, seed: int, memorizable: str) -> Iterator[Trial]:
    """The whole batch, then smaller ones, up to the first that is learnt."""
    trial = fit.first if seed == fit.first.seed else fit.trial(seed, None)
    yield trial
    for size in SMALLER:
        if fit.about.quick or passes(trial, memorizable) or trial.detached or not whole(trial):
            return
        if (trial.batch or 0) <= size:
            continue
        smaller = fit.trial(seed, size)
        if smaller.losses:
            trial = smaller
            yield trial


def _can_be_told(fit: Fit, failed: Sequence[Trial], memorizable: str) -> None:
    """Raises where a loss that stayed high is no sign of a fault."""
    trial = failed[0]
    if fit.about.quick and not trial.detached:
        raise Unasked(f"{len(trial.losses)} steps were not enough to tell; the full budget decides")
    if trial.floor is not None and trial.losses and trial.losses[0] <= trial.floor:
        raise Inconclusive(
            f"the loss begins at {trial.losses[0]:.4g}, which is its floor: nothing can be learnt",
            "Let setup return a batch and a model for which the loss begins above its floor.",
            fit.stepping,
        )
    if whole(trial) and not trial.detached and _is_a_game(fit.fact(LossCalls)):
        raise Unasked("two models play against each other: neither loss has to fall")
    if not trial.detached and all(map(has_no_bottom, failed)):
        raise Inconclusive(
            f"the loss began at {trial.losses[0]:.4g} and went to {trial.best:.4g}; whether that is"
            " much cannot be told of a loss that may go below zero",
            'Declare the lowest loss, hints={"floor": ...}, or where there is none, as for a policy'
            ' gradient, hints={"memorizable": "off"}.',
            fit.stepping,
        )
    if memorizable == "full" and all(map(unclear, failed)):
        raise Inconclusive(
            f"the loss fell from {trial.losses[0]:.4g} to {trial.best:.4g} and stayed there;"
            " whether it can fall further is not known for a loss of your own making",
            'If this is as low as it gets, declare it: hints={"floor": ...} in what setup returns.',
            fit.stepping,
        )


def _is_a_game(seen: LossCalls) -> bool:
    """What one call of a loss calls true, another one calls false, in one and all steps.

    A binary loss, or a square against nothing but ones and nothing but zeros (least squares GANs).
    """
    one_sided = [
        (call.step, call.target_lowest > 0.5)
        for call in seen.calls
        if (call.target_lowest > 0.5) == (call.target_highest > 0.5)
        and (call.function.startswith("binary_") or _calls_all_one_thing(call))
    ]
    steps = {step for step, _ in one_sided}
    return bool(steps) and all({(step, True), (step, False)} <= set(one_sided) for step in steps)


def _calls_all_one_thing(call: LossCall) -> bool:
    same = call.target_lowest == call.target_highest
    return same and call.function == "mse_loss" and call.target_lowest in (0.0, 1.0)


def _of_the_whole(trial: Trial) -> tuple[str, Level]:
    """A model may be too small for its batch, but training it does not make it worse."""
    left = share_left(trial)
    if left > PASS_SHARE["partial"] and trial.medians[-1] > WORSE * abs(trial.losses[0]):
        went = f"from {trial.losses[0]:.4g} to {trial.medians[-1]:.4g}"
        return f"on the whole batch, training made the loss worse, {went}", Level.FAILURE
    told = f"{100 * left:.0f} % of what could be lost is left of the whole batch"
    much = left > PASS_SHARE["partial"] and trial.floor is not None
    return told, Level.WARNING if much else Level.NOTICE


def _only_smaller(fit: Fit, tried: Sequence[Trial], memorizable: str) -> Iterator[Finding]:
    learnt = [trial for trial in tried if passes(trial, memorizable)]
    if not learnt or any(trial.batch == tried[0].batch for trial in learnt):
        return
    if has_no_bottom(tried[0]) or _is_a_game(fit.fact(LossCalls)):
        return
    sizes = ", ".join(str(trial.batch) for trial in learnt)
    message, level = _of_the_whole(tried[0])
    yield Finding(
        message=f"only a smaller batch was learnt, {sizes} samples and not {tried[0].batch}: {message}",
        **at(fit.stepping),
        level=level,
        evidence={
            "left of what could be lost, whole batch": number(share_left(tried[0])),
            "left of what could be lost, smaller batch": number(share_left(learnt[0])),
            "reproduce": fit.reproduce,
        },
        remedy="The model may be small for this batch, or learn slowly. Give the setup a smaller"
        " batch, or more `steps`, and the check is faster.",
    )


def _not_learnt(fit: Fit, failed: Sequence[Trial], memorizable: str) -> Finding:
    trial = failed[0]
    return Finding(
        message=_message(trial, memorizable),
        **at(fit.stepping),
        evidence={
            "initial loss": number(trial.losses[0]) if trial.losses else None,
            "best loss": number(trial.best),
            "floor": number(trial.floor) if trial.floor is not None else "unknown, taken as 0",
            "left of what could be lost": number(share_left(trial)),
            "steps": len(trial.losses),
            "seeds that failed": ", ".join(str(other.seed) for other in failed),
            "reproduce": fit.reproduce,
        },
        remedy="Look first at the lines from the loss to optimizer.step(): order of zero_grad,"
        " backward and step, the learning rate and its sign, what the optimizer holds, and that"
        " inputs and targets belong together. The check `gradients_flow` names the parameters.",
    )


def _message(trial: Trial, memorizable: str) -> str:
    if trial.detached:
        return "one batch cannot be learnt: nothing that can be trained hangs on the loss"
    if not whole(trial):
        step = len(trial.losses)
        return f"one batch was not learnt: the loss was {trial.losses[-1]} at step {step}"
    return (
        f"one batch was not learnt: the loss went from {trial.losses[0]:.4g} to"
        f" {trial.best:.4g} at best in {len(trial.losses)} steps; at most"
        f" {100 * PASS_SHARE[memorizable]:.0f} % of what could be lost may be left"
    )


def _unrepeatable(fit: Fit) -> Iterator[Finding]:
    if not fit.first.losses or not whole(fit.first):
        return
    first, again = fit.first.losses[0], fit.fact(Again).loss
    if abs(first - again) <= SAME * max(abs(first), 1e-6):
        return
    yield Finding(
        message=f"two runs with the same seed begin with different losses: {first:.6g} and"
        f" {again:.6g}",
        **at(fit.place),
        level=Level.WARNING,
        evidence={"first run": number(first), "second run": number(again)},
        remedy="Give setup a parameter `seed`, and seed with it whatever draws random numbers"
        " beside torch, numpy and random, which are seeded for you.",
    )


def curve(trials: Sequence[Trial]) -> Curve:
    """The learning curves, thinned to two hundred points."""
    longest = max(len(trial.losses) for trial in trials)
    stride = -(-longest // POINTS) or 1
    steps = range(0, longest, stride)
    return Curve(
        title="Loss on one batch",
        x_label="step",
        y_label="loss",
        x=[float(step + 1) for step in steps],
        series={_label(trial, trials[0]): _thinned(trial, steps) for trial in trials},
    )


def _label(trial: Trial, first: Trial) -> str:
    smaller = f", batch of {trial.batch}" if trial.batch != first.batch else ""
    return f"seed {trial.seed}{smaller}"


def _thinned(trial: Trial, steps: range) -> list[float | None]:
    finite = set(trial.finite)
    losses = [loss if loss in finite else None for loss in trial.losses]
    return [losses[step] if step < len(losses) else None for step in steps]
