"""The tools that the stage knows. A further one is a file here with a `TOOL` in it, and its line below."""

from __future__ import annotations

from collections.abc import Mapping

from smokealarm.style.tools import black, coverage, doctest, flake8, ruff, shellcheck
from smokealarm.style.tools.tool import Tool

TOOLS: Mapping[str, Tool] = {
    "black": black.TOOL,
    "flake8": flake8.TOOL,
    "ruff": ruff.TOOL,
    "shellcheck": shellcheck.TOOL,
    "doctest": doctest.TOOL,
    "coverage": coverage.TOOL,
}
