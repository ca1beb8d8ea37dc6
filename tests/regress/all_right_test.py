"""A contract of examples that must pass."""

from __future__ import annotations

from pathlib import Path

from smokealarm.finding import Verdict
from tests.regress.repository import EVEN_OR_ODD, SUITE, created, line, parity, wrong_for


def test_a_model_that_gets_all_right_passes_even_with_one_example_and_no_base(
    tmp_path: Path,
) -> None:
    repository = created(tmp_path)
    repository.write({"odd.py": EVEN_OR_ODD, SUITE: line(3, 1)})
    outcome = repository.asked("", check="all_right")
    assert (outcome.verdict, outcome.findings) == (Verdict.PASS, ())


def test_each_wrong_answer_is_a_failure_on_its_line(tmp_path: Path) -> None:
    repository = created(tmp_path)
    repository.write({"odd.py": wrong_for("n in (3, 90)"), SUITE: parity()})
    outcome = repository.asked("", check="all_right")
    assert outcome.verdict is Verdict.ALARM
    assert [(finding.path, finding.line) for finding in outcome.findings] == [
        (SUITE, 4),
        (SUITE, 91),
    ]
    assert outcome.findings[0].message.endswith("expected 1, the model says 0")


def test_a_model_that_answers_nan_is_wrong(tmp_path: Path) -> None:
    repository = created(tmp_path)
    nan = "def load():\n    return lambda batch: [[float('nan'), 1.0] if n == 3 else 0 for n in batch]\n"
    repository.write({"odd.py": nan, SUITE: line(3, 1) + "\n" + line(4, 0)})
    outcome = repository.asked("", check="all_right")
    assert "the model says NaN, not a number" in outcome.findings[0].message
