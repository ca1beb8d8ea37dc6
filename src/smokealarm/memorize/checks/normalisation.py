"""What the normalisation layers see, and the statistics that they keep."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from smokealarm.finding import Finding, Level, Table
from smokealarm.memorize.fit import Fit, at, number
from smokealarm.stage import Sight


class Layer(NamedTuple):
    """One layer after a few training steps. Means over its channels."""

    path: str
    kind: str
    batch_mean: float
    batch_variance: float
    running_mean: float | None
    running_variance: float | None
    momentum: float | None
    eps: float
    values: int  # that one mean and variance are of
    flat: bool  # all of its variances were next to nothing at every step
    stale: bool  # in train mode at every step, and its statistics are those of the beginning

    @property
    def untouched(self) -> bool:
        """They are what torch begins with: nobody has ever trained them."""
        return self.running_mean == 0 and self.running_variance == 1


class Normalisation(NamedTuple):
    """Every normalisation layer that was called."""

    layers: tuple[Layer, ...]


def check(fit: Fit) -> Iterator[Sight]:
    """Normalisation layers have a variance to divide by, and keep up their running statistics.

        memorize:
          - name: digits
            setup: digits.smoke:setup
            checks: [normalisation]

    Four training steps are made on the batch. The table shows, per layer, mean and variance of the
    last batch, the running ones that eval mode uses, momentum, eps, and of how many values each
    variance is. Running statistics come near those of the batch by the share `momentum` per step.

    Two warnings. A layer whose input does not vary at any step in any channel (LayerNorm over a
    single feature, a constant input) puts out its bias and nothing else. Running statistics that do
    not move although the layer is in train mode (momentum=0) leave eval mode with those of the
    beginning. Usual and not told of: single channels without variance (dead ReLUs), frozen layers in
    eval mode, batches of one picture, and RMSNorm, which divides by no variance.
    """
    layers = fit.fact(Normalisation).layers
    if not layers:
        return
    yield _table(layers)
    for layer in layers:
        if layer.flat and layer.kind != "RMSNorm":
            yield _finding(fit, layer, *_flat(layer))
        elif layer.stale:
            level = Level.FAILURE if layer.untouched else Level.WARNING
            yield _finding(fit, layer, *_stale(layer), level)


def _table(layers: tuple[Layer, ...]) -> Table:
    header = ["layer", "class", "batch mean", "running mean", "batch variance"]
    return Table(
        title="Normalisation layers, after four steps",
        header=[*header, "running variance", "momentum", "eps", "values per variance"],
        rows=[
            [
                layer.path,
                layer.kind,
                number(layer.batch_mean),
                None if layer.running_mean is None else number(layer.running_mean),
                number(layer.batch_variance),
                None if layer.running_variance is None else number(layer.running_variance),
                layer.momentum,
                layer.eps,
                layer.values,
            ]
            for layer in layers
        ],
    )


def _flat(layer: Layer) -> tuple[str, str]:
    if layer.values == 1:
        return (
            f"{layer.kind} `{layer.path}` takes its variance over a single value: it puts out its"
            " bias and nothing else",
            "Normalise over the features of a sample, or leave this layer out.",
        )
    return (
        f"what {layer.kind} `{layer.path}` is given does not vary: it puts out its bias and nothing"
        " else",
        "Look at what feeds it: a constant input, weights of zero that stay zero, or a saturated"
        " activation.",
    )


def _stale(layer: Layer) -> tuple[str, str]:
    return (
        f"the running statistics of {layer.kind} `{layer.path}` do not move in train mode: eval mode"
        " will use those of the beginning",
        f"Its momentum is {layer.momentum}; 0.1 is usual. To freeze it, call its eval().",
    )


def _finding(
    fit: Fit, layer: Layer, message: str, remedy: str, level: Level = Level.WARNING
) -> Finding:
    return Finding(
        message=message,
        **at(fit.place),
        level=level,
        evidence={
            "module": layer.path,
            "batch variance": number(layer.batch_variance),
            "values per variance": layer.values,
            "eps": layer.eps,
            "reproduce": fit.reproduce,
        },
        remedy=remedy,
    )
