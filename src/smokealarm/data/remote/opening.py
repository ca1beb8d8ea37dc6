"""The subject of a case whose table lives elsewhere: the same checks, asked of another engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from smokealarm.data.planning import Planned, beside
from smokealarm.data.remote.address import Address, address_of, is_remote
from smokealarm.data.remote.engines import connected
from smokealarm.data.remote.table import Reading, Tables
from smokealarm.data.subject import Answered
from smokealarm.errors import FatalError, Place
from smokealarm.stage import Subject


def reader(
    address: Address, root: Path, place: Place, settings: Mapping[str, Any]
) -> Callable[[Sequence[Planned]], AbstractContextManager[Subject]]:
    """What opens the table for planned checks. Raises FatalError where a setting makes no sense."""
    reading = Reading(**settings)
    if reading.timeout <= 0 or reading.most_values < 1:
        raise FatalError(
            f"`timeout: {reading.timeout:g}` or `most_values: {reading.most_values}` is not above zero",
            "Write how many seconds a query may take, and how many values may be fetched.",
            place,
        )
    return partial(answered, address, root=root, place=place, reading=reading)


@contextmanager
def answered(
    address: Address, planned: Sequence[Planned], *, root: Path, place: Place, reading: Reading
) -> Iterator[Subject]:
    """The subject, with its connection open for as long as examples may be asked for."""
    questions = [question for known in planned for question in known.expectation.questions]
    with connected(address, reading.timeout) as engine:
        tables = Tables(engine, reading, root)
        try:
            tables.open("", address)
        except FatalError as error:
            raise FatalError(error.message, error.remedy, place) from None
        for name, known in beside(planned).items():
            tables.open(name, _neighbour(name, address, known.at))
        tables.answer(questions)
        yield Answered(tables[""], planned)


def _neighbour(name: str, own: Address, place: Place) -> Address:
    """Another table of the same server."""
    if not is_remote(name):
        raise FatalError(
            f"{name} is a file, and the case's own table lives elsewhere",
            "Compare two tables of one server, or export one and compare two files.",
            place,
        )
    other = address_of(name, place)
    if other.scheme != own.scheme or (other.url != own.url and own.scheme != "spark"):
        raise FatalError(
            f"{name} is on another server than the case's own table",
            "Compare two tables of one server, or export one and compare two files.",
            place,
        )
    return other
