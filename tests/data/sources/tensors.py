"""Files of tensors that no library here writes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np


def safetensors_file(path: Path, header: Mapping[str, Any], data: bytes) -> None:
    """Write the header as it is, true or not."""
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + data)


def bfloat16_file(path: Path, values: Sequence[float]) -> None:
    """A tensor `w` of numbers that bfloat16 holds exactly."""
    data = (np.array(values, np.float32).view(np.uint32) >> 16).astype("<u2").tobytes()
    tensor = {"dtype": "BF16", "shape": [len(values)], "data_offsets": [0, len(data)]}
    safetensors_file(path, {"w": tensor}, data)
