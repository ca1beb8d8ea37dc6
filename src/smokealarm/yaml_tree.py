"""YAML as a tree that remembers where each thing was written, read within limits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from smokealarm.errors import FatalError, Place
from smokealarm.tree import MAX_BYTES, Node

MAX_NODES = 20_000  # after aliases are followed: a "billion laughs" file is small until then
MAX_DEPTH = 20

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PLAIN_TAGS = {f"tag:yaml.org,2002:{name}" for name in ("null", "bool", "int", "float", "str")}
_TIMESTAMP = "tag:yaml.org,2002:timestamp"
_MERGE = "tag:yaml.org,2002:merge"


def parse(
    content: bytes, path: str, most_bytes: int = MAX_BYTES, most_nodes: int = MAX_NODES
) -> Node:
    """The document as a tree; an empty document has the value None. Raises FatalError."""
    if len(content) > most_bytes:
        raise FatalError(
            f"the file has {len(content):,} bytes, more than the {most_bytes:,} that are read",
            "Is it really a smokealarm configuration?",
            Place(path),
        )
    root = _compose(decoded(content, path), path)
    return (
        Node(None, Place(path)) if root is None else _Growth(path, most_nodes).node(root, depth=0)
    )


def decoded(content: bytes, path: str) -> str:
    """The text of a file in UTF-8. Raises FatalError with the place of the first byte that is not."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        column = error.start - (before.rfind(b"\n") + 1) + 1
        place = Place(path, before.count(b"\n") + 1, column)
        remedy = "Save the file as UTF-8."
        raise FatalError(f"byte 0x{content[error.start]:02x} is not UTF-8", remedy, place) from None


def _compose(text: str, path: str) -> yaml.Node | None:
    """The tree of the one document in the text."""
    try:
        _refuse_depth(text, path)
        loader = _Loader(text)
        node: yaml.Node | None = loader.get_single_node()
        return node
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = _place(path, mark)
        problem = ", ".join(filter(None, (error.context, error.problem)))
        raise FatalError(f"this is not YAML: {problem}", _yaml_remedy(text, place), place) from None
    except yaml.reader.ReaderError as error:
        before = text.partition(chr(error.character))[0]
        place = Place(path, before.count("\n") + 1, len(before) - before.rfind("\n"))
        what = f"control characters, here {chr(error.character)!r}, are not allowed"
        raise FatalError(f"this is not YAML: {what}", "Take it out.", place) from None
    except (yaml.YAMLError, RecursionError) as error:
        raise FatalError(f"this is not YAML: {error}", place=Place(path)) from None


def _refuse_depth(text: str, path: str) -> None:
    """Look at the events first: the composer is recursive C, which a deep file crashes."""
    depth = 0
    for event in yaml.parse(text, _Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            place = _place(path, event.start_mark)
            raise FatalError(f"this is nested more than {MAX_DEPTH} levels deep", place=place)


def _yaml_remedy(text: str, place: Place) -> str:
    lines = text.splitlines()
    if any(line.startswith("<<<<<<< ") for line in lines):
        return "A merge conflict is left in the file: resolve it first."
    offending = lines[place.line - 1] if place.line <= len(lines) else ""
    if "\t" in offending:
        return "Indent with spaces: YAML does not allow tabs."
    return f"The line reads: {offending.strip()[:80]}" if offending.strip() else ""


class _Growth:
    """Turns the parser's nodes into ours, counting them."""

    def __init__(self, path: str, most_nodes: int) -> None:
        self.path = path
        self.most_nodes = most_nodes
        self.grown = 0

    def node(self, raw: yaml.Node, depth: int) -> Node:
        place = self._place(raw)
        self.grown += 1
        if self.grown > self.most_nodes:
            raise FatalError(f"there are more than {self.most_nodes:,} values here", place=place)
        if depth > MAX_DEPTH:
            raise FatalError(f"this is nested more than {MAX_DEPTH} levels deep", place=place)
        if isinstance(raw, yaml.MappingNode):
            return self._mapping(raw, place, depth)
        if isinstance(raw, yaml.SequenceNode):
            return Node([self.node(item, depth + 1) for item in raw.value], place)
        return Node(_scalar(raw, place), place)

    def _mapping(self, raw: yaml.MappingNode, place: Place, depth: int) -> Node:
        value: dict[str, Node] = {}
        key_places: dict[str, Place] = {}
        for key, key_place, item in self._items(raw):
            if key in value:
                first = key_places[key].line
                raise FatalError(
                    f"`{key}` is written twice, first on line {first}", place=key_place
                )
            value[key] = self.node(item, depth + 1)
            key_places[key] = key_place
        return Node(value, place, key_places)

    def _items(self, raw: yaml.MappingNode) -> Iterator[tuple[str, Place, yaml.Node]]:
        for key, item in raw.value:
            place = self._place(key)
            if key.tag == _MERGE:
                raise FatalError("merge keys (`<<`) are not read", "Write the keys out.", place)
            if not isinstance(key, yaml.ScalarNode):
                raise FatalError("a key must be a word", place=place)
            yield key.value, place, item

    def _place(self, raw: yaml.Node) -> Place:
        return _place(self.path, raw.start_mark)


def _place(path: str, mark: Any) -> Place:
    """The parser counts from 0, people from 1; the parser written in C gives no mark at times."""
    return Place(path, mark.line + 1, mark.column + 1) if mark else Place(path)


def _scalar(raw: yaml.Node, place: Place) -> Any:
    if raw.tag == _TIMESTAMP:
        return raw.value  # a date is read as it is written; the checks know what to make of it
    if raw.tag not in _PLAIN_TAGS:
        raise FatalError(f"the tag {raw.tag} is not read", "Write a plain value.", place)
    try:
        return yaml.constructor.SafeConstructor().construct_object(raw)
    except ValueError:  # "1_" and the like: resolved as a number, but it is not one
        return raw.value
