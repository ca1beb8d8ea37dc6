"""The check `array_finite`."""

from __future__ import annotations

from smokealarm.data.expectation import Expectation
from smokealarm.data.judging.arrays import few_elements
from smokealarm.data.questions.arrays import FaultyElements, NotFinite


def check(*, array: str = "", mostly: float = 1.0) -> Expectation:
    """No element of an array is NaN or infinite.

        data:
          - name: weights
            table: models/classifier.safetensors
            checks:
              - array_finite
          - name: images
            table: data/images.npz
            checks:
              - array_finite: {array: x, mostly: 0.999}

    Options:
        array: the array, or a column of lists; by default every array of the file.
        mostly: the share of an array's elements that must be finite, from 0 to 1; by default all.

    Arrays of whole numbers are finite. Of all arrays, those that hold no numbers are left out; one that
    is named and holds none is a failure. In a column of lists, a null list has no elements, and a null
    element is NaN. Read block by block: a file larger than memory is no trouble.

    Source: numpy.isfinite.
    """
    return few_elements(
        FaultyElements(array=array, fault=NotFinite()),
        mostly,
        "are NaN or infinite",
        "Find the step that divided by nothing, overflowed, or diverged, and save the array again.",
    )
