"""Feather 1 becomes Arrow in a process of its own: its reader crashes on damaged files."""

from __future__ import annotations

import sys

from pyarrow import feather


def convert(path: str, target: str) -> None:
    """Write the table at `path` as an Arrow file."""
    feather.write_feather(feather.read_table(path, memory_map=False), target, "uncompressed")


if __name__ == "__main__":
    convert(*sys.argv[1:])
