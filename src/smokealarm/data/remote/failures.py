"""What a server may answer instead of rows: each one message, with what to do, and without secrets."""

from __future__ import annotations

from collections.abc import Iterable

from smokealarm.data.columns import did_you_mean, listed
from smokealarm.data.remote.address import Address
from smokealarm.errors import FatalError, Inconclusive


class Declined(Inconclusive):
    """The engine did not answer this query; a smaller one it may."""


def unreachable(address: Address, said: str) -> Inconclusive:
    return Inconclusive(
        f"the server of {address.name} cannot be reached: {_line(address, said)}",
        "Look whether it runs, at host and port in `table:`, and whether this machine may reach it "
        "(VPN, firewall, allowed addresses).",
    )


def not_let_in(address: Address, said: str) -> FatalError:
    return FatalError(
        f"the server of {address.name} lets nobody in with this user and password: "
        f"{_line(address, said)}",
        "Set PGUSER and PGPASSWORD (or the variables in the URL) where this runs, or ask for access.",
    )


def no_database(address: Address, said: str) -> FatalError:
    return FatalError(
        f"the server of {address.name} has no such database: {_line(address, said)}",
        "Write the database's name into the URL: postgresql://host/database?table=schema.name",
    )


def no_table(address: Address, known: Iterable[str]) -> FatalError:
    names = sorted(known)
    where = f" in the schema {address.schema!r}" if address.schema else ""
    return FatalError(
        f"there is no table {address.table!r}{where}{did_you_mean(address.table, names)}",
        f"Tables there: {listed(names)}. Write `?table=schema.name`, in the letters of the server; "
        "a table that this user may not see is not there either.",
    )


def not_allowed(address: Address, said: str) -> FatalError:
    return FatalError(
        f"the user of {address.name} may not read it: {_line(address, said)}",
        "Grant it: GRANT SELECT ON the table TO the user (and USAGE ON SCHEMA).",
    )


def read_only(said: str) -> FatalError:
    return FatalError(
        f"a check may only read: {said.splitlines()[0]}",
        "Take out of the query what would change the database.",
    )


def too_slow(timeout: float) -> Inconclusive:
    return Inconclusive(
        f"a query was stopped after {timeout:g} seconds, as `timeout:` says",
        "Raise `timeout:`, ask less of the table, or read only what is new with `watermark:`.",
    )


def refused(address: Address, engine: str, said: str) -> Declined:
    return Declined(
        f"{engine} could not answer: {_line(address, said)}",
        "The other checks of this case are not affected. Look at the column's values and type.",
    )


def lost(address: Address, said: str) -> Inconclusive:
    return Inconclusive(
        f"the connection to {address.name} was lost: {_line(address, said)}",
        "Run it again; if it happens again, look into the server's log.",
    )


def not_spoken(engine: str, said: str) -> Declined:
    return Declined(
        f"Ibis cannot put this into the words of {engine}: {said.splitlines()[0][:200] if said else ''}",
        "Export what is needed to a Parquet file, and check that.",
    )


def too_many_values(names: tuple[str, ...], most: int) -> Inconclusive:
    return Inconclusive(
        f"{' and '.join(names)}: more than {most:,} distinct values, too many to be fetched and judged "
        "one by one",
        "Narrow the rows with `row_condition:` or `watermark:`, or raise `most_values:`.",
    )


def unknown(engine: str, kind: str) -> Inconclusive:
    return Inconclusive(
        f"{engine} is not asked about {kind}",
        "Export what is needed to a Parquet file, and check that.",
    )


def no_order(engine: str) -> Inconclusive:
    return Inconclusive(
        f"rows of a table in {engine} have no order of their own",
        "Export the table in the order that is meant, and check the file.",
    )


def _line(address: Address, said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return address.without_secrets(lines[0][:300]) if lines else "it does not say why"
