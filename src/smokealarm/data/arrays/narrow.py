"""Numbers of 8 and 16 bits that numpy has no type for, as 32-bit ones: nothing is lost."""

from __future__ import annotations

import numpy as np

from smokealarm.data.arrays.stored import Values


def from_bfloat16(values: Values) -> Values:
    """The upper half of a 32-bit number."""
    return (values.astype(np.uint32) << 16).view(np.float32)


def from_float8_e4m3(values: Values) -> Values:
    """Four bits of exponent, bias 7, no infinities, NaN where all bits are set: arXiv:2209.05433."""
    return _E4M3[values]


def from_float8_e5m2(values: Values) -> Values:
    """The upper half of a 16-bit number: arXiv:2209.05433."""
    return (values.astype(np.uint16) << 8).view(np.float16).astype(np.float32)


def _e4m3(byte: int) -> float:
    sign, exponent, mantissa = -1.0 if byte & 0x80 else 1.0, (byte >> 3) & 15, byte & 7
    if byte & 0x7F == 0x7F:
        return float("nan")
    if exponent == 0:
        return float(sign * mantissa / 8 * 2.0**-6)
    return float(sign * (1 + mantissa / 8) * 2.0 ** (exponent - 7))


_E4M3 = np.array([_e4m3(byte) for byte in range(256)], np.float32)
