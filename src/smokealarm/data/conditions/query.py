"""Queries in SQL as great_expectations' suites write them: `{batch}` is the table, `{{` a brace."""

from __future__ import annotations

from string import Formatter

from smokealarm.errors import FatalError

NAMES = ("batch", "active_batch", "table")


def check_query(option: str, query: str) -> str:
    """The query without its last semicolon. Raises FatalError where a brace means nothing."""
    query = query.rstrip("; \t\r\n\v\f")
    try:
        named = [name for _, name, *_ in Formatter().parse(query) if name is not None]
    except ValueError as error:
        raise FatalError(
            f"`{option}`: {error}", "Write {{ and }} for braces that are part of the query."
        ) from None
    unknown = [name for name in named if name not in NAMES]
    if unknown:
        raise FatalError(
            f"`{option}` names {{{unknown[0]}}}", "Write {batch} for the table, and {{ for a brace."
        )
    if not named:
        raise FatalError(
            f"`{option}` does not name {{batch}}", "Write {batch} where the table belongs."
        )
    return query


def with_batch(query: str, table: str) -> str:
    """The query about the table."""
    return query.format(**dict.fromkeys(NAMES, table))
