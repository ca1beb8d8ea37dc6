"""What the tools said before."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from smokealarm.finding import Finding
from smokealarm.store import Store

FORMAT = "2"  # of the answers; a new one forgets those of before


class Memory:
    """The answers of the tools in a store."""

    def __init__(self, folder: Path) -> None:
        self._store = Store(folder / FORMAT)

    def is_empty(self) -> bool:
        """Whether no tool has ever said anything."""
        return self._store.is_empty()

    def recall(self, key: str) -> list[Finding] | None:
        """The answer, or None where it is not known."""
        answer = self._store.recall(key)
        with suppress(msgspec.MsgspecError):
            return None if answer is None else msgspec.json.decode(answer, type=list[Finding])
        return None

    def keep(self, key: str, answer: Sequence[Finding]) -> None:
        """Remember the answer, if that is possible."""
        with suppress(UnicodeEncodeError):
            self._store.keep(key, msgspec.json.encode(answer))

    def forget_the_old(self) -> None:
        """Once a day, drop what was not written for a month."""
        self._store.forget_the_old()
