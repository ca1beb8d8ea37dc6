"""The check `array_between`."""

from __future__ import annotations

from smokealarm.data.expectation import Expectation
from smokealarm.data.judging.arrays import few_elements
from smokealarm.data.options import check_bounds, in_words
from smokealarm.data.questions import Outside
from smokealarm.data.questions.arrays import FaultyElements


def check(
    *,
    array: str = "",
    min_value: float | None = None,
    max_value: float | None = None,
    strict_min: bool = False,
    strict_max: bool = False,
    mostly: float = 1.0,
) -> Expectation:
    """Each element of an array lies between two numbers.

        data:
          - name: images
            table: data/images.npz
            checks:
              - array_between: {array: x, min_value: 0, max_value: 1}

    Options:
        array: the array, or a column of lists; by default every array of the file.
        min_value, max_value: the ends of the range; one may be left out.
        strict_min, strict_max: true to exclude that end; by default both belong to the range.
        mostly: the share of an array's elements that must lie in the range; by default all.

    NaN lies nowhere and is no fault here (see `array_finite`). Infinities lie outside unless their side
    is open. True counts as 1. In an array of narrow floats the bounds are rounded to its type first.
    Complex numbers have no order: an array of them that is named is a failure.

    Source: the range of great_expectations' ExpectColumnValuesToBeBetween, for arrays.
    """
    check_bounds(min_value, max_value)
    return few_elements(
        FaultyElements(array=array, fault=Outside(min_value, max_value, strict_min, strict_max)),
        mostly,
        f"are not {in_words(min_value, max_value, strict_min, strict_max)}",
        "Look for a changed scale, such as 0 to 255 for 0 to 1, or normalising twice or not at all; "
        "widen the range if the numbers are right.",
    )
