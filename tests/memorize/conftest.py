"""Tiny models are faster on one thread, most of all where several tests run at once."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")


@pytest.fixture
def beside_the_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the child process stands in the user's repository."""
    monkeypatch.chdir(Path(__file__).parent)
    monkeypatch.syspath_prepend(Path(__file__).parent)
