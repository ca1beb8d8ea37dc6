from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from smokealarm.errors import FatalError
from smokealarm.finding import Curve, Finding, Verdict
from smokealarm.results import VERSION, Outcome, Results, read, write, write_atomically

FULL = Results(
    version=VERSION,
    verdict=Verdict.ALARM,
    outcomes=(
        Outcome(
            stage="memorize",
            case="c",
            check="memorizes",
            verdict=Verdict.ALARM,
            findings=(Finding(message="bad", path="ä.py", line=3, evidence={"loss": 2.5}),),
            pictures=(
                Curve(
                    title="t", x_label="step", y_label="loss", x=[0, 1], series={"a": [1.0, None]}
                ),
            ),
        ),
    ),
)


def test_what_is_written_is_read_back_whole(tmp_path: Path) -> None:
    write(FULL, tmp_path / "new" / "results.json")
    assert read(tmp_path / "new" / "results.json") == FULL


def test_the_document_begins_with_its_version_and_verdict(tmp_path: Path) -> None:
    write(FULL, tmp_path / "results.json")
    assert '"version": 1,\n "verdict": "alarm"' in (tmp_path / "results.json").read_text()


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"[1, 2]", b'{"version": 2, "verdict": "pass"}', b'{"version": 1, "verd', b"\xff"],
    ids=["empty", "no fields", "a list", "another version", "cut off", "no text"],
)
def test_a_document_that_is_not_one_is_refused_with_its_path(
    tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "r.json").write_bytes(content)
    with pytest.raises(FatalError, match="r.json is not a results file"):
        read(tmp_path / "r.json")


def test_a_missing_document_is_named(tmp_path: Path) -> None:
    with pytest.raises(FatalError, match="cannot read the results file .*none.json: No such file"):
        read(tmp_path / "none.json")


def test_a_write_that_fails_leaves_what_was_there_and_no_draft(tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    path.write_text("before")
    with pytest.raises(TypeError):
        write_atomically(path, "text where bytes are due")  # type: ignore[arg-type]  # on purpose
    assert path.read_text() == "before"
    assert os.listdir(tmp_path) == ["r.json"]


def test_the_document_is_readable_by_others_so_that_a_later_step_can_read_it(
    tmp_path: Path,
) -> None:
    write(FULL, tmp_path / "r.json")
    assert stat.S_IMODE((tmp_path / "r.json").stat().st_mode) == 0o644
