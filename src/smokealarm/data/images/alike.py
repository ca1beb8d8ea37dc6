"""Which thumbnails show the same picture: candidates by a difference hash, confirmed by their details.

The hash has 128 bits: whether each of 8 x 8 places is darker than the one to its right, and than the one
below. Method: dHash, Neal Krawetz, "Kind of Like That", hackerfactor.com, 2013; here in both directions.
Hashes that differ in at most d bits agree in at least one of d + 1 bands of their bits, so that only
images that share a band are compared: nothing is missed, and not all pairs are looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

SIDE = 18
PLAIN = (
    2.0  # standard deviation of what is left of the greys below which there is nothing to compare
)
ALIKE = 0.97  # correlation of what is left in thumbnails of the same picture

Numbers = np.ndarray[Any, np.dtype[Any]]

_ONES = np.array([bin(word).count("1") for word in range(1 << 16)], np.uint8)


class Pair(NamedTuple):
    """Two images by their position, the earlier one first, and in how many bits they differ."""

    first: int
    second: int
    distance: int


def pairs(thumbnails: Sequence[bytes], distance: int) -> list[Pair]:
    """All pairs whose hashes differ in at most so many bits and whose details agree."""
    if len(thumbnails) < 2:
        return []
    greys = np.frombuffer(b"".join(thumbnails), np.uint8).reshape(-1, SIDE * SIDE)
    details = _details(greys)
    telling = np.flatnonzero(details.std(axis=1) >= PLAIN)
    bits = hashes(greys[telling])
    words = np.packbits(bits, axis=1).view(np.uint16)
    found: dict[tuple[int, int], int] = {}
    for one, others in _meetings(bits, distance):
        apart = _ONES[words[others] ^ words[one]].sum(axis=1)
        for other, bits_apart in zip(others[apart <= distance], apart[apart <= distance]):
            first, second = sorted((int(telling[one]), int(telling[other])))
            found[first, second] = int(bits_apart)
    alike = (Pair(*pair, apart) for pair, apart in found.items() if _agree(*details[list(pair)]))
    return sorted(alike)


def hashes(greys: Numbers) -> Numbers:
    """128 bits for each row of greys."""
    squares = greys.reshape(-1, 9, 2, 9, 2).mean(axis=(2, 4))
    right = squares[:, :8, :8] < squares[:, :8, 1:]
    below = squares[:, :8, :8] < squares[:, 1:, :8]
    return np.concatenate([right.reshape(-1, 64), below.reshape(-1, 64)], axis=1)


def _meetings(bits: Numbers, distance: int) -> Iterator[tuple[int, Numbers]]:
    """Each image with later ones that share a band. Neighbouring bits are alike, so bands mix them."""
    mixed = np.random.default_rng(0).permutation(bits.shape[1])
    for band in np.array_split(mixed, distance + 1):
        keys = np.packbits(bits[:, band], axis=1)
        _, which = np.unique(keys, axis=0, return_inverse=True)
        order = np.argsort(which.ravel(), kind="stable")
        ends = np.flatnonzero(np.diff(which.ravel()[order])) + 1
        for group in np.split(order, ends):
            for at in range(len(group) - 1):
                yield int(group[at]), group[at + 1 :]


def _details(greys: Numbers) -> Numbers:
    """What is left of the greys without their slope and bend: two skies are no two same pictures."""
    y, x = (axis.ravel() / SIDE - 0.5 for axis in np.mgrid[:SIDE, :SIDE])
    smooth, _ = np.linalg.qr(np.stack([np.ones_like(x), x, y, x * y, x * x, y * y], axis=1))
    return np.asarray(greys - (greys @ smooth) @ smooth.T)


def _agree(one: Numbers, other: Numbers) -> bool:
    return bool(np.corrcoef(one, other)[0, 1] >= ALIKE)
