from __future__ import annotations

from pathlib import Path

import pytest

from smokealarm.finding import Level
from tests.memorize.coding import answer_here

PROGRAM = """
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, Dataset, TensorDataset

class Data(Dataset):
    def __init__(self):
        self.x, self.y = torch.randn(64, 12), torch.randint(4, (64,))

    def __len__(self):
        return ITEMS

    def __getitem__(self, index):
        ITEM

def collate(items):
    inputs, target = (torch.stack([torch.as_tensor(part) for part in parts]) for parts in zip(*items))
    COLLATE
    return inputs, target

def setup(seed):
    model = nn.Sequential(nn.Linear(12, 32), nn.Tanh(), nn.Linear(32, 4))
    optimizer = torch.optim.Adam(model.parameters(), 1e-2)

    def train_step(batch):
        inputs, target = batch
        STEP
        optimizer.zero_grad()
        loss = F.cross_entropy(model(inputs), target)
        loss.backward()
        optimizer.step()
        return loss

    return {"model": model, "train_step": train_step, "data": LOADER,
            "hints": {"memorizable": "off"}}
"""
DEFAULTS = {
    "STEP": "pass",
    "ITEMS": "64",
    "ITEM": "return self.x[index], self.y[index]",
    "COLLATE": "pass",
    "LOADER": "DataLoader(Data(), 16, shuffle=True, collate_fn=collate)",
}
WHOLE = {  # the dataset hands out whole batches, as views of its tensors
    "ITEMS": "4",
    "ITEM": "return self.x[index * 16:][:16], self.y[index * 16:][:16]",
    "LOADER": "DataLoader(Data(), batch_size=None)",
}


def program(**parts: str) -> str:
    code = PROGRAM
    for name, otherwise in DEFAULTS.items():
        code = code.replace(name, parts.get(name, otherwise))
    return code


HEALTHY = {
    "a dataset that is shuffled as a whole": program(),
    "augmented inputs": program(ITEM="return self.x[index] + torch.randn(12), self.y[index]"),
    "random negatives": program(ITEM="return self.x[index], torch.randint(4, ())"),
    "mixup": program(
        COLLATE="order = torch.randperm(16); inputs = inputs + inputs[order]; target = target[order]"
    ),
    "an operation in place on a batch that was copied": program(STEP="inputs.div_(2)"),
    "views of the data that are not written into": program(**WHOLE, STEP="inputs = inputs / 2"),
}


@pytest.mark.parametrize("name", HEALTHY)
def test_a_healthy_program_gives_no_finding(name: str, tmp_path: Path) -> None:
    answer = answer_here(tmp_path, HEALTHY[name], "batch_unchanged", steps=20)
    assert (answer.messages, answer.doubt) == ([], None)


def test_labels_shuffled_against_the_inputs_are_a_failure(tmp_path: Path) -> None:
    code = program(COLLATE="target = target[torch.randperm(len(target))]")
    [finding] = answer_here(tmp_path, code, "batch_unchanged", steps=20).findings
    assert finding.message.endswith("they are shuffled against the inputs")
    assert finding.level is Level.FAILURE
    assert finding.evidence["samples drawn twice"] == 16


def test_a_step_that_writes_into_the_dataset_is_a_failure(tmp_path: Path) -> None:
    code = program(**WHOLE, STEP="inputs.div_(2)")
    [finding] = answer_here(tmp_path, code, "batch_unchanged", steps=20).findings
    assert finding.message == "a training step writes into the dataset: dataset.x"
    assert finding.level is Level.FAILURE
