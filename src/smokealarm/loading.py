"""The one place of laziness: a room of the house is entered only when it is needed."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping
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
