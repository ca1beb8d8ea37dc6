"""Tiny models are faster on one thread, most of all where several tests run at once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import torch

from tests.zoo import ZOO


@pytest.fixture(autouse=True)
def one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs, those of the zoo at the root, and nothing else: all of it is the user's."""
    root = tmp_path_factory.mktemp("repository")
    shutil.copytree(ZOO, root, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    (root / "__init__.py").unlink()  # which is ours
    shutil.copy(Path(__file__).parent / "faulty_programs.py", root)
    return root


@pytest.fixture
def in_the_repository(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the child process stands in the user's repository."""
    monkeypatch.chdir(repository)
    monkeypatch.syspath_prepend(repository)
