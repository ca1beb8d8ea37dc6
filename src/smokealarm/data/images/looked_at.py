"""What one image file is: read only as far as the wanted columns need it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, UnidentifiedImageError

HEADER = {"width", "height", "mode", "format"}
PIXELS = {"readable", "problem", "thumbnail"}
SIDE = 18  # of a thumbnail: twice 9, for the hash in `alike`

# What Pillow raises for files that are damaged, cut short, of no known format, or bombs.
DAMAGED = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError)
BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)

Facts = dict[str, Any]


def facts(path: Path, wanted: Collection[str]) -> Facts:
    """The wanted columns of the file that Pillow and its bytes tell."""
    found: Facts = {}
    if "bytes" in wanted:
        found["bytes"] = os.stat(path).st_size
    if "hash" in wanted:
        with path.open("rb") as file:
            found["hash"] = _digest(file)
    if not (HEADER | PIXELS).isdisjoint(wanted):
        found |= _seen(path, not PIXELS.isdisjoint(wanted))
    return found


def _digest(file: Any) -> str:
    digest = hashlib.sha256()
    while piece := file.read(1 << 20):
        digest.update(piece)
    return digest.hexdigest()


def _seen(path: Path, decode: bool) -> Facts:
    """The header and, if asked for, all pixels of the first frame. Bombs are never decoded."""
    found: Facts = {"readable": False, "problem": None}
    try:
        with Image.open(path) as image:
            found |= {"width": image.width, "height": image.height}
            found |= {"mode": image.mode, "format": image.format}
            if decode:
                image.load()
                found["thumbnail"] = thumbnail(image)
            found["readable"] = True
    except BOMBS:
        found["problem"] = f"it has more than {Image.MAX_IMAGE_PIXELS:,} pixels: not decoded"
    except DAMAGED as error:
        found["problem"] = _in_words(error, path)
    return found


def _in_words(error: Exception, path: Path) -> str:
    if isinstance(error, UnidentifiedImageError):
        return "it is empty" if not path.stat().st_size else "it is no image of a known format"
    return (str(error).splitlines() or [type(error).__name__])[0].replace(str(path), path.name)


def thumbnail(image: Image.Image) -> bytes:
    """The image in 18 x 18 levels of grey, on white where it is transparent."""
    if image.mode.startswith("I;16") or image.mode in ("I", "F"):
        image = _of_wide_numbers(image)
    if image.mode in ("LA", "PA", "RGBA", "La", "RGBa") or "transparency" in image.info:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image)
    small = image.convert("L").resize((SIDE, SIDE), Image.Resampling.BOX)
    return small.tobytes()


def _of_wide_numbers(image: Image.Image) -> Image.Image:
    """Pillow cuts wide numbers at 255 where it turns them to grey; they are stretched instead."""
    values = np.nan_to_num(np.asarray(image, np.float64), posinf=0, neginf=0)
    low, high = values.min(), values.max()
    return Image.fromarray(((values - low) * (255 / (high - low or 1))).astype(np.uint8))
