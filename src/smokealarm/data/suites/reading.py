"""A suite's file as a tree of values and their places."""

from __future__ import annotations

import os
from pathlib import Path

from smokealarm import yaml_tree
from smokealarm.data.suites import json_tree
from smokealarm.errors import FatalError
from smokealarm.tree import Node

MAX_BYTES = 10_000_000
MAX_NODES = 500_000


def tree(file: str, root: Path) -> Node:
    """The file under the root, as JSON or YAML by its ending. Raises FatalError."""
    path = Path(os.path.normpath(root / file))
    if not path.resolve().is_relative_to(root.resolve()):
        raise FatalError(
            f"the suite {file!r} is outside the repository",
            "Name a file of the repository, relative to its root.",
        )
    content = _read(path, file)
    if path.suffix.lower() == ".json":
        return json_tree.parse(yaml_tree.decoded(content, file), file)
    if path.suffix.lower() in (".yaml", ".yml"):
        return yaml_tree.parse(content, file, MAX_BYTES, MAX_NODES)
    raise FatalError(
        f"the suite {file!r} is of no known kind", "Suites end in .json, .yaml or .yml."
    )


def _read(path: Path, file: str) -> bytes:
    if path.exists() and not path.is_file():
        raise FatalError(f"the suite {file!r} is no file", "Name one .json or .yaml file.")
    try:
        with path.open("rb") as opened:
            content = opened.read(MAX_BYTES + 1)
    except OSError as error:
        raise FatalError(
            f"the suite {file!r} cannot be read: {error.strerror}",
            "Write its path from the repository's root, as great_expectations/expectations/train.json.",
        ) from None
    if len(content) > MAX_BYTES:
        raise FatalError(
            f"the suite {file!r} has more than the {MAX_BYTES:,} bytes that are read",
            "A suite holds expectations, not data: move value sets of this size into a table.",
        )
    return content
