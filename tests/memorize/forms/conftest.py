"""The programs in a folder of their own, as in a user's repository."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

PROGRAMS = ("lightning_programs.py", "trainer_programs.py", "plain_programs.py")


@pytest.fixture(scope="session")
def forms_repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("forms")
    for name in PROGRAMS:
        shutil.copy(Path(__file__).parent / name, root)
    return root


@pytest.fixture
def in_the_repository(forms_repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(forms_repository)
    monkeypatch.syspath_prepend(forms_repository)
