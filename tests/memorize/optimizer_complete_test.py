from __future__ import annotations

from pathlib import Path

import pytest

from smokealarm.finding import Level
from tests.memorize.coding import answer_here

PROGRAM = """
import copy
import torch
from torch import nn
from torch.nn import functional as F

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.enter, self.norm = nn.Linear(12, 16), nn.LayerNorm(16)
        self.middle, self.leave = nn.Linear(16, 16), nn.Linear(16, 4)
        EXTRA

    def forward(self, x):
        hidden = self.middle(self.norm(self.enter(x)).relu()).relu()
        INSIDE
        return self.leave(hidden)

def setup(seed):
    model = Net()
    OPTIMIZER
    return {"model": model, "loss_fn": nn.CrossEntropyLoss(), "optimizer": optimizer,
            "data": (torch.randn(16, 12), torch.randint(4, (16,))), "hints": HINTS}
"""


def program(held: str = "model.parameters()", **parts: str) -> str:
    code = PROGRAM.replace("OPTIMIZER", parts.get("optimizer", f"optimizer = adam({held})"))
    code = code.replace("adam(", "torch.optim.Adam(lr=1e-2, params=")
    for name, otherwise in {"extra": "", "inside": "", "hints": "{}"}.items():
        code = code.replace(name.upper(), parts.get(name, otherwise))
    return code


ADAPTER = {
    "extra": "self.lora_a = nn.Parameter(torch.randn(4, 16) / 8)\n"
    "        self.lora_b = nn.Parameter(torch.zeros(16, 4))",
    "inside": "hidden = hidden + hidden @ self.lora_a.T @ self.lora_b.T",
}
HEALTHY = {
    "all parameters": program(),
    "two groups": program("[{'params': model.enter.parameters()}, {'params': [p for n, p in"
                          " model.named_parameters() if not n.startswith('enter')]}]"),
    "a head, the body frozen": program(
        "model.leave.parameters()",
        optimizer="for part in (model.enter, model.norm, model.middle): part.requires_grad_(False)\n"
        "    optimizer = adam(model.leave.parameters())",
    ),
    "a head, the body declared": program(
        "model.leave.parameters()", hints='{"frozen": ["enter.*", "norm.*", "middle.*"]}'
    ),
    "several optimizers": program(optimizer="optimizer = [adam(p.parameters()) for p in"
                                            " (model.enter, model.norm, model.middle, model.leave)]"),
    "a frozen helper in a list of one": program(
        extra="self.helper = [nn.Linear(16, 16).requires_grad_(False)]",
        inside="hidden = hidden + self.helper[0](hidden)",
    ),
    "layers in a plain list that the optimizer is given": program(
        optimizer="hidden_layers = [q for layer in model.layers for q in layer.parameters()]\n"
        "    optimizer = adam([*model.parameters(), *hidden_layers])",
        extra="self.layers = [nn.Linear(16, 16), nn.Linear(16, 16)]",
        inside="for layer in self.layers: hidden = layer(hidden).relu()",
    ),
    "a copy of the model that nothing hangs on": program(
        extra="self.others = [copy.deepcopy(self.middle), nn.Linear(16, 16)]"
    ),
    "a parameter that averages of another": program(
        extra="self.centre = nn.Parameter(torch.zeros(16))",
        inside="hidden = hidden - self.centre\n"
        "        self.centre.data.lerp_(hidden.detach().mean(0), 0.1)",
        held="[p for n, p in model.named_parameters() if n != 'centre']",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HEALTHY)
def test_a_healthy_program_gives_no_finding(name: str, tmp_path: Path) -> None:
    answer = answer_here(tmp_path, HEALTHY[name], "optimizer_complete", steps=50)
    assert (answer.messages, answer.doubt) == ([], None)


def without(condition: str) -> str:
    return program(f"[p for n, p in model.named_parameters() if not ({condition})]")


LEFT_OUT = "the loss reaches parameters that no optimizer holds: "
LISTED = "the model keeps trainable parameters in the plain attribute"
FAILURES = {
    "a forgotten head": (without("'leave' in n"), LEFT_OUT + "leave.bias, leave.weight"),
    "a forgotten first layer": (without("'enter' in n"), LEFT_OUT + "enter.bias, enter.weight"),
    "no group for what has no weight decay": (
        without("p.dim() < 2"),
        LEFT_OUT + "enter.bias, leave.bias, middle.bias, norm.bias, norm.weight",
    ),
    "every bias": (
        without("'bias' in n"),
        LEFT_OUT + "enter.bias, leave.bias, middle.bias, norm.bias",
    ),
    "a copy": (
        program(optimizer="optimizer = adam(copy.deepcopy(model).parameters())"),
        "the optimizer holds none of the model's parameters",
    ),
    "a layer that was replaced": (
        program(optimizer="optimizer = adam(model.parameters()); model.leave = nn.Linear(16, 4)"),
        "the optimizer holds 2 parameters that are not the model's and get no gradient, and does not"
        " hold leave.bias, leave.weight",
    ),
    "layers in a list": (
        program(extra="self.layers = [nn.Linear(16, 16), nn.Linear(16, 16)]",
                inside="for layer in self.layers: hidden = layer(hidden).relu()"),
        f"{LISTED} `layers`, where neither parameters() nor the optimizer finds them: layers.0.bias,"
        " layers.0.weight, layers.1.bias, layers.1.weight",
    ),
    "layers in a dict": (
        program(extra="self.layers = {'a': nn.Linear(16, 16, bias=False)}",
                inside="hidden = self.layers['a'](hidden).relu()"),
        f"{LISTED} `layers`, where neither parameters() nor the optimizer finds them:"
        " layers.a.weight",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FAILURES)
def test_what_was_forgotten_is_a_failure_by_name(name: str, tmp_path: Path) -> None:
    code, message = FAILURES[name]
    answer = answer_here(tmp_path, code, "optimizer_complete", steps=50)
    assert answer.messages == [message]
    assert answer.findings[0].level is Level.FAILURE


WARNINGS = {
    "a head on a body that is not frozen": (program("model.leave.parameters()"), LEFT_OUT),
    "adapters on a base that is not frozen": (
        program("[model.lora_a, model.lora_b]", **ADAPTER), LEFT_OUT,
    ),
    "a layer in a list of one": (
        program(extra="self.helper = [nn.Linear(16, 16)]",
                inside="hidden = hidden + self.helper[0](hidden)"),
        LISTED,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WARNINGS)
def test_what_may_be_meant_is_a_warning(name: str, tmp_path: Path) -> None:
    code, message = WARNINGS[name]
    answer = answer_here(tmp_path, code, "optimizer_complete", steps=50)
    assert [finding.level for finding in answer.findings] == [Level.WARNING]
    assert answer.messages[0].startswith(message)
