"""The hook `smokealarm-data`: the expectations of this repository when a table changes."""

from __future__ import annotations

import sys

from smokealarm.start import main as smokealarm
from smokealarm_hooks.pushed import since


def main() -> int:
    return smokealarm(["check", "--stage", "data", *since(), *sys.argv[1:]])
