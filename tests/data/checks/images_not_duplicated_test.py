from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageEnhance

from smokealarm.data.images import alike
from smokealarm.errors import FatalError
from tests.data.photos import photos
from tests.data.tables import ask

CHECK = "images_not_duplicated"


@pytest.mark.parametrize("options", [{}, {"distance": 0}, {"distance": 10}], ids=str)
def test_different_photographs_pass(tmp_path: Path, options: dict[str, Any]) -> None:
    photos(tmp_path, of_each=12)
    assert not ask(tmp_path, "photos", CHECK, **options)


def test_the_same_file_in_two_splits_is_told_on_the_later_one(tmp_path: Path) -> None:
    root = photos(tmp_path)
    shutil.copy(root / "train/china/1.jpg", root / "test/china/copy.jpg")
    for options in ({}, {"across": "split"}):
        (finding,) = ask(tmp_path, "photos", CHECK, **options)
        assert finding.path == "photos/train/china/1.jpg"
        assert "it is the same file as photos/test/china/copy.jpg" in finding.message
    assert not ask(tmp_path, "photos", CHECK, across="class")
    assert not ask(tmp_path, "photos", CHECK, mostly=0.9)


def test_the_same_file_in_two_classes_is_labelled_in_two_ways(tmp_path: Path) -> None:
    root = photos(tmp_path)
    shutil.copy(root / "train/china/1.jpg", root / "train/flower/copy.jpg")
    (finding,) = ask(tmp_path, "photos", CHECK, across="class")
    assert finding.message.endswith("one is of the class flower, the other of china")
    assert not ask(tmp_path, "photos", CHECK, across="split")


@pytest.mark.parametrize("change", ["resized", "recoded", "brightened", "grey"])
def test_the_same_picture_in_another_file_is_found(tmp_path: Path, change: str) -> None:
    root = photos(tmp_path)
    most_detailed = max(root.glob("train/china/*"), key=lambda file: file.stat().st_size)
    picture = Image.open(most_detailed).copy()
    changed = {
        "resized": lambda: picture.resize((70, 70)),
        "recoded": lambda: picture,
        "brightened": lambda: ImageEnhance.Brightness(picture).enhance(1.1),
        "grey": lambda: picture.convert("L"),
    }[change]()
    changed.save(root / "test/china/again.jpg", quality=60)
    assert not ask(tmp_path, "photos", CHECK)
    (finding,) = ask(tmp_path, "photos", CHECK, distance=10, across="split")
    assert "it shows the same picture" in finding.message


def test_images_without_contrast_are_compared_by_their_bytes_only(tmp_path: Path) -> None:
    for level in range(5):
        Image.new("L", (50, 50), level * 50).save(tmp_path / f"{level}.png")
    assert not ask(tmp_path, ".", CHECK, distance=16)


@settings(max_examples=25, derandomize=True, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(0, 16))
def test_no_pair_is_missed_by_the_bands(seed: int, distance: int) -> None:
    random = np.random.default_rng(seed)
    base = random.integers(0, 256, (8, 18 * 18))
    noise = random.integers(-12, 13, (40, 18 * 18))
    greys = np.clip(base[random.integers(0, 8, 40)] + noise, 0, 255).astype(np.uint8)
    bits = alike.hashes(greys)
    expected = {
        (one, other, int((bits[one] != bits[other]).sum()))
        for one in range(40)
        for other in range(one + 1, 40)
        if (bits[one] != bits[other]).sum() <= distance
    }
    found = alike.pairs([row.tobytes() for row in greys], distance)
    assert {tuple(pair) for pair in found} == expected


@pytest.mark.parametrize("distance", [-1, 17])
def test_a_distance_out_of_range_is_refused(tmp_path: Path, distance: int) -> None:
    photos(tmp_path, of_each=1)
    with pytest.raises(FatalError, match="out of range"):
        ask(tmp_path, "photos", CHECK, distance=distance)
