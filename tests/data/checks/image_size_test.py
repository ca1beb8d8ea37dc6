from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from smokealarm.errors import FatalError
from tests.data.photos import SIDE, photos
from tests.data.tables import ask

CHECK = "image_size"


def test_images_within_the_bounds_pass(tmp_path: Path) -> None:
    photos(tmp_path)
    bounds = {"min_width": SIDE, "max_width": SIDE, "min_height": SIDE, "max_aspect": 1}
    assert not ask(tmp_path, "photos", CHECK, **bounds)


@pytest.mark.parametrize(
    ("bounds", "told"),
    [
        ({"min_width": 97}, "its width is 40, expected at least 97"),
        ({"max_height": 19}, "its height is 20, expected at most 19"),
        ({"max_aspect": 1.5}, "its width / height is 2.0, expected at most 1.5"),
        (
            {"min_aspect": 3, "max_width": 9},
            "its width is 40, expected at most 9; its width / height",
        ),
    ],
    ids=["narrow", "high", "flat", "two faults"],
)
def test_an_image_of_another_size_is_told_on_its_file(
    tmp_path: Path, bounds: dict[str, float], told: str
) -> None:
    Image.new("RGB", (40, 20)).save(tmp_path / "x.png")
    (finding,) = ask(tmp_path, "x.png", CHECK, **bounds)
    assert finding.path == "x.png"
    assert told in finding.message


def test_an_image_without_a_header_is_left_to_another_check(tmp_path: Path) -> None:
    (tmp_path / "x.png").write_bytes(b"x")
    assert not ask(tmp_path, "x.png", CHECK, min_width=1)


def test_without_a_bound_there_is_nothing_to_check(tmp_path: Path) -> None:
    Image.new("RGB", (40, 20)).save(tmp_path / "x.png")
    with pytest.raises(FatalError, match="without ends"):
        ask(tmp_path, "x.png", CHECK)
