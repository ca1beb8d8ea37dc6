"""Which tool it is that judges: equal identities, equal verdicts on equal files."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple

from smokealarm.style.tools.running import found_program
from smokealarm.style.tools.tool import Tool

_EDITABLE = re.compile(rb'"editable"\s*:\s*true')


class Distribution(NamedTuple):
    """A package as it is installed; `changed` is when, in nanoseconds."""

    version: str
    folder: str
    changed: int


class Identity(NamedTuple):
    """`versions` are the same on every machine that judges the same.

    `stamp` also knows this machine's installation, so that it changes with a reinstallation of the
    same version; it is "" where a plug-in may change without any installation (editable mode).
    """

    versions: Mapping[str, str]
    stamp: str


def identity_of(tool: Tool) -> Identity:
    """What decides beside the files, their configuration and the options."""
    known = _installed()
    plugins = _plugins(tool.plugins) if tool.plugins else frozenset()
    names = [name for name in known if name in tool.packages or name in plugins]
    versions = {"python": ".".join(map(str, sys.version_info[:2]))}
    versions |= {name: known[name].version for name in sorted(names)}
    stamps = [sys.version, *(f"{name} {known[name]}" for name in sorted(known))]
    if tool.program:
        versions, program = _with_program(tool, versions)
        stamps.append(program)
    editable = any(_is_editable(known[name]) for name in plugins)
    return Identity(versions, "" if editable else sha256("\n".join(stamps).encode()).hexdigest())


def _with_program(tool: Tool, versions: Mapping[str, str]) -> tuple[dict[str, str], str]:
    """A program beside Python has its package's version; of another one the size must do."""
    path = found_program(tool.program)
    if path is None:
        return {**versions}, "absent"
    about = os.stat(path)
    beside_python = os.path.dirname(path) == os.path.dirname(sys.executable)
    if beside_python and any(name in versions for name in tool.packages):
        return {**versions}, f"{path} {about.st_size} {about.st_mtime_ns}"
    others = {name: version for name, version in versions.items() if name not in tool.packages}
    others[tool.program] = f"of {about.st_size} bytes"
    return others, f"{path} {about.st_size} {about.st_mtime_ns}"


@lru_cache(maxsize=1)
def _installed() -> dict[str, Distribution]:
    """What Python would find, the first of each name; `importlib.metadata` takes ten times as long."""
    found: dict[str, Distribution] = {}
    for entry in _entries():
        stem, _, ending = entry.name.rpartition(".")
        name, _, version = stem.partition("-")
        if ending in ("dist-info", "egg-info"):
            key = re.sub(r"[-_.]+", "-", name).lower()
            made = Distribution(version, entry.path, entry.stat().st_mtime_ns)
            found.setdefault(key, made)
    return found


def _entries() -> Iterator[os.DirEntry[str]]:
    for folder in dict.fromkeys(sys.path):
        if os.path.isdir(folder or "."):
            yield from os.scandir(folder or ".")


@lru_cache
def _plugins(group: str) -> frozenset[str]:
    """The packages that add to a group of entry points."""
    section = f"[{group}]".encode()
    return frozenset(
        name
        for name, known in _installed().items()
        if section in _read(os.path.join(known.folder, "entry_points.txt"))
    )


def _is_editable(distribution: Distribution) -> bool:
    return bool(_EDITABLE.search(_read(os.path.join(distribution.folder, "direct_url.json"))))


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""
