"""Where a run takes place: cheap facts only, because the style hook tells them too."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable

from smokealarm import __version__
from smokealarm.finding import Machine
from smokealarm.results import Environment, Outcome
from smokealarm.workspace import Changes


def environment(changes: Changes, outcomes: Iterable[Outcome] = ()) -> Environment:
    """What is known without importing anything, and the machine that a stage found itself on."""
    machines = (outcome.machine for outcome in outcomes if outcome.machine != Machine())
    machine = next(machines, Machine())
    return Environment(
        smokealarm=__version__,
        python=".".join(map(str, sys.version_info[:3])),
        platform=sys.platform,
        torch=machine.torch,
        device=machine.device,
        driver=machine.driver,
        image=os.environ.get("SMOKEALARM_IMAGE", ""),
        commit=changes.head,
        base=changes.base,
        compared=changes.described,
    )
