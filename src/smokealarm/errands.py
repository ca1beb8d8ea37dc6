"""What can be done while git makes us wait: one errand for each wait, until none is left.

No thread does them: it would take Python's lock from whoever talks to git, and make both slower.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from contextlib import suppress

_left: deque[Callable[[], object]] = deque()


def add(errand: Callable[[], object]) -> None:
    """Something that will be needed. What fails now is done again by whoever needs it."""
    _left.append(errand)


def do_one() -> None:
    """Do the next errand, if there is one."""
    with suppress(Exception):
        if _left:
            _left.popleft()()
