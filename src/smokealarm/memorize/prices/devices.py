"""Devices by name, with the memory that their makers give for them. Free of torch."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from smokealarm.errors import FatalError

DEVICES = {
    "RTX 3070": 8,
    "RTX 4060": 8,
    "RTX 3060": 12,
    "RTX 4070": 12,
    "T4": 16,
    "V100": 16,
    "RTX 4080": 16,
    "RTX 3090": 24,
    "RTX 4090": 24,
    "A10": 24,
    "L4": 24,
    "RTX 5090": 32,
    "V100 32": 32,
    "A100 40": 40,
    "A6000": 48,
    "L40S": 48,
    "A100": 80,
    "H100": 80,
    "H200": 141,
    "B200": 180,
}
COMMON = {
    "8 GiB (RTX 3070, 4060)": 8.0,
    "12 GiB (RTX 3060, 4070)": 12.0,
    "16 GiB (T4, V100)": 16.0,
    "24 GiB (RTX 3090, 4090, A10, L4)": 24.0,
    "40 GiB (A100 40)": 40.0,
    "48 GiB (A6000, L40S)": 48.0,
    "80 GiB (A100, H100)": 80.0,
    "141 GiB (H200)": 141.0,
}


def sizes(devices: Sequence[str | float]) -> dict[str, float]:
    """GiB by label; the common devices where none is named. Raises FatalError for unknown names."""
    return {_label(device): _size(device) for device in devices} or COMMON


def _label(device: str | float) -> str:
    return device if isinstance(device, str) else f"{device:g} GiB"


def _size(device: str | float) -> float:
    if not isinstance(device, str):
        return float(device)
    known = {name.casefold(): size for name, size in DEVICES.items()}
    if device.casefold() in known:
        return float(known[device.casefold()])
    close = difflib.get_close_matches(device.casefold(), known, n=1)
    meant = next((name for name in DEVICES if [name.casefold()] == close), "")
    raise FatalError(
        f"there is no device `{device}` in smokealarm's list",
        f"Did you mean `{meant}`?" if meant else "Write its memory in GiB, such as 24.",
    )
