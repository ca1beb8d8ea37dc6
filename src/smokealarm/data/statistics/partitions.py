"""Partition objects, great_expectations' form of a distribution, and the divergence of one from another."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Union

from smokealarm.data.questions import Value
from smokealarm.errors import FatalError

CLOSE = 1.001e-5  # as numpy.allclose: the weights of a file are rounded


class Categories(NamedTuple):
    """How often each value is expected, as a share of the rows."""

    values: tuple[Value, ...]
    weights: tuple[float, ...]


class Bins(NamedTuple):
    """Edges, the share of the rows between each two, and those below and above, where they are given."""

    edges: tuple[float, ...]
    weights: tuple[float, ...]
    tails: tuple[float, float] | None


Partition = Union[Categories, Bins]


def partition_of(written: Mapping[str, Any]) -> Partition:
    """The distribution that a user or a suite wrote. Raises FatalError where it is none."""
    try:
        weights = tuple(map(float, written["weights"]))
        if "values" in written:
            values = tuple(written["values"])
            found: Partition = Categories(values, weights)
            fits = len(values) == len(weights)
        else:
            edges = tuple(map(float, written["bins"]))
            low, high = written.get("tail_weights") or (0, 0)
            tails = (float(low), float(high)) if written.get("tail_weights") else None
            found = Bins(edges, weights, tails)
            fits = len(edges) == len(weights) + 1 and all(a < b for a, b in zip(edges, edges[1:]))
    except (KeyError, TypeError, ValueError):
        fits = False
    if not fits or abs(_total(found) - 1) > CLOSE or min(weights, default=0) < 0:
        raise FatalError(
            "`partition_object` is no distribution",
            "Write values with weights, {values: [a, b], weights: [0.3, 0.7]}, or bins with weights, "
            "{bins: [0, 10, 20], weights: [0.4, 0.5], tail_weights: [0.1, 0]}: one more edge than "
            "weights, edges that ascend, and weights that add up to 1.",
        )
    return found


def _total(partition: Partition) -> float:
    tails = partition.tails if isinstance(partition, Bins) and partition.tails else ()
    return math.fsum((*partition.weights, *tails))


def bins_of(written: Mapping[str, Any]) -> Bins:
    """Raises FatalError where it is no distribution over finite bins alone."""
    found = partition_of(written)
    if isinstance(found, Categories) or any(found.tails or ()) or not _finite(found.edges):
        raise FatalError(
            "`partition_object` must be bins with finite ends and without tails",
            "Write {bins: [0, 10, 20], weights: [0.4, 0.6]}.",
        )
    return found


def categories_of(written: Mapping[str, Any]) -> Categories:
    """Raises FatalError where it is no distribution over values."""
    found = partition_of(written)
    if isinstance(found, Bins):
        raise FatalError(
            "`partition_object` must be values with weights",
            "Write {values: [a, b], weights: [0.3, 0.7]}.",
        )
    return found


def check_share(name: str, share: float) -> None:
    if not 0 <= share <= 1:
        raise FatalError(f"`{name}: {share:g}` is no share", "Write a number from 0 to 1.")


def side_by_side(
    expected: Categories, counts: Sequence[tuple[Value, int]], holdout: float
) -> tuple[list[Value], list[int], list[float]]:
    """Every value with its observed count and its expected weight.

    `holdout` is the weight that is shared out among values that nobody expected.
    """
    weights: dict[Value, float] = {}
    for value, weight in zip(expected.values, expected.weights):
        weights[value] = weights.get(value, 0.0) + weight
    observed = dict(counts)
    strangers = [value for value in observed if value not in weights]
    kept = 1 - holdout if strangers else 1.0
    values = [*weights, *strangers]
    spread = [holdout / len(strangers)] * len(strangers) if strangers else []
    return (
        values,
        [observed.get(value, 0) for value in values],
        [*(weight * kept for weight in weights.values()), *spread],
    )


def with_holdouts(expected: Bins, tail: float, internal: float) -> list[float]:
    """The weights below the first edge, of each bin, and above the last, after the holdouts."""
    weights = [weight * (1 - tail - internal) for weight in expected.weights]
    empty = weights.count(0)
    weights = [weight or (internal / empty if empty else 0.0) for weight in weights]
    opens_left, opens_right = expected.edges[0] == -math.inf, expected.edges[-1] == math.inf
    low, high = expected.tails or (0.0, 0.0)
    if opens_left or opens_right:
        low, high = (0.0 if opens_left else tail), (0.0 if opens_right else tail)
    elif expected.tails is None:
        low = high = tail / 2
    return [low, *weights, high]


def check_tails(expected: Bins, tail: float) -> None:
    """Refuse weights for tails that are given twice, or that the bins have no room for."""
    opens = [expected.edges[0] == -math.inf, expected.edges[-1] == math.inf]
    if (tail and expected.tails) or (expected.tails and any(opens)) or (tail and all(opens)):
        raise FatalError(
            "the weight of the tails is given twice",
            "Give it once: as `tail_weights:`, as `tail_weight_holdout:`, or as bins to infinity.",
        )


def divergence(observed: Sequence[float], expected: Sequence[float]) -> float:
    """The Kullback-Leibler divergence of what was observed from what was expected, in nats.

    Both are brought to a sum of 1. Infinite where something has no weight and was seen.
    """
    seen, weight = math.fsum(observed), math.fsum(expected)
    terms = []
    for count, share in zip(observed, expected):
        if count and not share:
            return math.inf
        if count:
            terms.append(count / seen * math.log(count / seen * weight / share))
    return math.fsum(terms)


def _finite(numbers: Sequence[float]) -> bool:
    return all(map(math.isfinite, numbers))
