"""What models return, and what is made of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from smokealarm.regress.outputs import Answer, Unfit, answers_of


@pytest.mark.parametrize(
    ("outputs", "answers"),
    [
        pytest.param(["cat", 7, True, 0.5], [("cat",), (7,), (True,), (0.5,)], id="labels"),
        pytest.param((n for n in (1, 2)), [(1,), (2,)], id="a generator"),
        pytest.param(np.array([1, 2]), [(1,), (2,)], id="an array of labels"),
        pytest.param([np.int64(1), np.str_("a")], [(1,), ("a",)], id="numpy scalars"),
        pytest.param(torch.tensor([1, 2]), [(1,), (2,)], id="a tensor of labels"),
        pytest.param([torch.tensor(1)], [(1,)], id="tensors of one label"),
        pytest.param([[0.0, 3.0, 1.0]], [(1, 2.0, 3.0)], id="scores"),
        pytest.param(
            torch.tensor([[0.0, 3.0, 1.0]], requires_grad=True), [(1, 2.0, 3.0)], id="logits"
        ),
        pytest.param([{"label": 7, "margin": 2}], [(7, 2.0, None)], id="a label and its margin"),
        pytest.param(
            [{"label": "a", "score": np.float32(0.5)}], [("a", None, 0.5)], id="a label and a score"
        ),
        pytest.param([[1.0, float("nan")], float("nan")], [(None,), (None,)], id="NaN is no label"),
        pytest.param([[float("inf"), 0.0]], [(0, None, None)], id="infinity is no margin"),
    ],
)
def test_outputs_are_read_as_answers(outputs: Any, answers: list[tuple[Any, ...]]) -> None:
    expected = [Answer(*answer) for answer in answers]
    assert answers_of(outputs, len(expected)) == expected


@pytest.mark.parametrize(
    ("outputs", "complaint"),
    [
        pytest.param([1], "1 output for a batch of 2 examples", id="too few"),
        pytest.param(None, "returned None where a list", id="nothing"),
        pytest.param("ab", "returned a str where a list", id="text"),
        pytest.param(3, "returned an int where a list", id="a number"),
        pytest.param([None, 1], "an output is None", id="an empty output"),
        pytest.param([{"class": 1}, 1], "without `label`: it has class", id="another mapping"),
        pytest.param([[0.5], [0.5]], "list of 1 score, which", id="one score"),
        pytest.param([["a", "b"], 1], "a score is a str", id="scores that are text"),
        pytest.param([object(), 1], "an output is an object", id="an object"),
        pytest.param([1 + 2j, 1], "an output is a complex", id="a complex number"),
    ],
)
def test_outputs_that_cannot_be_read_are_told(outputs: Any, complaint: str) -> None:
    with pytest.raises(Unfit, match=complaint):
        answers_of(outputs, 2)
