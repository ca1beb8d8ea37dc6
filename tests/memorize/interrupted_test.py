"""Ctrl-C in the middle of a fit: a real signal, a real loader with workers, and nothing is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from tests.repositories import make_repository

CONFIGURED = """
memorize:
  - setup: train:setup
    steps: 1000000
    checks: [memorizes]
"""
TRAIN = """
import itertools, pathlib, torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

def setup():
    data = TensorDataset(torch.randn(64, 12), torch.randint(4, (64,)))
    loader = DataLoader(data, batch_size=8, num_workers=2, persistent_workers=True)
    batches = itertools.chain.from_iterable(loader for _ in itertools.count())
    model = nn.Linear(12, 4)
    optimizer = torch.optim.SGD(model.parameters(), 1e-6)

    def step(batch):
        inputs, target = next(batches)
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(inputs), target)
        loss.backward()
        optimizer.step()
        pathlib.Path("trains").touch()
        return loss

    return {"model": model, "optimizer": optimizer, "data": next(batches), "train_step": step}
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "a polite kill"])
def test_a_fit_with_workers_ends_with_all_its_processes(
    tmp_path: Path, number: signal.Signals
) -> None:
    root = make_repository(tmp_path / "r", {".smokealarm.yaml": CONFIGURED, "train.py": TRAIN})
    process = subprocess.Popen(
        [sys.executable, "-m", "smokealarm", "check", "--all"],
        cwd=root,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 120
    while not (root / "trains").exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    family = psutil.Process(process.pid).children(recursive=True)
    assert len(family) >= 3  # the child and its two workers
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    assert process.returncode == (130 if number == signal.SIGINT else 143)
    assert "Traceback" not in said
    _, alive = psutil.wait_procs(family, timeout=10)
    assert [each for each in alive if each.status() != psutil.STATUS_ZOMBIE] == []
