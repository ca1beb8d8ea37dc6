from __future__ import annotations

from pathlib import Path

from PIL import Image

from tests.data.photos import photos
from tests.data.tables import ask

CHECK = "image_mode"


def test_images_of_the_mode_pass(tmp_path: Path) -> None:
    photos(tmp_path)
    assert not ask(tmp_path, "photos", CHECK, mode="RGB")
    assert not ask(tmp_path, "photos", CHECK, mode=["L", "RGB"])


def test_an_image_of_another_mode_is_told_on_its_file(tmp_path: Path) -> None:
    odd = photos(tmp_path) / "test/flower/2.jpg"
    Image.open(odd).convert("L").save(odd)
    (finding,) = ask(tmp_path, "photos", CHECK, mode="RGB")
    assert finding.path == "photos/test/flower/2.jpg"
    assert finding.message == "photos/test/flower/2.jpg: its mode is L, expected RGB"
    assert not ask(tmp_path, "photos", CHECK, mode="RGB", mostly=0.95)


def test_an_image_without_a_header_is_left_to_another_check(tmp_path: Path) -> None:
    (photos(tmp_path) / "test/flower/2.jpg").write_bytes(b"x")
    assert not ask(tmp_path, "photos", CHECK, mode="RGB")
