"""Real repositories, real processes: what a change to a model, a suite or a label comes to."""

from __future__ import annotations

from pathlib import Path

import pytest

from smokealarm.errors import FatalError
from smokealarm.finding import Level, Verdict
from smokealarm.workspace import ChangedFile
from tests.regress.repository import (
    SUITE,
    after,
    created,
    line,
    of_level,
    parity,
    tables,
    wrong_for,
)


def test_an_unchanged_model_on_200_examples_passes_without_a_finding(tmp_path: Path) -> None:
    outcome = after(tmp_path, {}, {})
    assert (outcome.verdict, outcome.findings) == (Verdict.PASS, ())
    assert [table.rows[0][1:6] for table in tables(outcome)] == [[200, "100.0 %", "100.0 %", 0, 0]]


def test_a_model_that_got_better_passes_without_a_finding(tmp_path: Path) -> None:
    outcome = after(tmp_path, {"odd.py": wrong_for("n < 40")}, {"odd.py": wrong_for("False")})
    assert (outcome.verdict, outcome.findings) == (Verdict.PASS, ())


def test_a_harmless_flip_is_in_a_table_and_not_a_finding(tmp_path: Path) -> None:
    change = {"odd.py": wrong_for("n == 7")}
    outcome = after(tmp_path, {SUITE: parity(600)}, change)
    assert (outcome.verdict, outcome.findings) == (Verdict.PASS, ())
    assert [row[0] for row in tables(outcome)[1].rows] == [8]


def test_a_model_that_got_worse_alarms_and_every_newly_wrong_example_is_on_its_line(
    tmp_path: Path,
) -> None:
    outcome = after(tmp_path, {}, {"odd.py": wrong_for("n % 20 == 3")})
    (alarm,) = of_level(outcome, Level.FAILURE)
    assert outcome.verdict is Verdict.ALARM
    assert (alarm.path, alarm.line) == (".smokealarm.yaml", 6)
    assert alarm.message.startswith(
        "parity: right answers fell from 100.0 % to 95.0 % (\u22125.0 points; 10 examples newly"
        " wrong, 0 newly right; p = 0.00049; "
    )
    flipped = [(finding.path, finding.line) for finding in of_level(outcome, Level.WARNING)]
    assert flipped == [(SUITE, n + 1) for n in range(200) if n % 20 == 3]


def test_the_example_that_the_model_is_surest_of_comes_first_and_a_near_tie_is_tagged(
    tmp_path: Path,
) -> None:
    sure = (
        "def load():\n"
        "    return lambda batch: [[0, n + 0.001] if n < 10 or n % 2 else [9, 0] for n in batch]\n"
    )
    outcome = after(tmp_path, {}, {"odd.py": sure})
    flipped = of_level(outcome, Level.WARNING)
    assert [finding.line for finding in flipped] == [9, 7, 5, 3, 1]
    assert [finding.evidence["near_tie"] for finding in flipped] == [False] * 4 + [True]
    assert "the changed one 1 (margin 8)" in flipped[0].message


def test_a_drop_that_few_examples_cannot_tell_is_inconclusive_and_says_what_would_settle_it(
    tmp_path: Path,
) -> None:
    outcome = after(tmp_path, {}, {"odd.py": wrong_for("n in (3, 4, 5)")})
    assert (outcome.verdict, outcome.findings) == (Verdict.INCONCLUSIVE, ())
    assert "200 examples are too few to tell" in outcome.reason
    assert outcome.remedy.startswith("Add about ")


def test_examples_of_one_group_stand_and_fall_together(tmp_path: Path) -> None:
    grouped = "".join(line(n, n % 2, group=f"g{n // 50}") + "\n" for n in range(400))
    outcome = after(tmp_path, {SUITE: grouped}, {"odd.py": wrong_for("n < 20")})
    assert outcome.verdict is Verdict.INCONCLUSIVE
    assert "400 examples in 8 groups are too few" in outcome.reason


def test_a_change_is_judged_by_the_labels_of_the_base_and_the_edit_is_told(
    tmp_path: Path,
) -> None:
    edited = {f"n{n}": 1 - n % 2 for n in range(0, 200, 10)}
    change = {"odd.py": wrong_for("n % 10 == 0"), SUITE: parity(**edited)}
    outcome = after(tmp_path, {}, change)
    warnings = [finding.message for finding in of_level(outcome, Level.WARNING)]
    assert outcome.verdict is Verdict.ALARM
    assert warnings[0].startswith("the expected label was 0 and is now 1; the model says 1")
    assert len(warnings) == 20 + 20


def test_deleted_examples_are_one_warning_and_new_ones_do_not_vote(tmp_path: Path) -> None:
    lines = parity(300).splitlines(keepends=True)
    change = {SUITE: "".join(lines[10:]), "odd.py": wrong_for("n >= 200")}
    outcome = after(tmp_path, {}, change)
    (warning,) = outcome.findings
    assert (outcome.verdict, warning.level) == (Verdict.PASS, Level.WARNING)
    assert warning.message.startswith("10 examples left the suite")
    assert tables(outcome)[0].rows[0][-2:] == [10, 100]


def test_the_first_pull_request_of_a_suite_passes_with_a_notice(tmp_path: Path) -> None:
    repository = created(tmp_path)
    base = repository.commit()
    repository.write({"odd.py": wrong_for("n < 10"), SUITE: parity()})
    outcome = repository.asked(base)
    assert (outcome.verdict, outcome.findings[0].level) == (Verdict.PASS, Level.NOTICE)
    assert "Today 190 of 200 examples are right (95.0 %)" in outcome.findings[0].message


def test_renaming_the_suite_does_not_shake_off_the_baseline(tmp_path: Path) -> None:
    renamed = (ChangedFile(path="suites/new.jsonl", blob="", base_path=SUITE),)
    change = {"suites/new.jsonl": parity(), "odd.py": wrong_for("n < 50")}
    outcome = after(tmp_path, {}, change, renamed=renamed, suite="suites/new.jsonl")
    assert outcome.verdict is Verdict.ALARM


def test_renaming_the_model_is_inconclusive(tmp_path: Path) -> None:
    outcome = after(tmp_path, {}, {"new.py": wrong_for("n < 50")}, model="new:load")
    assert outcome.verdict is Verdict.INCONCLUSIVE
    assert "there is no module `new`" in outcome.reason


def test_without_a_base_commit_there_is_nothing_to_compare_with(tmp_path: Path) -> None:
    repository = created(tmp_path)
    repository.write({"odd.py": wrong_for("False"), SUITE: parity()})
    outcome = repository.asked("")
    assert outcome.verdict is Verdict.INCONCLUSIVE
    assert outcome.remedy == "Say which: --base main"


def test_suites_without_a_common_example_are_inconclusive(tmp_path: Path) -> None:
    outcome = after(tmp_path, {}, {SUITE: line(1000, 0)})
    assert outcome.verdict is Verdict.INCONCLUSIVE
    assert "share no example" in outcome.reason


def test_limits_that_nothing_could_settle_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FatalError, match="leave drops that no suite could ever settle") as caught:
        after(tmp_path, {}, {}, options={"by": 0.05, "tolerance": 0.02})
    assert str(caught.value.place) == ".smokealarm.yaml:6:9"


def test_labels_of_another_kind_than_the_answers_are_refused(tmp_path: Path) -> None:
    texts = "".join(line(n, str(n % 2)) + "\n" for n in range(200))
    with pytest.raises(FatalError, match="expects labels like '0'.* answers like 0"):
        after(tmp_path, {SUITE: texts}, {})


SURE = "def load():\n    return lambda batch: [{'label': n % 2, 'score': 1 / (n + 2)} for n in batch]\n"


def test_a_model_with_the_same_scores_passes_on_a_suite_that_is_too_small_to_tell(
    tmp_path: Path,
) -> None:
    outcome = after(tmp_path, {SUITE: parity(20), "odd.py": SURE}, {"README.md": "new"})
    assert (outcome.verdict, outcome.findings) == (Verdict.PASS, ())


def test_a_model_with_other_scores_stays_inconclusive_on_a_suite_that_is_too_small(
    tmp_path: Path,
) -> None:
    files = {SUITE: parity(20), "odd.py": SURE}
    outcome = after(tmp_path, files, {"odd.py": SURE.replace("n + 2", "n + 3")})
    assert outcome.verdict is Verdict.INCONCLUSIVE


def test_where_the_whole_tree_is_judged_nothing_is_compared_and_a_notice_says_so(
    tmp_path: Path,
) -> None:
    repository = created(tmp_path)
    repository.write({"odd.py": wrong_for("False"), SUITE: parity()})
    outcome = repository.asked("", everything=True)
    (notice,) = outcome.findings
    assert (outcome.verdict, notice.level) == (Verdict.PASS, Level.NOTICE)
    assert "the whole tree is judged" in notice.message
    assert "200 of 200 examples are right" in notice.message
