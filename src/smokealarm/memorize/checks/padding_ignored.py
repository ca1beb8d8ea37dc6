"""What the model says of a sample does not depend on how far the sample is padded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from smokealarm.errors import Unasked
from smokealarm.finding import Finding
from smokealarm.memorize.fit import Fit, at, number


class Padding(NamedTuple):
    """One padded sample, with its padding and without."""

    sample: int
    length: int  # of which this many places are the sample's own
    padded: int
    moved: float  # the outputs, at the sample's own places
    spread: float  # standard deviation of the outputs
    noise: float = 0.0
    why: str = ""  # the padding is known from
    module: str = ""
    convolutions: bool = False


def check(fit: Fit, *, tolerance: float = 0.00001) -> Iterator[Finding]:
    """A sample gives the same outputs with its padding and without, where the program says what is padding.

        memorize:
          - name: reviews
            setup: reviews.smoke:setup
            checks:
              - padding_ignored: {tolerance: 0.00001}

    One padded sample is given to the model in eval mode as it stands in the batch, and cut where its
    padding begins (both beside copies of itself). Outputs at its own places, and outputs for the
    whole sample, must not move by more than `tolerance`, as a share of the standard deviation of the
    outputs. What moves them: a mask that is not handed on or inverted, a mean over all places, a
    recurrent layer that reads on through the padding.

    What is padding is told by hints={"pad_id": 0}, by an `attention_mask` or a mask with "pad" in its
    name, by lengths (a parameter of forward() with "len" in its name), by `ignore_index` of the loss
    where it is a token that ends rows, or by the configuration of a model of `transformers`. Only
    padding at the end is asked about. Not asked: a model whose inputs have one length, and models
    with convolutions, which look across the end of a sample and are seldom masked.
    """
    seen = fit.fact(Padding)
    if seen.moved <= seen.noise or seen.moved <= tolerance * seen.spread:
        return
    if seen.convolutions:
        raise Unasked("convolutions look across the end of a sample into its padding")
    yield Finding(
        message=f"padding is seen: cut to its own {seen.length} of {seen.padded} places, sample"
        f" {seen.sample} gives other outputs, by {seen.moved:.3g} where they spread by {seen.spread:.3g}",
        **at(fit.place),
        evidence={
            "known to be padding by": seen.why,
            "sample": seen.sample,
            "moved": number(seen.moved),
            "spread": number(seen.spread),
            **({"module": seen.module} if seen.module else {}),
            "reproduce": fit.reproduce,
        },
        remedy="Hand the mask on to every layer that mixes places (True means padding for"
        " key_padding_mask, and a real token for attention_mask), pack recurrent sequences, and take"
        " means over real places only.",
    )
