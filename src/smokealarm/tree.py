"""What every reader of a document makes of it: values, each with the place where it was written."""

from __future__ import annotations

from typing import Any, NamedTuple

from smokealarm.errors import Place

MAX_BYTES = 256 * 1024  # of a configuration


class Node(NamedTuple):
    """A value and its place. A mapping's value is a dict of nodes, a sequence's a list of nodes."""

    value: Any
    place: Place
    key_places: dict[str, Place] = {}

    def plain(self) -> Any:
        """The value as ordinary Python objects, without places."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value
