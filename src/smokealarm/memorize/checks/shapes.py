"""The shape of what goes into every layer, and of what comes out of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from smokealarm.finding import Table
from smokealarm.memorize.fit import Fit

ROWS = 300  # of the table, at most


class Layer(NamedTuple):
    """A module that was called, as often as it was called with these very shapes."""

    path: str
    kind: str  # its class
    given: str
    made: str
    dtype: str
    parameters: int
    calls: int = 1
    inner: bool = False  # it has modules of its own


class Shapes(NamedTuple):
    """Every layer, in the order of its first call in one training step."""

    layers: tuple[Layer, ...]


def check(fit: Fit) -> Iterator[Table]:
    """Every layer can be called in a training step; a table says with what shapes.

        memorize:
          - name: digits
            setup: digits.smoke:setup
            checks: [shapes]

    It never alarms: where shapes do not fit together the program crashes, and then whatever check
    comes first tells of it: the layer by its dotted name, what it takes and what it was given, your
    line, and the layers that went well before it. The same is told of wrong types and devices, ids
    beyond an embedding, classes beyond the outputs, batch-norm of a single value.

    The table is of one training step, in the order of the calls. A layer that is called several
    times with the same shapes has one row, with the number of calls. Compiled models are run as
    they were written.
    """
    layers = fit.fact(Shapes).layers
    more = f", the first {ROWS} of {len(layers)}" if len(layers) > ROWS else ""
    yield Table(
        title=f"Shapes{more}",
        header=["layer", "class", "input", "output", "dtype", "parameters", "calls"],
        rows=[
            [
                layer.path or "(the model)",
                layer.kind,
                layer.given,
                layer.made,
                layer.dtype,
                layer.parameters,
                layer.calls,
            ]
            for layer in layers[:ROWS]
        ],
    )
