"""What a check may ask of the arrays of a file: of tensors, and of columns that hold lists of numbers."""

from __future__ import annotations

from typing import Union

from msgspec import Struct

from smokealarm.data.questions import Outside, Question


class Layout(Struct, frozen=True, kw_only=True):
    """An array as its file declares it. An axis along which lengths vary is None, told in `uneven`."""

    array: str
    shape: tuple[int | None, ...]
    dtype: str
    uneven: str = ""


class Layouts(Question[tuple[Layout, ...]], frozen=True):
    """The layout of one array, or of all for ""; nothing where there is no such array."""

    array: str = ""

    @property
    def wanted(self) -> tuple[str, ...]:
        return (self.array,)


class NotFinite(Struct, frozen=True):
    """The element is NaN or infinite."""


ElementFault = Union[NotFinite, Outside]


class Elements(Struct, frozen=True, kw_only=True):
    """How many elements an array has, how many are NaN or null, how many have the fault.

    `first` is the index of the first faulty one in the order of the file, from 0, and `value` what it
    holds. `count` is None where the array does not hold numbers.
    """

    array: str
    dtype: str
    count: int | None
    missing: int = 0
    faulty: int = 0
    first: tuple[int, ...] = ()
    value: float | int | None = None
    smallest: float | int | None = None
    largest: float | int | None = None


class FaultyElements(Question[tuple[Elements, ...]], frozen=True):
    """How many elements of one array, or of each for "", have the fault?"""

    fault: ElementFault
    array: str = ""

    @property
    def wanted(self) -> tuple[str, ...]:
        return (self.array,)


class ArrayNames(Question[tuple[str, ...]], frozen=True):
    """The names of all arrays, in the order of the file."""
