"""Torch's errors of the first step in the terms of the one who wrote the model, each with a remedy."""

from __future__ import annotations

import re
from collections.abc import Callable

from smokealarm.memorize.culprit import Scene, scene, shape
from smokealarm.memorize.mismatch import Explained, Numbers, kind, layers, operations


def explained(error: BaseException) -> Explained:
    """By the first kind whose words are in the error's text."""
    found = scene(error)
    for pattern, explain in KINDS:
        if match := re.search(pattern, found.text):
            return explain(found, match)
    return Explained()


def tensors_beside(error: BaseException) -> str:
    """The tensors among the variables of the innermost line that has any."""
    near = scene(error).near.items()
    return ", ".join(f"{name} {shape(tensor)} {kind(tensor)}" for name, tensor in near)


KINDS: tuple[tuple[str, Callable[[Scene, Numbers], Explained]], ...] = (
    (r"to have (\d+) channels, but got (\d+) channels", layers.channels),
    (r"Expected \dD \(unbatched\)|expected \dD(?: or \dD)* input", layers.dimensions),
    (r"Kernel size can't be greater|Output size is too small", layers.kernel),
    (r"on the same device|the expected device|same device|device type", layers.devices),
    (r"index out of range in self", layers.rows),
    (r"Target (-?\d+) is out of bounds", operations.target),
    (r"input batch_size \((\d+)\) to match target batch_size \((\d+)\)", operations.samples),
    (
        r"Using a target size|multi-target not supported|Expected target size|mismatch \(got input",
        operations.loss_shapes,
    ),
    (
        r"Expected more than 1 value per channel when training, got input size (.*)",
        layers.one_value,
    ),
    (r"shape '(\[.*\])' is invalid for input of size (\d+)", operations.view),
    (r"view size is not compatible", operations.strides),
    (r"input.size\(-1\) must be equal to input_size. Expected (\d+), got (\d+)", layers.recurrent),
    (r"Given normalized_shape=(\S+)|running_mean should contain (\d+)", layers.normalised),
    (
        r"Sizes of tensors must match except|stack expects each tensor|must match.*cat",
        operations.together,
    ),
    (
        r"size of tensor a \((\d+)\) must match the size of tensor b \((\d+)\) at"
        r" non-singleton dimension (\d+)",
        operations.broadcast,
    ),
    (
        r"expected scalar type|must have the same dtype|to have the same dtype|dtype \w+ but"
        r"|should be the same|one of the following scalar types|expected target dtype"
        r"|can't be cast to the desired output type|not implemented for '(?:Long|Int|Bool)'",
        layers.types,
    ),
    (r"mat1 and mat2 shapes cannot be multiplied|size mismatch|batch2 tensor", layers.features),
)
