"""Which files of the repository the user's code has touched, by another look at it."""

from __future__ import annotations

from collections.abc import Mapping

from smokealarm.errors import Unasked
from smokealarm.memorize.bench import Bench
from smokealarm.memorize.checks.repository_unchanged import Touched
from smokealarm.memorize.fit import Facts
from smokealarm.memorize.footprint import Standing, looked

UNKNOWN = "??"  # to git


def probe(bench: Bench, fact: Facts) -> Touched:
    now, before = looked(bench.root), bench.before
    if before is None:
        raise Unasked("nobody looked at the repository before your code ran")
    moved = [path for path, standing in now.items() if before.get(path) != standing]
    gone = [path for path in moved if "D" in now[path].state]
    made = [path for path in moved if now[path].state == UNKNOWN]  # or written anew, as by each run
    return Touched(
        made=tuple(made),
        changed=tuple(path for path in moved if path not in gone and path not in made),
        gone=(*gone, *(path for path, was in before.items() if _vanished(path, was.state, now))),
    )


def _vanished(path: str, state: str, now: Mapping[str, Standing]) -> bool:
    """A file that git does not know, and that is no longer there."""
    return state == UNKNOWN and path not in now
