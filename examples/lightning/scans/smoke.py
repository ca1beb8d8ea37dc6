"""The training set-up as the smoke test sees it: the module and the datamodule of train.py."""

from typing import Any

from scans.data import Digits
from scans.module import Reader


def setup(seed: int) -> dict[str, Any]:
    return {"model": Reader(), "data": Digits(), "trainer": {"gradient_clip_val": 1.0}}
