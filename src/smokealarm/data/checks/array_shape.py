"""The check `array_shape`."""

from __future__ import annotations

from collections.abc import Iterator

from smokealarm.data.expectation import Answers, Expectation
from smokealarm.data.judging.arrays import each_array
from smokealarm.data.questions.arrays import Layout, Layouts
from smokealarm.errors import FatalError
from smokealarm.finding import Finding


def check(*, shape: list[int | None], array: str = "") -> Expectation:
    """An array has this shape.

        data:
          - name: images
            table: data/images.npz
            checks:
              - array_shape: {array: x, shape: [null, 3, 32, 32]}
          - name: embeddings
            table: data/train.parquet
            checks:
              - array_shape: {array: embedding, shape: [null, 384]}

    Options:
        shape: the length of each axis; null where any length will do. [] is a single number.
        array: the array of an `.npz` or `.safetensors` file, or a column of lists, whose first axis is
            the rows; by default every array of the file, which is the only one of an `.npy` file.

    Only the header is read of a file of arrays. The lists of a column are all read, and those that are
    null are left out; an axis along which their lengths differ fits null alone.

    Source: numpy.ndarray.shape.
    """
    if any(axis is not None and axis < 0 for axis in shape):
        raise FatalError(f"`shape: {shape}` has a negative length", "Write null for any length.")
    wanted = tuple(shape)

    def judged(answers: Answers, found: Layout) -> Iterator[Finding]:
        if not _fits(found.shape, wanted):
            uneven = f": {found.uneven}" if found.uneven else ""
            yield Finding(
                message=f"{found.array} has the shape {_shown(found.shape)}, "
                f"expected {_shown(wanted)}{uneven}",
                remedy="Look for a changed order of axes (channels last or first), another size, or a "
                "missing batch axis; mend the option if the new shape is right.",
                evidence={
                    "array": found.array,
                    "observed_value": _shown(found.shape),
                    "expected": _shown(wanted),
                    "file": answers.table,
                },
            )

    return each_array(Layouts(array=array), judged)


def _fits(shape: tuple[int | None, ...], wanted: tuple[int | None, ...]) -> bool:
    return len(shape) == len(wanted) and all(
        axis is None or axis == found for found, axis in zip(shape, wanted)
    )


def _shown(shape: tuple[int | None, ...]) -> str:
    return "[" + ", ".join("null" if axis is None else str(axis) for axis in shape) + "]"
