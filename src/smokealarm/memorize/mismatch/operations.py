"""Operations and losses whose tensors do not fit together."""

from __future__ import annotations

from smokealarm.memorize.culprit import Scene, shape
from smokealarm.memorize.mismatch import Explained, Numbers


def product(found: Scene, match: Numbers) -> Explained:
    return Explained(
        f"two matrices cannot be multiplied{beside(found)}",
        "The last dimension of the first must be the last but one of the second: transpose one"
        " (x.mT), or mend the layer that made it.",
    )


def beside(found: Scene) -> str:
    """The tensors that may be meant, where they are few."""
    near = [f"`{name}` {shape(tensor)}" for name, tensor in found.near.items()]
    return f": beside it are {', '.join(near)}" if 0 < len(near) <= 4 else ""


def target(found: Scene, match: Numbers) -> Explained:
    outputs = found.near.get("input")
    classes = outputs.shape[1 if outputs.dim() > 1 else 0] if outputs is not None else 0
    told = f" and the outputs tell {classes} apart: 0 to {classes - 1}" if classes else ""
    return Explained(
        f"a target is class {match[1]}{told}",
        "Count the classes from 0; make the last layer wide enough; and mark what is to be left out"
        " with ignore_index.",
    )


def samples(found: Scene, match: Numbers) -> Explained:
    return Explained(
        f"the loss was given {match[1]} outputs and {match[2]} targets",
        "Look for a view or reshape that takes the batch along, and for outputs and targets of"
        " different length; a sequence needs both flattened: outputs.flatten(0, 1), target.flatten().",
    )


def together(found: Scene, match: Numbers) -> Explained:
    return Explained(
        f"tensors of different shapes are to be joined{beside(found)}",
        "Joined by cat they may differ in that dimension only, by stack in none: pad them, or mend"
        " the layer that made the odd one.",
    )


def broadcast(found: Scene, match: Numbers) -> Explained:
    return Explained(
        f"shapes do not fit together: {match[1]} against {match[2]} in dimension"
        f" {match[3]}{beside(found)}",
        "Shapes are compared from the last dimension; each must be equal or 1. Add the missing one"
        " with unsqueeze, or mend the layer that made it.",
    )


def view(found: Scene, match: Numbers) -> Explained:
    return Explained(
        f"{match[2]} numbers do not make the shape {match[1]}{beside(found)}",
        "Write the batch's own size, x.shape[0], or -1 for the one dimension that follows from the"
        " others.",
    )


def strides(found: Scene, match: Numbers) -> Explained:
    return Explained(
        f"view() is asked for numbers that do not lie side by side{beside(found)}",
        "Use reshape(), and be sure that the order of the dimensions is meant.",
    )


def loss_shapes(found: Scene, match: Numbers) -> Explained:
    return Explained(
        f"outputs and targets of the loss do not have shapes that go together{beside(found)}",
        "Classes: outputs (samples, classes, ...) and targets (samples, ...) without the classes."
        " Numbers: both of the same shape; outputs.squeeze(-1) drops a dimension of one.",
    )
