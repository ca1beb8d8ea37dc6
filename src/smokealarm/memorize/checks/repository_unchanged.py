"""Training leaves the files of the repository as they were."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from smokealarm.errors import Place
from smokealarm.finding import Finding, Level
from smokealarm.memorize.fit import Fit, at

SHOWN = 8  # names in a message


class Touched(NamedTuple):
    """Files that were made, changed or removed since before any of the user's code ran."""

    made: tuple[str, ...] = ()  # or written anew, where git does not track them
    changed: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()


def check(fit: Fit) -> Iterator[Finding]:
    """The tested code makes, changes and removes no file that git would show.

        memorize:
          - name: digits
            setup: digits.smoke:setup
            checks: [repository_unchanged]

    A checkpoint, a log or a cache that training writes beside the code ends up in somebody's
    commit, and a second run may read what the first one left. `git status` is looked at before
    your code is imported and when all other checks are done: what is new, or was left by an earlier
    run and is written anew, is a notice; what was removed, and what git tracks and was changed, a
    warning. Nothing is deleted. What git ignores is not looked at, nor are
    Python's caches. A file that somebody else saves in the meantime is told, too.
    """
    touched = fit.fact(Touched)
    if names := (*touched.changed, *touched.gone):
        removed = f" ({len(touched.gone)} of them removed)" if touched.gone else ""
        yield Finding(
            message=f"while your code ran, files of the repository changed: {_named(names)}{removed}",
            **at(Place(touched.changed[0]) if touched.changed else fit.place),
            level=Level.WARNING,
            evidence={
                "changed": _named(touched.changed) or None,
                "removed": _named(touched.gone) or None,
                "reproduce": fit.reproduce,
            },
            remedy="Let the training write into a folder of its own that git ignores; `git diff`"
            " shows what was changed.",
        )
    if touched.made:
        yield Finding(
            message=f"while your code ran, files were made in the repository: {_named(touched.made)}",
            **at(fit.place),
            level=Level.NOTICE,
            evidence={
                "files": len(touched.made),
                "made": _named(touched.made),
                "reproduce": fit.reproduce,
            },
            remedy="Let the smoke set-up write nothing (no checkpoints, no loggers), or write into"
            " a temporary folder, or name the files in .gitignore.",
        )


def _named(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - SHOWN:,} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more
