"""The document itself, for a program to read."""

from __future__ import annotations

import msgspec

from smokealarm.report.plain import visible
from smokealarm.results import Results


def render(results: Results, *, width: int | None = None, colour: bool = False) -> str:
    """The results file as it would be written, indented."""
    try:
        return msgspec.json.format(msgspec.json.encode(results), indent=1).decode() + "\n"
    except UnicodeEncodeError:  # a file name that is not UTF-8 has no spelling in JSON
        return render(msgspec.convert(_spelt(msgspec.to_builtins(results)), Results))


def _spelt(value: object) -> object:
    if isinstance(value, str):
        return value if value.isascii() else visible(value)
    if isinstance(value, dict):
        return {_spelt(key): _spelt(item) for key, item in value.items()}
    return [_spelt(item) for item in value] if isinstance(value, (list, tuple)) else value
