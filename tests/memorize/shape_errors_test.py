"""A shape error of the first step is told in the user's terms, whatever check was asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from smokealarm.memorize.culprit import culprit
from smokealarm.memorize.explaining import explained, tensors_beside


def raised(call: Callable[[], Any]) -> Exception:
    try:
        call()
    except Exception as error:
        return error
    raise AssertionError("it was meant to crash")


class Net(nn.Module):
    """A module with its part at `head.fc`."""

    def __init__(self, part: nn.Module) -> None:
        super().__init__()
        self.head = nn.ModuleDict({"fc": part})

    def forward(self, *inputs: Tensor) -> Any:
        return self.head["fc"](*inputs)


def inside(part: nn.Module, *inputs: Tensor) -> Callable[[], Any]:
    return lambda: Net(part)(*inputs)


def whole(*shape: int, below: int = 3) -> Tensor:
    return torch.randint(below, shape)


CASES: dict[str, tuple[Callable[[], Any], str, str]] = {
    "a picture that was not flattened": (
        inside(nn.Linear(784, 10), torch.randn(64, 1, 28, 28)),
        "Linear `head.fc` takes 784 features in the last dimension and was given (64, 1, 28, 28)",
        "Flatten before it",
    ),
    "a layer that is too narrow": (
        inside(nn.Linear(5, 2), torch.randn(4, 7)),
        "takes 5 features in the last dimension and was given (4, 7)",
        "in_features=7",
    ),
    "features that are not last": (
        inside(nn.Linear(5, 2), torch.randn(4, 5, 7)),
        "takes 5 features in the last dimension and was given (4, 5, 7)",
        "Bring dimension 1 to the end",
    ),
    "a grey picture where colours are wanted": (
        inside(nn.Conv2d(3, 8, 3), torch.randn(2, 1, 8, 8)),
        "Conv2d `head.fc` takes 3 channels in dimension 1 and was given (2, 1, 8, 8)",
        "in_channels=1",
    ),
    "channels that are last": (
        inside(nn.Conv2d(3, 8, 3), torch.randn(2, 8, 8, 3)),
        "takes 3 channels in dimension 1 and was given (2, 8, 8, 3)",
        "x.permute(0, 3, 1, 2)",
    ),
    "a picture without channels": (
        inside(nn.Conv2d(1, 8, 3), torch.randn(2, 1, 1, 8, 8)),
        "Conv2d `head.fc` wants another number of dimensions and was given (2, 1, 1, 8, 8)",
        "unsqueeze",
    ),
    "a picture smaller than the kernel": (
        inside(nn.Conv2d(1, 8, 5), torch.randn(2, 1, 3, 3)),
        "windows larger than what it was given, (2, 1, 3, 3)",
        "padding",
    ),
    "an id beyond the table": (
        inside(nn.Embedding(10, 4), torch.tensor([[1, 12]])),
        "Embedding `head.fc` has 10 rows, 0 to 9, and was asked for row 12",
        "num_embeddings=13",
    ),
    "an id below zero": (
        inside(nn.Embedding(10, 4), torch.tensor([[1, -1]])),
        "was asked for row -1",
        "padding",
    ),
    "ids that are floats": (
        inside(nn.Embedding(10, 4), torch.randn(2, 2)),
        "Embedding `head.fc` was given float32, with weights of float32",
        "ids.long()",
    ),
    "whole numbers in a linear layer": (
        inside(nn.Linear(3, 2), whole(4, 3)),
        "Linear `head.fc` was given int64, with weights of float32",
        "x.float()",
    ),
    "NumPy's float64": (
        inside(nn.Conv2d(1, 2, 1), torch.randn(1, 1, 2, 2).double()),
        "was given float64, with weights of float32",
        "x.float()",
    ),
    "a class beyond the outputs": (
        lambda: functional.cross_entropy(torch.randn(2, 10), torch.tensor([1, 10])),
        "a target is class 10 and the outputs tell 10 apart: 0 to 9",
        "Count the classes from 0",
    ),
    "targets that are floats": (
        lambda: functional.cross_entropy(torch.randn(2, 3), torch.zeros(2)),
        "float32",
        "target.long()",
    ),
    "more outputs than targets": (
        lambda: functional.cross_entropy(torch.randn(8, 3), whole(4)),
        "8 outputs and 4 targets",
        "flatten",
    ),
    "matrices that do not fit": (
        lambda: times(torch.randn(2, 3), torch.randn(2, 3)),
        "two matrices cannot be multiplied: beside it are `one` (2, 3), `other` (2, 3)",
        "transpose",
    ),
    "a row that cannot be joined": (
        lambda: joined(torch.randn(2, 3), torch.randn(3, 4)),
        "are to be joined: beside it are `one` (2, 3), `other` (3, 4)",
        "pad",
    ),
    "shapes that do not broadcast": (
        lambda: plus(torch.randn(2, 3), torch.randn(2, 4)),
        "3 against 4 in dimension 1: beside it are `one` (2, 3), `other` (2, 4)",
        "unsqueeze",
    ),
    "batch-norm of one sample": (
        inside(nn.BatchNorm1d(3), torch.randn(1, 3)),
        "BatchNorm1d `head.fc` was given one value per channel, (1, 3)",
        "drop_last=True",
    ),
    "batch-norm of another width": (
        inside(nn.BatchNorm1d(3), torch.randn(4, 5)),
        "BatchNorm1d `head.fc` normalises 3 features and was given (4, 5)",
        "as wide as",
    ),
    "layer-norm of another width": (
        inside(nn.LayerNorm(3), torch.randn(4, 5)),
        "LayerNorm `head.fc` normalises (3,) features and was given (4, 5)",
        "as wide as",
    ),
    "a recurrent layer of another width": (
        inside(nn.LSTM(8, 2), torch.randn(5, 3, 4)),
        "LSTM `head.fc` takes 8 features and was given (5, 3, 4)",
        "input_size=4",
    ),
    "a view of another size": (
        lambda: viewed(torch.randn(3, 5)),
        "15 numbers do not make the shape [2, 5]: beside it are `one` (3, 5)",
        "x.shape[0]",
    ),
    "a view of what was transposed": (
        lambda: viewed(torch.randn(5, 2).mT),
        "do not lie side by side",
        "reshape",
    ),
    "a tensor on another device": (
        inside(nn.Linear(3, 2), torch.randn(4, 3, device="meta")),
        "Linear `head.fc` got tensors of different devices",
        "one device",
    ),
}


def times(one: Tensor, other: Tensor) -> Tensor:
    return one @ other


def joined(one: Tensor, other: Tensor) -> Tensor:
    return torch.cat([one, other], dim=1)


def plus(one: Tensor, other: Tensor) -> Tensor:
    return one + other


def viewed(one: Tensor) -> Tensor:
    return one.view(2, 5) if one.is_contiguous() else one.view(-1)


@pytest.mark.parametrize("case", CASES)
def test_the_error_is_told_in_the_users_terms(case: str) -> None:
    call, message, remedy = CASES[case]
    told = explained(raised(call))
    assert message in told.message
    assert remedy in told.remedy


def test_an_error_of_another_kind_is_left_in_its_own_words() -> None:
    error = raised(lambda: [][1])
    assert explained(error) == ("", "")
    assert culprit(error) == ""


def test_the_tensors_beside_the_line_are_told_with_their_types() -> None:
    error = raised(lambda: plus(torch.randn(2, 3), whole(2, 4)))
    assert tensors_beside(error) == "one (2, 3) float32, other (2, 4) int64"
