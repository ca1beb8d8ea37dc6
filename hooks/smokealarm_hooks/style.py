"""The hook `smokealarm-style`: the rules of this repository on the files that pre-commit names."""

from __future__ import annotations

import sys

from smokealarm.cli import main as smokealarm


def main() -> int:
    return smokealarm(["check", "--stage", "style", *sys.argv[1:]])
