"""Tiny models are faster on one thread, most of all where several tests run at once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import torch


@pytest.fixture(autouse=True)
def one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the programs and nothing else: whatever is in it is the user's."""
    root = tmp_path_factory.mktemp("repository")
    for name in ("healthy_programs.py", "faulty_programs.py"):
        shutil.copy(Path(__file__).parent / name, root)
    return root


@pytest.fixture
def in_the_repository(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the child process stands in the user's repository."""
    monkeypatch.chdir(repository)
    monkeypatch.syspath_prepend(repository)
