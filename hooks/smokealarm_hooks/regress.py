"""The hook `smokealarm-regress`: before a push, on what the push adds."""

from __future__ import annotations

import sys

from smokealarm.start import main as smokealarm
from smokealarm_hooks.pushed import since_or_all


def main() -> int:
    return smokealarm(["check", "--stage", "regress", *since_or_all(), *sys.argv[1:]])
