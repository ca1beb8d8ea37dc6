"""Two real processes, started by torch's own launcher."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.memorize.asking import of_code

PLAIN = """
import torch
from torch import nn

def setup(seed):
    model = nn.Sequential(nn.Linear(6, 16), nn.Tanh(), nn.Linear(16, 1))
    x, y = torch.randn(8, 6), torch.randn(8, 1)
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    return model, nn.MSELoss({reduction}), optimizer, (x, y)
"""

OWN = """
import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DataLoader, TensorDataset
from torch.utils.data.distributed import DistributedSampler

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body, self.head = nn.Linear(6, 16), nn.Linear(16, 1)

    def forward(self, x):
        return self.head(torch.tanh(self.body(x)))

def setup(seed):
    several = dist.is_initialized()
    if several:
        dist.init_process_group("gloo")  # as in a script that is started by torchrun
    rank = dist.get_rank() if several else 0
    generator = torch.Generator().manual_seed(0)
    x, y = torch.randn(32, 6, generator=generator), torch.randn(32, 1, generator=generator)
    data = TensorDataset(x, y)
    sampler = DistributedSampler(data, shuffle=False) if several and {sampled} else None
    loader = DataLoader(data, batch_size=8, sampler=sampler)
    torch.manual_seed({seed})
    net = Net()
    model = nn.ModuleDict({{"net": DistributedDataParallel(net) if several and {wrapped} else net}})
    optimizer = torch.optim.SGD(net.parameters(), 0.1)

    def train_step(batch):
        inputs, target = batch
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model["net"](inputs), target) {scaled}
        loss.backward()
        optimizer.step()
        return loss

    return {{"model": {{"net": model["net"]}}, "data": loader, "optimizer": optimizer,
            "train_step": train_step}}
"""


NORMED = "nn.Tanh(), nn.BatchNorm1d(16), nn.Dropout(0.3)"
NOISY = """
plain_setup = setup

def setup(seed):
    model, loss_fn, optimizer, batch = plain_setup(seed)
    model.register_forward_pre_hook(lambda module, inputs: nn.functional.dropout(inputs[0], 0.5))
    return model, loss_fn, optimizer, batch
"""


def own(
    sampled: bool = True, wrapped: bool = True, scaled: str = "", seed: str = "0 if True else rank"
) -> str:
    return OWN.format(sampled=sampled, wrapped=wrapped, scaled=scaled, seed=seed)


@pytest.mark.parametrize(
    "code",
    [PLAIN.format(reduction=""), PLAIN.format(reduction="").replace("nn.Tanh()", NORMED), own()],
    ids=["a program that knows of one process", "batch-norm", "one that is made for several"],
)
def test_what_agrees_gives_no_finding(tmp_path: Path, code: str) -> None:
    answer = of_code(tmp_path, code, "ranks_agree")["ranks_agree"]
    assert (answer.messages, answer.doubt) == ([], None)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (own(sampled=False), "both processes train on the same batch"),
        (own(wrapped=False, seed="rank"), "the two processes hold different parameters"),
        (
            own(scaled="/ (dist.get_world_size() if several else 1)"),
            "two processes have 0.5 times the gradient of one",
        ),
        (
            PLAIN.format(reduction="reduction='sum'"),
            "two processes have 0.5 times the gradient of one",
        ),
    ],
    ids=["no sampler", "not wrapped, and a seed per rank", "divided once too often", "a sum"],
)
def test_what_disagrees_is_found(tmp_path: Path, code: str, message: str) -> None:
    answer = of_code(tmp_path, code, "ranks_agree")["ranks_agree"]
    assert [message in text for text in answer.messages] == [True]
    assert (answer.findings[0].path, answer.findings[0].remedy != "") == ("train.py", True)


def test_random_numbers_leave_the_gradients_without_a_verdict(tmp_path: Path) -> None:
    code = PLAIN.format(reduction="") + NOISY
    answer = of_code(tmp_path, code, "ranks_agree")["ranks_agree"]
    assert answer.doubt and "were not compared: they are random" in answer.doubt.message


def test_a_program_that_only_crashes_in_several_processes_says_why(tmp_path: Path) -> None:
    crash = (
        "    import os\n    if 'RANK' in os.environ: raise ValueError('no such rank')\n    model ="
    )
    code = PLAIN.format(reduction="").replace("    model =", crash)
    answer = of_code(tmp_path, code, "ranks_agree")["ranks_agree"]
    assert answer.doubt and "ValueError: no such rank" in answer.doubt.message
