"""The check `array_dtype`."""

from __future__ import annotations

from collections.abc import Iterator

from smokealarm.data.expectation import Answers, Expectation
from smokealarm.data.judging.arrays import each_array
from smokealarm.data.questions.arrays import Layout, Layouts
from smokealarm.finding import Finding


def check(*, dtype: str | list[str], array: str = "") -> Expectation:
    """The elements of an array are of this type.

        data:
          - name: weights
            table: models/classifier.safetensors
            checks:
              - array_dtype: {dtype: [float32, bfloat16]}

    Options:
        dtype: numpy's name of the type (`float32`, `int64`, `uint8`, `bool`, `<U5`), or several; also
            `bfloat16`, `float8_e4m3fn` and `float8_e5m2`, which only safetensors has.
        array: the array, or a column of lists; by default every array of the file.

    The order of the bytes does not matter. Of a column of lists it is the type of their elements.

    Source: numpy.dtype.name.
    """
    wanted = [dtype] if isinstance(dtype, str) else dtype

    def judged(answers: Answers, found: Layout) -> Iterator[Finding]:
        if found.dtype not in wanted:
            yield Finding(
                message=f"{found.array} holds {found.dtype}, expected {' or '.join(wanted)}",
                remedy=(
                    f"Convert it where it is saved: array.astype({wanted[0]!r})."
                    if wanted
                    else "Name a type."
                ),
                evidence={
                    "array": found.array,
                    "observed_value": found.dtype,
                    "expected": ", ".join(wanted),
                    "file": answers.table,
                },
            )

    return each_array(Layouts(array=array), judged)
