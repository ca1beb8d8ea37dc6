"""How many elements of an array have a fault, counted block by block."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from smokealarm.data.arrays.stored import Stored, Values
from smokealarm.data.questions import Outside
from smokealarm.data.questions.arrays import ElementFault, Elements, Layout, NotFinite

NUMBERS = "biufc"  # numpy's kinds of types
COMPARABLE = "biuf"


def layout(stored: Stored) -> Layout:
    """What the file declares."""
    return Layout(array=stored.name, shape=stored.shape, dtype=stored.dtype, uneven=stored.uneven)


def faulty(stored: Stored, fault: ElementFault) -> Elements:
    """The tally of the array. Raises Damaged where its bytes are not what the file declares."""
    count, missing, bad = 0, 0, 0
    first: tuple[int, ...] = ()
    value = None
    ends: list[Any] = []
    for values, place in stored.blocks(1):
        if values.dtype.kind not in (COMPARABLE if isinstance(fault, Outside) else NUMBERS):
            return Elements(array=stored.name, dtype=stored.dtype, count=None)
        nan = np.isnan(values) if values.dtype.kind in "fc" else None
        wrong = FAULTS[type(fault)](values, fault, nan)
        count += values.size
        missing += 0 if nan is None else int(np.count_nonzero(nan))
        found = int(np.count_nonzero(wrong))
        if found and not bad:
            at = int(np.argmax(wrong))
            first, value = place(at), _plain(values[at])
        bad += found
        ends.extend(_ends(values, nan))
    return Elements(
        array=stored.name,
        dtype=stored.dtype,
        count=count,
        missing=missing,
        faulty=bad,
        first=first,
        value=value,
        smallest=min(ends, default=None),
        largest=max(ends, default=None),
    )


def _ends(values: Values, nan: Values | None) -> tuple[Any, ...]:
    """The smallest and the largest, as Python's numbers, without NaN."""
    if values.dtype.kind == "c" or not values.size:
        return ()
    if nan is None or not nan.any():
        return (values.min().item(), values.max().item())
    if nan.all():
        return ()
    return (np.nanmin(values).item(), np.nanmax(values).item())


def _plain(value: Any) -> Any:
    plain = value.item()
    return plain if isinstance(plain, (bool, int, float)) else str(plain)


def _not_finite(values: Values, fault: NotFinite, nan: Values | None) -> Values:
    return np.zeros(values.shape, bool) if nan is None else ~np.isfinite(values)


def _outside(values: Values, fault: Outside, nan: Values | None) -> Values:
    """NaN lies nowhere, and is not counted; comparisons are those of Python's numbers."""
    wrong = np.zeros(values.shape, bool)
    low, high = _typed(fault.min_value, values), _typed(fault.max_value, values)
    if low is not None:
        wrong |= (values <= low) if fault.strict_min else (values < low)
    if high is not None:
        wrong |= (values >= high) if fault.strict_max else (values > high)
    return wrong


def _typed(bound: Any, values: Values) -> Any:
    """In an array of narrow floats a bound is rounded as its elements were: 0.1 equals 0.1."""
    if bound is not None and values.dtype.kind == "f":
        with np.errstate(over="ignore"):
            return values.dtype.type(bound)
    return bound


FAULTS: Mapping[type[Any], Callable[[Values, Any, Values | None], Values]] = {
    NotFinite: _not_finite,
    Outside: _outside,
}
