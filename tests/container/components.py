"""What a test needs of the machine: without it the test is skipped, or fails where nothing may be."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

TOOLS = Path(__file__).parent.parent / "tools"
# The development tools are beside this Python, whether or not its environment is activated.
SEARCHED = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])


def need(command: str) -> str:
    """The path of the command. CI sets SMOKEALARM_NO_SKIPS, so that a green run has run everything."""
    path = shutil.which(command, path=SEARCHED)
    if not path:
        lack(f"{command} is not installed")
    return str(path)


def need_parser() -> Path:
    """The folder with GitHub's own parser, installed."""
    need("node")
    if not (TOOLS / "node_modules" / "@actions" / "workflow-parser").is_dir():
        lack("the packages of tests/tools are not installed")
    return TOOLS


def lack(reason: str) -> None:
    """Skip, or fail where skipping is not allowed."""
    remedy = f"{reason}: run .ci/components"
    if os.environ.get("SMOKEALARM_NO_SKIPS"):
        pytest.fail(remedy)
    pytest.skip(remedy)
