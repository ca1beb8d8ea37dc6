from __future__ import annotations

from pathlib import Path

import pytest

from smokealarm.errors import Inconclusive
from smokealarm.finding import Level
from smokealarm.memorize.checks.gradients_flow import Cut
from smokealarm.memorize.checks.gradients_flow import check as gradients_flow
from smokealarm.memorize.fit import Flow, Trial
from tests.memorize.coding import answer_here
from tests.memorize.fits import findings, fit_with

PROGRAM = """
import torch
from torch import nn
from torch.nn import functional as F

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.enter, self.middle, self.leave = nn.Linear(12, 16), nn.Linear(16, 16), nn.Linear(16, 4)
        EXTRA

    def forward(self, x):
        hidden = self.enter(x).relu()
        MIDDLE
        return self.leave(hidden)

def setup(seed):
    model = Net()
    optimizer = torch.optim.Adam(HELD, 1e-2)
    return {"model": model, "loss_fn": nn.CrossEntropyLoss(), "optimizer": optimizer,
            "data": (torch.randn(16, 12), torch.randint(4, (16,))), "hints": HINTS}
"""
PLAIN = "hidden = self.middle(hidden).relu()"


def program(
    middle: str = PLAIN, extra: str = "", held: str = "model.parameters()", hints: str = "{}"
) -> str:
    parts = {"MIDDLE": middle, "EXTRA": extra, "HELD": held, "HINTS": hints}
    code = PROGRAM
    for name, part in parts.items():
        code = code.replace(name, part)
    return code


HEALTHY = {
    "a network without a cut": program(),
    "a block that begins at zero": program(
        "hidden = hidden + self.gate * self.middle(hidden)",
        "self.gate = nn.Parameter(torch.zeros(()))",
    ),
    "a layer that is not called": program("pass"),
    "a teacher in eval mode, in the same module": program(
        "self.middle.eval()\n        with torch.no_grad(): soft = self.middle(hidden)\n"
        "        hidden = hidden + soft"
    ),
    "a straight-through estimator": program(
        "soft = self.middle(hidden); hidden = soft + ((soft > 0).float() - soft).detach()"
    ),
    "a detached body that the optimizer does not hold": program(
        PLAIN + "; hidden = hidden.detach()", held="model.leave.parameters()"
    ),
    "a detached body that the hints declare": program(
        PLAIN + "; hidden = hidden.detach()", hints='{"frozen": ["enter.*", "middle.*"]}'
    ),
    "a frozen body": program(
        PLAIN + "; hidden = hidden.detach()",
        "self.enter.requires_grad_(False)\n" "        self.middle.requires_grad_(False)",
    ),
    "an average of weights within the model": program(
        """with torch.no_grad():
            if self.training:
                self.middle.weight.lerp_(self.source, 0.01)
            target = self.middle(hidden)
        hidden = hidden + target""",
        "self.register_buffer('source', torch.randn(16, 16))",
    ),
}


@pytest.mark.parametrize("name", HEALTHY)
def test_a_healthy_program_gives_no_finding(name: str, tmp_path: Path) -> None:
    answer = answer_here(tmp_path, HEALTHY[name], "gradients_flow")
    assert (answer.messages, answer.doubt) == ([], None)


CUTS = {
    "detach": "hidden = self.middle(hidden).relu().detach()",
    "no_grad": "with torch.no_grad(): hidden = self.middle(hidden).relu()",
    "a hard decision": "hidden = (self.middle(hidden) > 0).float()",
    "rounding": "hidden = (8 * self.middle(hidden)).round()",
    "a new tensor": "hidden = torch.tensor(self.middle(hidden).tolist())",
}


@pytest.mark.parametrize("name", CUTS)
def test_a_cut_in_the_middle_is_a_failure_for_each_module_before_it(
    name: str, tmp_path: Path
) -> None:
    answer = answer_here(tmp_path, program(CUTS[name]), "gradients_flow")
    assert [finding.evidence["module"] for finding in answer.findings] == ["enter", "middle"]
    assert all(finding.level is Level.FAILURE for finding in answer.findings)
    assert answer.messages[0].startswith("no gradient comes back to `enter`, though the loss")


FLOW = Flow(
    trainable=frozenset("ab"),
    held=frozenset("ab"),
    arrived=frozenset("ab"),
    nonzero=frozenset("ab"),
    steps=8,
)


def judged(flow: Flow) -> list[str]:
    fit = fit_with(flow, Trial(0, 16, (1.0,) * 9), Cut())
    return [finding.message for finding in findings(gradients_flow(fit))]


def test_the_optimizer_that_never_steps_is_named_by_its_parameters() -> None:
    assert judged(FLOW._replace(waiting=frozenset("b"), held=frozenset("a"))) == [
        "one of the optimizers never made a step, though gradients arrive: b"
    ]


def test_an_optimizer_whose_parameters_get_no_gradients_may_wait() -> None:
    flow = FLOW._replace(waiting=frozenset("b"), held=frozenset("a"), nonzero=frozenset("a"))
    assert judged(flow) == []


def test_no_step_is_a_failure_where_nothing_moves() -> None:
    flow = FLOW._replace(steps=0, held=frozenset(), named=False, still=True)
    assert judged(flow) == ["no optimizer made a step, and no parameter ever changed"]


def test_updates_by_hand_cannot_be_judged() -> None:
    flow = FLOW._replace(steps=0, held=frozenset(), named=False, moved=frozenset("ab"))
    with pytest.raises(Inconclusive, match="names no optimizer"):
        judged(flow)
