"""The check `image_size`."""

from __future__ import annotations

from smokealarm.data.expectation import Expectation
from smokealarm.data.judging.images import few_images
from smokealarm.data.judging.rows import within
from smokealarm.data.options import check_bounds, in_words


def check(
    *,
    min_width: int | None = None,
    max_width: int | None = None,
    min_height: int | None = None,
    max_height: int | None = None,
    min_aspect: float | None = None,
    max_aspect: float | None = None,
    mostly: float = 1.0,
) -> Expectation:
    """Every image of a folder has a width, a height and an aspect within these bounds.

        data:
          - name: photos
            table: data/photos
            checks:
              - image_size: {min_width: 224, min_height: 224, max_aspect: 3}

    Options:
        min_width, max_width, min_height, max_height: in pixels; write at least one of the options.
        min_aspect, max_aspect: width divided by height: 1 is a square, 0.5 twice as high as wide.
        mostly: the share of the images that must keep to all of them, from 0 to 1; by default all.

    Widths and heights are those of the stored pixels; a rotation that EXIF asks for is not applied.
    Images whose header cannot be read have no size and are left to `images_readable`.

    Source: PIL.Image.Image.size.
    """
    ranges = [
        ("width", min_width, max_width),
        ("height", min_height, max_height),
        ("width / height", min_aspect, max_aspect),
    ]
    bounded = [one for one in ranges if one[1:] != (None, None)]
    for _, low, high in bounded or [("", None, None)]:
        check_bounds(low, high)

    def wrong(width: int | None, height: int | None) -> str:
        if not width or not height:
            return ""
        measured = {"width": width, "height": height, "width / height": width / height}
        return "; ".join(
            f"its {name} is {round(measured[name], 4)}, "
            f"expected {in_words(low, high, False, False)}"
            for name, low, high in bounded
            if not within(measured[name], low, high, False, False)
        )

    return few_images(
        ("width", "height"),
        mostly,
        wrong,
        "are of another size",
        "Resize or crop the image, or take it out; widen the bounds if such images are right.",
    )
