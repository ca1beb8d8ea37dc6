"""The distributions that users name, and their parameters as scipy takes them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple, Union

from smokealarm.errors import FatalError

Parameters = Union[Mapping[str, float], Sequence[float], None]


class Shape(NamedTuple):
    """The names of the parameters in scipy's order, those without a default, and those above 0."""

    names: tuple[str, ...]
    needed: tuple[str, ...] = ()
    positive: tuple[str, ...] = ()


DEFAULTS = {"mean": 0.0, "std_dev": 1.0, "loc": 0.0, "scale": 1.0, "min": 0.0, "max": 1.0}

SHAPES = {
    "norm": Shape(("mean", "std_dev"), positive=("std_dev",)),
    "beta": Shape(("alpha", "beta", "loc", "scale"), ("alpha", "beta"), ("alpha", "beta", "scale")),
    "gamma": Shape(("alpha", "loc", "scale"), ("alpha",), ("alpha", "scale")),
    "uniform": Shape(("loc", "scale"), positive=("scale",)),
    "chi2": Shape(("df", "loc", "scale"), ("df",), ("df", "scale")),
    "expon": Shape(("loc", "scale"), positive=("scale",)),
}


def parameters_of(distribution: str, params: Parameters) -> tuple[float, ...]:
    """All parameters in scipy's order. Raises FatalError where they make no distribution."""
    if distribution not in SHAPES:
        raise FatalError(
            f"`distribution: {distribution}` is not known", f"Write one of {', '.join(SHAPES)}."
        )
    shape = SHAPES[distribution]
    given = _named(distribution, shape, params)
    unknown = [name for name in given if name not in shape.names]
    lacking = [name for name in shape.needed if name not in given]
    full = {name: float(given.get(name, DEFAULTS.get(name, math.nan))) for name in shape.names}
    wrong = [f"{name} is not above 0" for name in shape.positive if full[name] <= 0]
    wrong += [f"there is no {name}" for name in unknown]
    wrong += [f"{name} is missing" for name in lacking]
    if wrong:
        raise FatalError(
            f"`params` make no {distribution} distribution: {', '.join(wrong)}",
            f"Its parameters are {', '.join(shape.names)}.",
        )
    return tuple(full.values())


def _named(distribution: str, shape: Shape, params: Parameters) -> dict[str, float]:
    if params is None:
        return {}
    if not isinstance(params, Mapping):
        named = dict(zip(shape.names, params))
        extra = {f"parameter {at + 1}": 0.0 for at in range(len(shape.names), len(params))}
        return {**named, **extra}
    given = dict(params)
    if distribution == "uniform" and ("min" in given or "max" in given):
        low, high = given.pop("min", 0.0), given.pop("max", 1.0)
        given |= {"loc": low, "scale": high - low}
    return given
