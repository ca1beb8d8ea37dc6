"""Folders of real photographs, cut from the two that scikit-learn brings."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image
from sklearn.datasets import load_sample_image

SIDE = 96
WIDE, HIGH = 6, 4  # how many places there are, none of which overlap


def photos(folder: Path, of_each: int = 6) -> Path:
    """`photos/<split>/<class>/<n>.jpg`: places in a photograph of a temple and in one of a flower."""
    root = folder / "photos"
    for name in ("china", "flower"):
        photo = Image.fromarray(load_sample_image(f"{name}.jpg"))
        places = iter(np.random.default_rng(1).permutation(WIDE * HIGH).tolist())
        for split in ("train", "test"):
            (root / split / name).mkdir(parents=True, exist_ok=True)
            for at in range(of_each):
                y, x = (SIDE * way for way in divmod(next(places), WIDE))
                piece = photo.crop((x, y, x + SIDE, y + SIDE))
                piece.save(root / split / name / f"{at}.jpg", quality=95)
    return root
