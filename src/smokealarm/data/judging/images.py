"""What the checks of images share: a finding on each file, and not too many of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from smokealarm.data.expectation import Answers, Expectation
from smokealarm.data.judging.rows import percent
from smokealarm.data.options import check_mostly
from smokealarm.data.questions.images import Records
from smokealarm.finding import Finding, Scalar

SHOWN = 20  # findings; GitHub shows at most 50 annotations of a step

Wrong = Callable[..., str]


def few_images(
    columns: tuple[str, ...], mostly: float, wrong: Wrong, what: str, remedy: str
) -> Expectation:
    """True when at least the share `mostly` of the images is without the fault.

    `wrong` takes the values of the columns and says what is wrong with the image, or "".
    """
    check_mostly(mostly)
    question = Records(names=("path", *columns))

    def judge(answers: Answers) -> Iterator[Finding]:
        images = answers.of(question)
        faulty = [(path, said) for path, *values in images if (said := wrong(*values))]
        if len(faulty) > (1 - mostly) * len(images) + 1e-9:
            evidence: dict[str, Scalar] = {
                "element_count": len(images),
                "unexpected_count": len(faulty),
                "unexpected_percent": 100 * len(faulty) / len(images),
                "mostly": mostly,
            }
            yield from on_files(faulty, len(images), what, remedy, evidence)

    return Expectation(questions=(question,), judge=judge)


def on_files(
    faulty: Sequence[tuple[str, str]],
    count: int,
    what: str,
    remedy: str,
    evidence: dict[str, Scalar],
) -> Iterator[Finding]:
    """A finding on each of the first files, and one that counts those that are not shown."""
    for path, said in faulty[:SHOWN]:
        yield Finding(message=f"{path}: {said}", path=path, remedy=remedy, evidence=evidence)
    if len(faulty) > SHOWN:
        yield Finding(
            message=f"{len(faulty):,} of {count:,} images {what} "
            f"({percent(len(faulty), count)}); the first {SHOWN} are told one by one",
            remedy=remedy,
            evidence=evidence,
        )
