"""The units of a layer begin differently, so that they can learn different things."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from smokealarm.finding import Finding
from smokealarm.memorize.fit import Fit, at, listed


class Units(NamedTuple):
    """The weights of linear and convolutional layers, as the set-up returns them."""

    alike: tuple[str, ...] = ()  # all units have the same weights, and not zero
    layers: int = 0  # with several units


def check(fit: Fit) -> Iterator[Finding]:
    """Not every layer begins with the same weights for all of its units.

        memorize:
          - name: digits
            setup: digits.smoke:setup
            checks: [symmetry_broken]

    Units that begin alike get the same gradient and stay alike: a layer of a thousand is one wide.
    A failure where two layers or more have four units or more each, and in all of them every unit has
    the weights of the first, none of them zero: `nn.init.constant_`, `fill_` or `ones_` went over the
    whole model. Biases and dropout may hide it on one batch.

    One such layer, as the last one often is, and layers that begin at zero (heads, adapters) are fine.
    """
    units = fit.fact(Units)
    if units.layers < 2 or len(units.alike) < units.layers:
        return
    yield Finding(
        message=f"all units of a layer begin with the same weights, in every layer:"
        f" {listed(units.alike)}",
        **at(fit.place),
        evidence={"layers": units.layers, "reproduce": fit.reproduce},
        remedy="Draw the weights at random: kaiming_uniform_ or xavier_uniform_ of torch.nn.init.",
    )
