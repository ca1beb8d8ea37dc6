"""Text that is packed with zstd, by pyarrow: the standard library reads it only from Python 3.14 on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa


def opened(path: Path) -> Any:
    """The unpacked bytes, in pieces."""
    return pa.CompressedInputStream(pa.OSFile(str(path)), "zstd")
