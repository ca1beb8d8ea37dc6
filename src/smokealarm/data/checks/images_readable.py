"""The check `images_readable`."""

from __future__ import annotations

from smokealarm.data.expectation import Expectation
from smokealarm.data.judging.images import few_images


def check(*, mostly: float = 1.0) -> Expectation:
    """Every image of a folder can be decoded, to its last pixel.

        data:
          - name: photos
            table: data/photos
            checks:
              - images_readable

    Options:
        mostly: the share of the images that must be readable, from 0 to 1; by default all.

    Decoded are the pixels of the first frame, by Pillow. A file that is cut short, damaged, empty, or no
    image at all is told with its path, as is one of more than 89 million pixels, which is not decoded:
    it could be made to fill the memory.

    Source: PIL.Image.Image.load and PIL.Image.MAX_IMAGE_PIXELS.
    """
    return few_images(
        ("readable", "problem"),
        mostly,
        lambda readable, problem: "" if readable else f"it cannot be read: {problem}",
        "cannot be read",
        "Fetch or export the image again, or take it out of the data set.",
    )
