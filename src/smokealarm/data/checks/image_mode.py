"""The check `image_mode`."""

from __future__ import annotations

from smokealarm.data.expectation import Expectation
from smokealarm.data.judging.images import few_images


def check(*, mode: str | list[str], mostly: float = 1.0) -> Expectation:
    """Every image of a folder has this mode: the same channels, of the same depth.

        data:
          - name: photos
            table: data/photos
            checks:
              - image_mode: {mode: [RGB, L]}

    Options:
        mode: Pillow's name of the mode, or several: RGB, L (grey), RGBA, P (a palette), CMYK, I;16, 1.
        mostly: the share of the images that must have it, from 0 to 1; by default all.

    Images whose header cannot be read have no mode and are left to `images_readable`.

    Source: PIL.Image.Image.mode, https://pillow.readthedocs.io/en/stable/handbook/concepts.html.
    """
    wanted = [mode] if isinstance(mode, str) else mode
    expected = " or ".join(wanted)

    def wrong(found: str | None) -> str:
        right = found is None or found in wanted
        return "" if right else f"its mode is {found}, expected {expected}"

    return few_images(
        ("mode",),
        mostly,
        wrong,
        f"are not {expected}",
        "Convert it: Image.open(path).convert(mode), or allow its mode here.",
    )
