"""Where a run takes place: cheap facts only, because the style hook tells them too."""

from __future__ import annotations

import os
import sys

from smokealarm import __version__
from smokealarm.results import Environment
from smokealarm.workspace import Changes


def environment(changes: Changes) -> Environment:
    """What is known without importing anything: versions, platform, commits, image."""
    return Environment(
        smokealarm=__version__,
        python=".".join(map(str, sys.version_info[:3])),
        platform=sys.platform,
        image=os.environ.get("SMOKEALARM_IMAGE", ""),
        commit=changes.head,
        base=changes.base,
        compared=changes.described,
    )
