"""What is known of the calls of loss functions in the first steps. Free of torch."""

from __future__ import annotations

from typing import NamedTuple

from smokealarm.errors import Place

Shape = tuple[int, ...]


class LossCall(NamedTuple):
    """One call of a loss function on which the gradient hangs. Targets may be of any kind."""

    function: str  # "cross_entropy"; "difference" for a subtraction whose mean square is the loss
    step: int
    shape: Shape = ()  # of the outputs
    target_shape: Shape = ()
    place: Place | None = None  # the user's line
    value: float | None = None  # where it is one number
    made_by: str = ""  # what the outputs came out of: "softmax", "sigmoid", "log_softmax" ...
    lowest: float = 0.0  # of the outputs
    highest: float = 0.0
    sums: tuple[int, ...] = ()  # dimensions along which the outputs sum to one
    log_sums: tuple[int, ...] = ()  # dimensions along which their exponentials do
    target_lowest: float = 0.0
    target_highest: float = 0.0
    target_square: float = 0.0  # mean of the squares
    classes: bool = False  # the targets are numbers of classes
    ignored: bool = False  # every target is ignored
    targets: int = 0  # class numbers, one for each prediction
    counted: int = 0  # of which so many are not ignored
    ignore: int | None = None  # the number of the targets that are ignored
    weights: int | None = None  # classes whose weight is not zero; None: there are no weights
    smoothing: float = 0.0
    cut_from: int = 0  # samples in what the outputs were cut out of, along its first dimension
    padded: float = 0.0  # share of the targets that are padding and count
    reduction: str = "mean"
    weighted: bool = False
    log_target: bool = False
    attached: bool = True  # the gradient goes through the outputs
    target_attached: bool = False  # and through the targets

    @property
    def class_dim(self) -> int:
        return 1 if len(self.shape) > 1 else 0

    @property
    def class_count(self) -> int:
        return self.shape[self.class_dim] if self.shape else 1


class LossCalls(NamedTuple):
    """All such calls in the steps that were looked at."""

    calls: tuple[LossCall, ...] = ()
    steps: int = 0
