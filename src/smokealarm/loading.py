"""The one place of laziness: a room of the house is entered only when it is needed."""

from __future__ import annotations

import importlib
from typing import Any

from smokealarm.errors import FatalError

EXTRA_OF = {
    "duckdb": "data",
    "ibis": "spark",
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
        extra = EXTRA_OF[library]
        raise FatalError(
            f"{name} needs {library}, which is not installed",
            f"pip install 'smokealarm[{extra}]'",
        ) from None
