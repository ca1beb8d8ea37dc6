from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_sequence

from smokealarm.finding import Table
from smokealarm.memorize.bench import Bench
from smokealarm.memorize.checks.shapes import Layer, Shapes
from smokealarm.memorize.checks.shapes import check as shapes
from smokealarm.memorize.probes.shapes import described, probe, went_well
from tests.memorize.asking import of_code
from tests.memorize.fits import Given, fit_with


class Net(nn.Module):
    """One shared layer, and a dict as output."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(4, 4)
        self.head = nn.Sequential(nn.ReLU(), nn.LazyLinear(2))

    def forward(self, x: Tensor, times: int = 3) -> dict[str, Tensor]:
        for _ in range(times):
            x = self.first(x)
        return {"logits": self.head(x), "hidden": x}


def program(seed: int) -> Any:
    model = Net()
    data = (torch.randn(8, 4), torch.randint(2, (8,)))
    loss = nn.CrossEntropyLoss()
    model(data[0])
    return model, lambda out, y: loss(out["logits"], y), torch.optim.Adam(model.parameters()), data


def bench(function: Any) -> Bench:
    return Bench(function, "auto", Path.cwd(), 200)


def test_every_layer_is_told_in_the_order_of_its_first_call() -> None:
    layers = probe(bench(program), Given()).layers
    assert [layer.path for layer in layers] == ["", "first", "head", "head.0", "head.1"]
    assert layers[0].made == "logits (8, 2), hidden (8, 4)"
    assert layers[1] == Layer("first", "Linear", "(8, 4)", "(8, 4)", "float32", 20, calls=3)
    assert layers[4].parameters == 10


def test_the_table_has_a_row_for_each_and_never_a_finding() -> None:
    [table] = list(shapes(fit_with(probe(bench(program), Given()))))
    assert isinstance(table, Table)
    assert table.rows[1] == ["first", "Linear", "(8, 4)", "(8, 4)", "float32", 20, 3]
    assert table.rows[0][0] == "(the model)"


def test_a_very_long_table_is_cut_and_says_so() -> None:
    layer = Layer("a", "Linear", "(1,)", "(1,)", "float32", 2)
    [table] = list(shapes(fit_with(Shapes((layer,) * 400))))
    assert len(table.rows) == 300 and "the first 300 of 400" in table.title


def test_shapes_are_told_however_the_tensors_are_packed() -> None:
    x = torch.zeros(2, 3)
    assert described((x, [x, None], {"mask": x[0]})) == "(2, 3), (2, 3), mask (3,)"
    assert described(pack_sequence([x, x[:1]])) == "(3, 3), (2,)"
    assert described([x] * 8).endswith(" and 2 more")


def test_tensors_that_are_given_by_name_are_told_with_it() -> None:
    def by_name(seed: int) -> Any:
        model = Net()
        batch = {"x": torch.randn(8, 4)}
        model(**batch)
        loss = lambda model, batch: model(**batch)["logits"].sum()  # noqa: E731
        return model, loss, torch.optim.Adam(model.parameters()), batch

    assert probe(bench(by_name), Given()).layers[0].given == "x (8, 4)"


def test_the_layers_before_a_crash_are_told() -> None:
    def crashing() -> Any:
        model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(9, 2))
        data = (torch.randn(8, 4), torch.randint(2, (8,)))
        return model, nn.CrossEntropyLoss(), torch.optim.Adam(model.parameters()), data

    assert went_well(bench(crashing)) == ("0: Linear (8, 4) -> (8, 8)\n1: ReLU (8, 8) -> (8, 8)")
    assert went_well(bench(program)) == ""


CODE = """
import torch
from torch import nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(1, 4, 3)
        self.head = nn.ModuleDict({"fc": nn.Linear(784, 10)})
    def forward(self, x):
        x = self.stem(x)
        return self.head["fc"](x)
def setup():
    model = Net()
    data = torch.randn(6, 1, 28, 28), torch.ones(6).long()
    return model, nn.CrossEntropyLoss(), torch.optim.Adam(model.parameters()), data
"""


def test_whatever_was_asked_a_shape_error_names_layer_line_remedy_and_what_went_well(
    tmp_path: Path,
) -> None:
    [answer] = of_code(tmp_path, CODE, "finite").values()
    [finding] = answer.findings
    assert (finding.path, finding.line) == ("train.py", 11)
    assert finding.message.startswith(
        "the set-up crashes: Linear `head.fc` takes 784 features in the last dimension and was given"
        " (6, 4, 26, 26) [RuntimeError: mat1 and mat2 shapes cannot be multiplied"
    )
    assert finding.remedy.startswith("Either flatten before it, and make it in_features=2704")
    assert finding.evidence["layers that went well, last call last"] == (
        "stem: Conv2d (6, 1, 28, 28) -> (6, 4, 26, 26)"
    )
