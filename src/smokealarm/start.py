"""The way in from a shell. Hooks take it on every commit, so it keeps out of the way of the work."""

import gc

gc.disable()  # nothing is garbage while modules are loaded, and looking for it takes a tenth of the time

try:
    from smokealarm.cli import main  # noqa: E402  it is what is loaded quickly
except KeyboardInterrupt:
    raise SystemExit(130) from None

gc.freeze()
gc.enable()

__all__ = ["main"]
