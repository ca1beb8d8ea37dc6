"""The engines by the scheme of a URL, each loaded when it is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

import ibis.expr.types as ir

from smokealarm.data.remote.address import Address
from smokealarm.loading import load


class Engine(Protocol):
    """A connection to one server."""

    @property
    def name(self) -> str:
        """As people call it: PostgreSQL."""

    @property
    def queries(self) -> int:
        """How many queries it was sent."""

    def table(self, address: Address) -> ir.Table:
        """The table, with text compared by code point and NaN as NULL. Raises SmokealarmError."""

    def rows(self, expression: ir.Table) -> Sequence[tuple[Any, ...]]:
        """All rows of the expression. Raises Inconclusive."""

    def microseconds(self, moment: Any) -> Any:
        """Since 1970, in UTC, of a timestamp."""

    def sql(self, query: str, address: Address, limit: int) -> Sequence[tuple[Any, ...]]:
        """All rows of a query in the engine's own SQL, `{batch}` being the table."""


def connected(address: Address, timeout: float) -> AbstractContextManager[Engine]:
    """A connection that is closed afterwards. Raises Inconclusive where there is none to be had."""
    engine: AbstractContextManager[Engine] = load(address.engine).connected(address, timeout)
    return engine
