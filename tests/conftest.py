"""What every test has: no colours, no user's git configuration, no state of a GitHub run."""

from __future__ import annotations

import os

import pytest

FOREIGN = ("GIT_", "GITHUB_", "INPUT_", "PRE_COMMIT", "RUNNER_")


@pytest.fixture(autouse=True)
def plain_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The same surroundings everywhere, so that a test tells of the code and not of the machine."""
    for name in [name for name in os.environ if name.startswith(FOREIGN)]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("SMOKEALARM_CACHE", str(tmp_path_factory.mktemp("remembered")))
