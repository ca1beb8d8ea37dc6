"""The one place of laziness: a room of the house is entered only when it is needed."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from threading import Thread
from typing import Any

from smokealarm.errors import FatalError

EXTRA_OF = {
    "duckdb": "data",
    "PIL": "data",
    "dateutil": "data",
    "jsonschema": "data",
    "pyarrow": "data",
    "scipy": "data",
    "ibis": "postgres",
    "psycopg": "postgres",
    "py4j": "spark",
    "pyspark": "spark",
    "torch": "torch",
    "numpy": "torch",
    "psutil": "torch",
    "safetensors": "torch",
    "httpx": "github",
}


def load(name: str) -> Any:
    """The module `smokealarm.<name>`. Raises FatalError, naming the extra, if one is missing."""
    try:
        return importlib.import_module(f"smokealarm.{name}")
    except ModuleNotFoundError as error:
        library = (error.name or "").partition(".")[0]
        if library not in EXTRA_OF:
            raise
        stage = name.partition(".")[0]
        extra = "data" if stage == "data" and library == "numpy" else EXTRA_OF[library]
        raise FatalError(
            f"{stage} needs {library}, which is not installed",
            f"pip install 'smokealarm[{extra}]'",
        ) from None


def load_meanwhile(*names: str) -> None:
    """Begin to load what will be needed after a wait. What fails now fails again when it is loaded."""
    Thread(target=_load_in_between, args=names).start()


def _load_in_between(*names: str) -> None:
    before = sys.getswitchinterval()
    sys.setswitchinterval(0.0005)  # or whoever waits would wait for us, 5 ms after each answer
    with suppress(Exception):
        for name in names:
            load(name)
    sys.setswitchinterval(before)


class Shelf(Mapping[str, Callable[..., Any]]):
    """A table of checks whose modules are loaded one by one, when they are asked for.

    `rooms` says where they stand: {"data.expectations": ("expect_column_to_exist", ...)} finds
    `check` in `smokealarm.data.expectations.expect_column_to_exist`.
    """

    def __init__(self, rooms: Mapping[str, tuple[str, ...]]) -> None:
        self._rooms = {name: room for room, names in rooms.items() for name in names}

    def __getitem__(self, name: str) -> Callable[..., Any]:
        check: Callable[..., Any] = load(f"{self._rooms[name]}.{name}").check
        return check

    def __iter__(self) -> Iterator[str]:
        return iter(self._rooms)

    def __len__(self) -> int:
        return len(self._rooms)
