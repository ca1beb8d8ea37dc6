"""The tree of a configuration, as it was read before: most commits leave the configuration alone.

To load the reader of YAML takes longer than all that is done with what it reads. Nothing but the tree
is remembered. Cases are made of it every time, so what the checks allow is never out of date.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from importlib.util import find_spec
from typing import Any

import msgspec

from smokealarm import __version__
from smokealarm.errors import Place
from smokealarm.loading import load
from smokealarm.store import Store, default_folder
from smokealarm.tree import Node

FOLDER = "configurations-1"  # the number is that of the format; a new one forgets those of before
_SEAL = 32  # bytes of the hash that shows whether the rest is as it was written


def tree_of(content: bytes, name: str) -> Node:
    """The tree of the document that is called `name`. Raises FatalError, which is not remembered."""
    store = Store(default_folder() / FOLDER)
    key = _key(content, name)
    known = _opened(store.recall(key))
    if known is not None:
        return known
    tree: Node = load("yaml_tree").parse(content, name)
    with suppress(OverflowError, UnicodeEncodeError):  # a huge number, half of a character
        store.keep(key, _sealed(msgspec.msgpack.encode(tree)))
        store.forget_the_old()
    return tree


def _key(content: bytes, name: str) -> str:
    about = "\0".join([sys.version, __version__, *_reader(), name])
    return sha256(os.fsencode(about) + b"\0" + content).hexdigest()


def _reader() -> Iterator[str]:
    """The files that do the reading, without loading them: another version is other files."""
    for module in ("yaml", "smokealarm.yaml_tree", "smokealarm.tree"):
        spec = find_spec(module)
        if spec and spec.origin:
            with suppress(OSError):
                about = os.stat(spec.origin)
                yield f"{spec.origin} {about.st_size} {about.st_mtime_ns}"


def _sealed(packed: bytes) -> bytes:
    return sha256(packed).digest() + packed


def _opened(sealed: bytes | None) -> Node | None:
    """The tree, or None where there is none or not all of it."""
    packed = (sealed or b"")[_SEAL:]
    return _node(msgspec.msgpack.decode(packed)) if sealed == _sealed(packed) else None


def _node(packed: Any) -> Node:
    value, place, key_places = packed
    if isinstance(value, dict):
        value = {key: _node(item) for key, item in value.items()}
    elif isinstance(value, list):
        value = [_node(item) for item in value]
    return Node(value, Place(*place), {key: Place(*one) for key, one in key_places.items()})
