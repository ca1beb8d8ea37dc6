"""The check `images_not_duplicated`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal

from smokealarm.data.expectation import Answers, Expectation
from smokealarm.data.judging.images import on_files
from smokealarm.data.options import check_mostly
from smokealarm.data.questions.images import Records
from smokealarm.errors import FatalError
from smokealarm.finding import Finding
from smokealarm.loading import load

FURTHEST = 16  # bits; beyond, different pictures meet by chance

Record = tuple[Any, ...]  # path, group, hash and, where it is asked for, thumbnail
Twins = dict[int, tuple[int, str]]  # the image, the earlier one that it repeats, and how


def check(
    *,
    distance: int | None = None,
    across: Literal["all", "split", "class"] = "all",
    mostly: float = 1.0,
) -> Expectation:
    """No image of a folder repeats another one.

        data:
          - name: photos
            table: data/photos
            checks:
              - images_not_duplicated
              - images_not_duplicated: {across: split, distance: 6}

    Options:
        distance: by default, images repeat where their files are equal byte for byte. With a number from
            0 to 16, also where they show the same picture, resized, recoded or brightened: where at most
            so many of the 128 bits of their difference hashes differ, and their details correlate.
        across: `split` counts only pairs in different splits, which is leakage from training into a
            test; `class` only pairs in different classes, which are labelled in two ways.
        mostly: the share of the images that must repeat no earlier one, from 0 to 1; by default all.

    The split and the class are folders: data/photos/train/cat/1.jpg. Each finding names the later file and
    the earlier one. Turned and mirrored pictures are not found. Images without contrast, and those that
    cannot be read, are compared byte for byte only. Soft pictures are often missed: of 300 pieces of two
    photographs, sky included, with distance 10, 90 % were found when they were recoded (quality 60) or
    halved in size, 80 % when 20 % brighter. Leave `distance` out for pictures of few shapes, as digits,
    icons, or frames of one video: different ones are alike.

    Source: SHA-256; dHash, Neal Krawetz, "Kind of Like That", hackerfactor.com, 2013.
    """
    check_mostly(mostly)
    if distance is not None and not 0 <= distance <= FURTHEST:
        raise FatalError(
            f"`distance: {distance}` is out of range",
            f"Write a number from 0 (strict) to {FURTHEST} bits (lenient).",
        )
    group = "split" if across == "all" else across
    columns = ("path", group, "hash") + (("thumbnail",) if distance is not None else ())
    question = Records(names=columns)

    def judge(answers: Answers) -> Iterator[Finding]:
        images = answers.of(question)
        twins = _equal(images, across)
        if distance is not None:
            for second, first_and_how in _alike(images, across, distance).items():
                twins.setdefault(second, first_and_how)
        if len(twins) > (1 - mostly) * len(images) + 1e-9:
            faulty = [
                (images[at][0], f"it {how} {images[first][0]}{_groups(images, at, first, across)}")
                for at, (first, how) in sorted(twins.items())
            ]
            remedy = "Keep one of the two; of a pair in two splits, the one in the test."
            evidence = {"element_count": len(images), "unexpected_count": len(twins)}
            yield from on_files(faulty, len(images), "repeat an earlier one", remedy, {**evidence})

    return Expectation(questions=(question,), judge=judge)


def _equal(images: Sequence[Record], across: str) -> Twins:
    """Images whose files are equal, each with the first of another group, or of any."""
    firsts: dict[str, dict[Any, int]] = {}
    twins: Twins = {}
    for at, (_, group, digest, *_rest) in enumerate(images):
        seen = firsts.setdefault(digest, {}) if digest else {}
        earlier = (one for key, one in seen.items() if across == "all" or key != group)
        if (first := next(earlier, None)) is not None:
            twins[at] = (first, "is the same file as")
        seen.setdefault(group, at)
    return twins


def _alike(images: Sequence[Record], across: str, distance: int) -> Twins:
    """Images that show the same picture. Of equal files in one group, the first stands for all."""
    kept: dict[tuple[Any, Any], int] = {}
    for at, (_, group, digest, thumbnail) in enumerate(images):
        if thumbnail is not None:
            kept.setdefault((group, digest), at)
    chosen = list(kept.values())
    twins: Twins = {}
    for pair in load("data.images.alike").pairs([images[at][3] for at in chosen], distance):
        first, second = chosen[pair.first], chosen[pair.second]
        if across == "all" or images[first][1] != images[second][1]:
            twins.setdefault(second, (first, f"shows the same picture ({pair.distance} bits) as"))
    return twins


def _groups(images: Sequence[Record], at: int, first: int, across: str) -> str:
    if across == "all":
        return ""
    return f": one is of the {across} {images[at][1]}, the other of {images[first][1]}"
