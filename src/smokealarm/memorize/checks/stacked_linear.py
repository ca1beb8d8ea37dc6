"""No linear layer feeds straight into the next."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from smokealarm.errors import Unasked
from smokealarm.finding import Finding, Level
from smokealarm.memorize.fit import Fit, at

ON_PURPOSE = ("proj", "embed", "lora", "adapter", "factor", "linear_probe")  # in a layer's name


class Pair(NamedTuple):
    """Two linear layers of one module: the output of the first goes to the second and nowhere else."""

    first: str  # dotted names
    second: str
    features: tuple[int, int, int]  # in, between, out
    parent: str  # the type of the module that holds both


class Stacked(NamedTuple):
    """What was seen of it in the first step."""

    pairs: tuple[Pair, ...] = ()
    hidden: str = ""  # why it could not be seen


def check(fit: Fit) -> Iterator[Finding]:
    """Between two linear layers there is something that is not linear.

        memorize:
          - name: digits
            setup: digits.smoke:setup
            checks: [stacked_linear]

    Two linear maps in a row are one linear map: a forgotten activation. In the first step the output
    of each `nn.Linear` is followed; a warning comes where it is the very input of another one of
    the same parent, and is used nowhere else. It has to be trainable, and so has the next.

    Narrow middles are left alone (fewer features between than on both sides, as in low-rank
    factors and linear autoencoders), so are layers with `proj`, `embed`, `lora`, `adapter` or
    `factor` in their names, those that begin with all weights zero, and parents with `linear` in
    their names: they are linear by intention.
    Otherwise write `skip: REASON` below the check.
    """
    seen = fit.fact(Stacked)
    if seen.hidden:
        raise Unasked(seen.hidden)
    for pair in seen.pairs:
        if not _by_intention(pair):
            yield _finding(fit, pair)


def _by_intention(pair: Pair) -> bool:
    before, between, after = pair.features
    names = [name.rpartition(".")[2].lower() for name in (pair.first, pair.second)]
    named = any(word in name for word in ON_PURPOSE for name in names)
    return named or between < min(before, after) or "linear" in pair.parent.lower()


def _finding(fit: Fit, pair: Pair) -> Finding:
    before, between, after = pair.features
    return Finding(
        message=f"`{pair.first}` feeds straight into `{pair.second}`: two linear layers in a row"
        " do what one can do",
        **at(fit.place),
        level=Level.WARNING,
        evidence={
            "modules": f"{pair.first}, {pair.second}",
            "features": f"{before} -> {between} -> {after}",
            "reproduce": fit.reproduce,
        },
        remedy="Put an activation such as ReLU between them, or merge them into one.",
    )
