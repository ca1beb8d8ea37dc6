"""The batch that is learnt is that of the data: labels keep their place, and nothing writes into it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from smokealarm.finding import Finding
from smokealarm.memorize.fit import Fit, at


class Draws(NamedTuple):
    """The same samples, drawn twice from the data; and the data before and after a step."""

    samples: int = 0  # whose inputs were the same both times
    relabelled: int = 0  # of which the label was another
    shuffled: bool = False  # and all labels together were the same
    written: tuple[str, ...] = ()  # tensors of the dataset that a step wrote into


def check(fit: Fit) -> Iterator[Finding]:
    """The data gives a sample the same label each time, and a step does not write into the data.

        memorize:
          - name: digits
            setup: digits.smoke:setup
            checks: [batch_unchanged]

    Asked of a DataLoader with a dataset that has a length: the samples of one batch are drawn and
    collated twice. A failure where all inputs are the same both times, and the labels are the same as
    a whole but belong to other samples: they are shuffled against the inputs. Augmented inputs, mixup,
    masks, noise and negatives that are drawn anew change the inputs or the labels as a whole, and are
    left alone.

    A failure as well: one training step, on a batch as it comes from the loader, changes tensors of
    the dataset. Where collating copies, as it does by default, in-place operations on the batch are
    harmless; where the dataset hands out views of its tensors, they add up from epoch to epoch.
    """
    draws = fit.fact(Draws)
    if draws.shuffled:
        yield Finding(
            message=f"drawn twice, {draws.relabelled} of {draws.samples} samples have another label,"
            " and all labels together are the same: they are shuffled against the inputs",
            **at(fit.place),
            evidence={
                "samples drawn twice": draws.samples,
                "with another label": draws.relabelled,
                "reproduce": fit.reproduce,
            },
            remedy="Look in the dataset and in collate_fn for a shuffle, a permutation or a set that"
            " one of inputs and labels goes through alone.",
        )
    if draws.written:
        yield Finding(
            message=f"a training step writes into the dataset: {', '.join(draws.written)}",
            **at(fit.place),
            evidence={"reproduce": fit.reproduce},
            remedy="The batch is a view of the data. Replace in-place operations (x.sub_(), x /= 255,"
            " x[...] = ...) by ones that make a new tensor, or return clones from the dataset.",
        )
