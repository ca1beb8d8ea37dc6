from __future__ import annotations

import os
from pathlib import Path

import pytest
from PIL import Image

from smokealarm.errors import Inconclusive
from tests.data.photos import photos
from tests.data.tables import ask, table

CHECK = "images_readable"


def test_real_photographs_pass(tmp_path: Path) -> None:
    photos(tmp_path)
    assert not ask(tmp_path, "photos", CHECK)


@pytest.mark.parametrize("suffix", ["png", "webp", "gif", "bmp", "tiff", "ppm", "jpeg"])
@pytest.mark.parametrize("mode", ["L", "RGB", "1"])
def test_every_format_and_mode_passes(tmp_path: Path, suffix: str, mode: str) -> None:
    Image.radial_gradient("L").convert(mode).save(tmp_path / f"x.{suffix}")
    assert not ask(tmp_path, f"x.{suffix}", CHECK)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param(b"", "it is empty", id="empty"),
        pytest.param(b"not found", "it is no image of a known format", id="an error page"),
        pytest.param(None, "truncated", id="cut short"),
    ],
)
def test_a_broken_file_is_told_on_the_file_itself(
    tmp_path: Path, content: bytes | None, told: str
) -> None:
    broken = photos(tmp_path) / "train/china/3.jpg"
    broken.write_bytes(broken.read_bytes()[:1500] if content is None else content)
    (finding,) = ask(tmp_path, "photos", CHECK)
    assert finding.path == "photos/train/china/3.jpg"
    assert told in finding.message
    assert finding.evidence["element_count"] == 24
    assert not ask(tmp_path, "photos", CHECK, mostly=0.9)


def test_an_image_that_would_fill_the_memory_is_not_decoded(tmp_path: Path) -> None:
    Image.new("1", (30_000, 20_000)).save(tmp_path / "bomb.png")
    (finding,) = ask(tmp_path, "bomb.png", CHECK)
    assert "more than 89,478,485 pixels: not decoded" in finding.message


def test_many_broken_files_are_counted_and_some_are_shown(tmp_path: Path) -> None:
    for at in range(30):
        (tmp_path / f"{at:02}.png").write_bytes(b"x")
    findings = ask(tmp_path, ".", CHECK)
    assert [finding.path for finding in findings][19:] == ["19.png", None]
    assert findings[-1].message.startswith("30 of 30 images cannot be read (100.0 %)")


def test_a_pointer_of_git_lfs_is_no_broken_image(tmp_path: Path) -> None:
    (tmp_path / "x.png").write_text("version https://git-lfs.github.com/spec/v1\n")
    with pytest.raises(Inconclusive, match="not fetched"):
        ask(tmp_path, "x.png", CHECK)


def test_a_pipe_with_the_name_of_an_image_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.png")
    (finding,) = ask(tmp_path, "x.png", CHECK)
    assert "a pipe or a device" in finding.message


def test_another_table_has_no_images(tmp_path: Path) -> None:
    (finding,) = ask(tmp_path, table(tmp_path, {"a": [1]}), CHECK)
    assert "there is no column 'path'" in finding.message


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("class", ["china", "flower"]),
        ("split", ["train", "test"]),
        ("format", ["JPEG"]),
        ("mode", ["RGB"]),
    ],
)
def test_a_folder_of_images_is_a_table_like_any_other(
    tmp_path: Path, column: str, values: list[str]
) -> None:
    photos(tmp_path)
    check = "expect_column_values_to_be_in_set"
    assert not ask(tmp_path, "photos", check, column=column, value_set=values)
    assert ask(tmp_path, "photos", check, column=column, value_set=["other"])
