"""Where a project keeps flake8 plug-ins of its own: `paths` under `[flake8:local-plugins]`."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from configparser import Error, RawConfigParser
from contextlib import suppress


def folders(configuration: bytes) -> Iterator[str]:
    """The folders that a file of flake8's configuration names, relative to the repository's root."""
    parser = RawConfigParser()
    with suppress(Error, UnicodeDecodeError):  # flake8 itself will say what is wrong with it
        parser.read_string(configuration.decode())
    paths = parser.get("flake8:local-plugins", "paths", fallback="")
    for path in re.split(r"[,\s]+", paths):
        if path and not path.startswith(("/", "..")):
            folder = posixpath.normpath(path)
            yield "" if folder == "." else folder
