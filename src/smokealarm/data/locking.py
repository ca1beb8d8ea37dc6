"""The lock of a schema: a file that says what the columns are, one line for each, and what is read of it.

`smokealarm suggest lock` writes it, and the check `schema_lock` compares with it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml
from msgspec import Struct

from smokealarm.data.questions.comparisons import Fact
from smokealarm.errors import FatalError

VERSION = 1
KEYS = {"name", "type", "nullable", "categories"}
AGAIN = "Write it again: smokealarm suggest lock TABLE --write LOCK"


class Locked(Struct, frozen=True, kw_only=True):
    """A column as the lock has it, and the line on which it stands there. None is not locked."""

    name: str
    line: int
    type: str | None = None
    nullable: bool | None = None
    categories: tuple[Any, ...] | None = None


def lock(facts: Iterable[Fact], categories: Iterable[str] = ()) -> str:
    """The text of a lock; the values of the columns in `categories` are locked as well."""
    named = frozenset(categories)
    lines = []
    for fact in facts:
        column: dict[str, Any] = {"name": fact.name, "type": fact.type, "nullable": fact.nullable}
        if fact.name in named and fact.values is not None:
            column["categories"] = list(fact.values)
        lines.append("    " + json.dumps(column, ensure_ascii=False, default=str))
    return f'{{\n  "version": {VERSION},\n  "columns": [\n' + ",\n".join(lines) + "\n  ]\n}\n"


def read(path: Path, name: str) -> tuple[Locked, ...]:
    """The columns of a lock in JSON or YAML. Raises FatalError, with the line."""
    try:
        tree = yaml.compose(path.read_text("utf-8"), Loader=yaml.SafeLoader)
        columns = _value(tree, "columns") if isinstance(tree, yaml.MappingNode) else None
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError) as error:
        raise FatalError(f"the lock {name} cannot be read: {error}", AGAIN) from None
    if not isinstance(columns, yaml.SequenceNode):
        raise FatalError(f"the lock {name} has no list of `columns`", AGAIN)
    return tuple(_locked(node, name) for node in columns.value)


def _value(node: yaml.MappingNode, key: str) -> yaml.Node | None:
    return next((value for at, value in node.value if at.value == key), None)


def _locked(node: yaml.Node, name: str) -> Locked:
    line = node.start_mark.line + 1
    column = yaml.SafeLoader("")
    try:
        found = column.construct_document(node)
    finally:
        column.dispose()
    wrong = _complaint(found)
    if wrong:
        raise FatalError(
            f"{name}:{line}: {wrong}",
            'A column is written as {"name": "age", "type": "BIGINT", "nullable": false}.',
        )
    categories = found.get("categories")
    return Locked(
        name=found["name"],
        line=line,
        type=found.get("type"),
        nullable=found.get("nullable"),
        categories=None if categories is None else tuple(categories),
    )


def _complaint(found: Any) -> str:
    if not isinstance(found, dict) or not isinstance(found.get("name"), str):
        return "this is no column with a name"
    if extra := sorted(map(str, found.keys() - KEYS)):
        return f"`{extra[0]}` is nothing that a lock says of a column"
    if not isinstance(found.get("nullable", False), bool):
        return "`nullable` is true or false"
    if not isinstance(found.get("categories", []), list):
        return "`categories` is a list of values"
    return "" if isinstance(found.get("type", ""), str) else "`type` is a name"
