"""Layers that were given what they do not take."""

from __future__ import annotations

import math
from typing import Any

from torch import nn

from smokealarm.memorize.culprit import Scene, shape
from smokealarm.memorize.mismatch import Explained, Numbers, kind
from smokealarm.memorize.mismatch.operations import product


def features(found: Scene, match: Numbers) -> Explained:
    """A linear layer that was given another last dimension, or a product of matrices."""
    wanted = getattr(found.module, "in_features", None)
    if not isinstance(wanted, int) or not found.given:
        return product(found, match)
    given = found.given[0]
    message = (
        f"{found.who} takes {wanted} features in the last dimension and was given {shape(given)}"
    )
    rest = math.prod(given.shape[1:])
    if given.dim() > 2 and rest == wanted:
        return Explained(message, "Flatten before it: x.flatten(1), or nn.Flatten().")
    if given.dim() > 2 and wanted in given.shape[1:]:
        dimension = list(given.shape).index(wanted, 1)
        return Explained(message, f"Bring dimension {dimension} to the end: x.movedim(...).")
    last = rest if given.dim() > 3 else given.shape[-1]
    flat = "flatten before it, and " if given.dim() > 3 else ""
    return Explained(message, f"Either {flat}make it in_features={last}, or mend what feeds it.")


def channels(found: Scene, match: Numbers) -> Explained:
    wanted = int(match[1])
    given = found.given[0] if found.given else None
    message = f"{found.who} takes {wanted} channels in dimension 1 and was given"
    if given is None:
        return Explained(f"{message} {match[2]}", "Mend what feeds it.")
    if given.dim() > 3 and given.shape[-1] == wanted:
        order = (0, given.dim() - 1, *range(1, given.dim() - 1))
        return Explained(
            f"{message} {shape(given)}", f"The channels are last: x.permute{order} before it."
        )
    return Explained(
        f"{message} {shape(given)}",
        f"Make it in_channels={given.shape[1]}, or give it what it wants (a picture in grey has one"
        " channel, one in colour three).",
    )


def dimensions(found: Scene, match: Numbers) -> Explained:
    return Explained(
        f"{found.who} wants another number of dimensions and was given {found.shapes or match[0]}",
        "Add a dimension with x.unsqueeze(1), or drop one with x.flatten(1) or x.squeeze(1).",
    )


def rows(found: Scene, match: Numbers) -> Explained:
    if not isinstance(found.module, (nn.Embedding, nn.EmbeddingBag)) or not found.given:
        return Explained()
    rows, asked = found.module.num_embeddings, found.given[0]
    lowest, highest = int(asked.min()), int(asked.max())
    wrong = lowest if lowest < 0 else highest
    return Explained(
        f"{found.who} has {rows} rows, 0 to {rows - 1}, and was asked for row {wrong}",
        f"Make the table as large as the vocabulary (num_embeddings={highest + 1} or more), or look"
        " for an id that stands for padding or for the unknown.",
    )


def one_value(found: Scene, match: Numbers) -> Explained:
    return Explained(
        f"{found.who} was given one value per channel, {found.shapes or match[1]}: there is no"
        " variance to take",
        "Use a batch of two or more (drop_last=True in the loader), or GroupNorm or LayerNorm.",
    )


def recurrent(found: Scene, match: Numbers) -> Explained:
    return Explained(
        f"{found.who} takes {match[1]} features and was given {found.shapes}",
        f"Make it input_size={match[2]}; the order is (time, batch, features), or with"
        " batch_first=True (batch, time, features).",
    )


def normalised(found: Scene, match: Numbers) -> Explained:
    wanted: Any = getattr(found.module, "normalized_shape", None) or getattr(
        found.module, "num_features", match[1]
    )
    return Explained(
        f"{found.who} normalises {wanted} features and was given {found.shapes}",
        "LayerNorm wants them last, BatchNorm and GroupNorm in dimension 1: make it as wide as what"
        " feeds it, or move the dimension.",
    )


def kernel(found: Scene, match: Numbers) -> Explained:
    return Explained(
        f"{found.who} looks at windows larger than what it was given, {found.shapes}",
        "The picture has become too small on its way: larger inputs, fewer pooling layers or"
        " strides, or padding.",
    )


def types(found: Scene, match: Numbers) -> Explained:
    types = sorted({kind(tensor) for tensor in (*found.given, *found.near.values())})
    own = next(iter(found.module.parameters()), None) if found.module is not None else None
    weights = f", with weights of {kind(own)}" if own is not None else ""
    given = [kind(tensor) for tensor in found.given]
    beside = f" was given {', '.join(given) or ', '.join(types)}{weights}"
    return Explained(f"{found.who}{beside}: the types do not go together", _cast(found))


def _cast(found: Scene) -> str:
    if found.function in ("cross_entropy", "nll_loss"):
        return "Class numbers are whole numbers: target.long(); probabilities are floats."
    if "binary_cross_entropy" in found.function or "mse" in found.function:
        return "The target must be a float like the outputs: target.float()."
    if isinstance(found.module, (nn.Embedding, nn.EmbeddingBag)):
        return "Rows are asked for by whole numbers: ids.long()."
    return (
        "Cast one: x.float() for numbers from NumPy (float64) or whole numbers, x.long() for ids."
    )


def devices(found: Scene, match: Numbers) -> Explained:
    where = {name: str(tensor.device) for name, tensor in found.near.items()}
    places = ", ".join(f"`{name}` on {device}" for name, device in where.items())
    return Explained(
        f"{found.who} got tensors of different devices" + (f": {places}" if places else ""),
        "Move model and batch to one device before the step; what the model makes itself belongs in"
        " register_buffer, or is made with device=x.device.",
    )
