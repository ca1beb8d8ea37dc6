"""The way in from a shell. Hooks take it on every commit, so it keeps out of the way of the work."""

import atexit
import gc
import os
import sys
import threading
from collections.abc import Sequence

gc.disable()  # nothing is garbage while modules are loaded, and looking for it takes a tenth of the time

try:
    from smokealarm import cli  # noqa: E402  it is what is loaded quickly
except KeyboardInterrupt:
    raise SystemExit(130) from None

gc.freeze()
gc.enable()

_OTHERS = ("smokealarm.data", "smokealarm.memorize", "smokealarm.regress")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command. The style door does not come back from here: it is closed behind us."""
    code = cli.main(arguments)
    if "smokealarm.style" in sys.modules and not any(name in sys.modules for name in _OTHERS):
        _leave(code)
    return code


def _leave(code: int) -> None:
    """End the process without taking the interpreter apart: every commit would wait for it."""
    if threading.active_count() > 1:
        return
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:  # nobody reads it; Python has its own way to say so
        return
    atexit._run_exitfuncs()
    os._exit(code)
