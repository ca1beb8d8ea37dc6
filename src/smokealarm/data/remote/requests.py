"""What a question needs to know: numbers and rows that many questions fetch together, in few queries.

A question is answered by a generator that yields requests and is sent what came of them. All requests
that are open at the same time travel together, so the number of queries is that of the rounds.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any, NamedTuple, TypeVar, Union

import ibis
import ibis.expr.types as ir
from msgspec import Struct

from smokealarm.data.remote.relation import Relation, both

T = TypeVar("T")


class Groups(NamedTuple):
    """Of rows that are grouped by their values: all, those of groups with several rows, and the groups."""

    rows: int
    repeated: int
    distinct: int
    once: int


class Scalar(Struct, frozen=True, eq=False):
    """One number of the whole table."""

    expression: ir.Scalar

    @property
    def key(self) -> object:
        return self.expression.op()


class OfGroups(Struct, frozen=True, eq=False):
    """How rows with these conditions fall into groups by the values of the columns: `Groups`."""

    names: tuple[str, ...]
    rows: ir.BooleanValue | None

    @property
    def key(self) -> object:
        return ("groups", self.names, _op(self.rows))

    def columns(self, relation: Relation, prefix: str) -> ir.Table:
        groups = grouped(relation, self.names, self.rows)
        n = groups["n"]
        return groups.aggregate(
            **{
                f"{prefix}0": n.sum(),
                f"{prefix}1": n.sum(where=n > 1),
                f"{prefix}2": groups.count(),
                f"{prefix}3": groups.count(where=n == 1),
            }
        )

    def answer(self, found: Sequence[Any]) -> Groups:
        return Groups(*(int(value or 0) for value in found))


class AtRanks(Struct, frozen=True, eq=False):
    """The values at these places, from 0, of the column in order. It needs no engine's own quantiles."""

    name: str
    rows: ir.BooleanValue | None
    ranks: tuple[int, ...]

    @property
    def key(self) -> object:
        return ("ranks", self.name, _op(self.rows), self.ranks)

    def columns(self, relation: Relation, prefix: str) -> ir.Table:
        present = both(self.rows, relation.value(self.name).notnull())
        groups = grouped(relation, (self.name,), present)
        up_to_here = ibis.window(order_by=groups["v0"], preceding=None, following=0)
        running = groups.mutate(upto=groups["n"].sum().over(up_to_here))
        return running.aggregate(
            **{
                f"{prefix}{at}": running["v0"].min(where=running["upto"] > rank)
                for at, rank in enumerate(self.ranks)
            }
        )

    def answer(self, found: Sequence[Any]) -> Sequence[Any]:
        return found


class Values(Struct, frozen=True, eq=False):
    """The distinct values of the columns, each with its number of rows: a list of (values..., n)."""

    names: tuple[str, ...]
    rows: ir.BooleanValue | None

    @property
    def key(self) -> object:
        return ("values", self.names, _op(self.rows))


Request = Union[Scalar, OfGroups, AtRanks, Values]
Asking = Generator[Sequence[Request], Sequence[Any], T]


def grouped(relation: Relation, names: Sequence[str], rows: ir.BooleanValue | None) -> ir.Table:
    """The groups of the rows by the columns, called v0, v1, …, with their number of rows `n`."""
    chosen = relation.meant(rows).select(
        **{f"v{at}": relation.plain(name) for at, name in enumerate(names)}
    )
    return chosen.group_by(list(chosen.columns)).aggregate(n=chosen.count())


def _op(expression: ir.Expr | None) -> object:
    return None if expression is None else expression.op()
