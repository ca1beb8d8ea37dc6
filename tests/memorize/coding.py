"""The answers about a program given as code, without a child process: torch is loaded once for all."""

from __future__ import annotations

import itertools
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.memorize.asking import Answer, ask_here

_NUMBERS = itertools.count()


def answer_here(folder: Path, code: str, check: str, **settings: Any) -> Answer:
    """What the check says of `setup` in `train.py` of the folder, which is the repository then."""
    package = folder / f"program_{next(_NUMBERS)}"
    package.mkdir()
    (package / "train.py").write_text(code, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(package)
        patch.syspath_prepend(folder)
        patch.setattr(sys, "dont_write_bytecode", True)
        return ask_here(f"{package.name}.train:setup", check, **settings)[check]
