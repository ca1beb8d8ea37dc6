"""What may be wrong with one value, or with several values of one row."""

from __future__ import annotations

from typing import Literal, Union

from msgspec import Struct

from smokealarm.data.questions.question import Bound, Value


class Missing(Struct, frozen=True):
    """The value is null or NaN."""


class Present(Struct, frozen=True):
    """The value is neither null nor NaN."""


class Outside(Struct, frozen=True):
    """The value lies outside a range; a bound of None leaves that side open."""

    min_value: Bound
    max_value: Bound
    strict_min: bool = False
    strict_max: bool = False


class LengthOutside(Struct, frozen=True):
    """The number of the text's characters, or of the list's elements, lies outside a range."""

    min_value: int | float | None
    max_value: int | float | None
    strict_min: bool = False
    strict_max: bool = False


Unit = Literal["characters", "bytes", "words"]


class SizeOutside(Struct, frozen=True):
    """The text has too few or too many characters, bytes of UTF-8, or words between white space."""

    unit: Unit
    min_value: float | None
    max_value: float | None


class NotIn(Struct, frozen=True):
    """The value is none of these."""

    values: tuple[Value, ...]


class In(Struct, frozen=True):
    """The value is one of these."""

    values: tuple[Value, ...]


class Mismatched(Struct, frozen=True):
    """The value's text does not obey a list of patterns.

    - `kind`: "regex", found anywhere in the text, or "like" for SQL's LIKE, which is about all of it
    - `obeys`: the value must match "any" of them, "all" of them, or "none"
    - `escape`: the character that takes the meaning from `%` and `_` in a LIKE; "" for none
    """

    patterns: tuple[str, ...]
    kind: Literal["regex", "like"] = "regex"
    obeys: Literal["any", "all", "none"] = "any"
    escape: str = ""


class Refused(Struct, frozen=True):
    """A reader of Python refuses the value's text: `readers.READERS[reader](argument)` accepts the rest.

    It is asked about distinct values only. What is no text is refused without asking.
    """

    reader: str
    argument: str = ""


class Repeated(Struct, frozen=True):
    """The value stands in more than one row."""


class Unordered(Struct, frozen=True):
    """The value does not follow on the one before it, in the order of the rows that have a value."""

    descending: bool = False
    strictly: bool = False


class Afar(Struct, frozen=True):
    """The value lies too many standard deviations from the mean: its z-score reaches the threshold."""

    threshold: float
    double_sided: bool = True


class Outlying(Struct, frozen=True):
    """The value lies outside a window that the column's own values make.

    - "iqr": beyond a quartile by more than the multiple of the distance between the quartiles
    - "std": from the mean by the multiple of the standard deviation, or more
    """

    method: Literal["iqr", "std"] = "iqr"
    multiplier: float = 1.5


Fault = Union[
    Missing, Present, Outside, LengthOutside, NotIn, In, Mismatched, Refused, Repeated,
    Unordered, Afar, Outlying, SizeOutside,
]  # fmt: skip


class Unequal(Struct, frozen=True):
    """The values of the columns are not all equal. Are two missing ones?"""

    missing_are_equal: bool = False


class NotAbove(Struct, frozen=True):
    """The first column's value is not greater than the second's."""

    or_equal: bool = False


class NotPaired(Struct, frozen=True):
    """The two values are none of these pairs."""

    pairs: tuple[tuple[Value, Value], ...]


class SumIsNot(Struct, frozen=True):
    """The values of the columns do not add up to the total."""

    total: float


class RecordRepeated(Struct, frozen=True):
    """The combination of values, missing ones as well, stands in more than one row."""


class RepeatedWithin(Struct, frozen=True):
    """Two of the columns have the same value in this row; two missing ones are the same."""


RecordFault = Union[Unequal, NotAbove, NotPaired, SumIsNot, RecordRepeated, RepeatedWithin]

Ignore = Literal[
    "both_values_are_missing", "either_value_is_missing",
    "all_values_are_missing", "any_value_is_missing", "never",
]  # fmt: skip
