"""The hook `smokealarm-data`: the expectations of this repository when a table changes."""

from __future__ import annotations

import sys

from smokealarm.cli import main as smokealarm


def main() -> int:
    return smokealarm(["check", "--stage", "data", *sys.argv[1:]])
