"""The loss counts the batch, and not one sample or one class of it."""

from __future__ import annotations

from collections.abc import Iterator

from smokealarm.finding import Finding, Level
from smokealarm.memorize.fit import Fit, at
from smokealarm.memorize.losses import LossCall, LossCalls

FEWEST = 4  # samples in a batch that is judged


def check(fit: Fit) -> Iterator[Finding]:
    """Of a batch, more than one sample counts in the loss, and more than one class.

        memorize:
          - name: digits
            setup: digits.smoke:setup
            checks: [samples_counted]

    One sample is always learnt, so that the loss falls as it should and nothing else is learnt. In
    the first three steps the calls of torch's loss functions are looked at. A failure where there is one
    call in each step, and all show the same:

    - the outputs for the batch are cut to those of one sample (`outputs[0]`, `outputs[:1]`);
    - of all targets of a batch of four samples or more, all but one have the number that is ignored;
    - the `weight` of every class but one is zero: the same answer for all is perfect then.

    A warning: one target for each sample, and an `ignore_index` that is a class which some of them have.

    Padding, masked language models, labels of some nodes of a graph and classes that are left out by a
    weight of zero are fine.
    """
    samples = fit.first.batch or 0
    calls = fit.fact(LossCalls).calls
    if not calls or len({call.step for call in calls}) < len(calls):
        return  # several calls in one step: each may have its own sample
    wrongs = {_wrong(call, samples) for call in calls}
    if len(wrongs) == 1 and (wrong := wrongs.pop()):
        yield _finding(fit, calls[0], wrong, samples)
    elif all(_class_ignored(call, samples) for call in calls):
        ignored = f"{calls[0].function} ignores class {calls[0].ignore}, which some samples have"
        yield _finding(fit, calls[0], ignored, samples, Level.WARNING)


def _class_ignored(call: LossCall, samples: int) -> bool:
    """With one target for each sample there is no padding that could be meant."""
    one_each = len(call.shape) == 2 and call.targets == call.shape[0] == samples
    named = call.ignore is not None and 0 <= call.ignore < call.class_count
    return one_each and named and 0 < call.counted < call.targets


def _wrong(call: LossCall, samples: int) -> str:
    if call.weights == 1 and call.class_count > 1:
        return f"{call.function} has a weight of zero for every class but one"
    if samples < FEWEST:
        return ""
    one = call.shape[:1] in ((), (1,)) or call.target_shape == ()
    if one and call.cut_from >= samples:
        return f"{call.function} is given the outputs of one sample of {call.cut_from}"
    if call.counted == 1 and call.targets >= samples:
        return f"{call.function} ignores {call.targets - 1} of {call.targets} targets"
    return ""


def _finding(
    fit: Fit, call: LossCall, message: str, samples: int, level: Level = Level.FAILURE
) -> Finding:
    return Finding(
        message=message,
        level=level,
        **at(call.place or fit.stepping),
        evidence={
            "loss function": call.function,
            "outputs": f"{call.shape}",
            "targets": f"{call.target_shape}",
            "samples in the batch": samples,
            "reproduce": fit.reproduce,
        },
        remedy="Look at the index or slice before the loss, at how targets are set to ignore_index, and"
        " at how the weights of the classes are counted.",
    )
