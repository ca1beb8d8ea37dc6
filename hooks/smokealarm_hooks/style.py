"""The hook `smokealarm-style`: the rules of this repository on the files that pre-commit names."""

from __future__ import annotations

import sys

from smokealarm.start import main as smokealarm
from smokealarm_hooks.pushed import since


def main() -> int:
    return smokealarm(["check", "--stage", "style", *since(), *sys.argv[1:]])
