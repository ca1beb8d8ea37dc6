"""What comes first, what is folded, and that nothing is lost on the way."""

from __future__ import annotations

from hypothesis import given

from smokealarm.finding import Finding, Level, Verdict
from smokealarm.report.ranking import entries, folded, grouped, ranked, weight
from smokealarm.results import Outcome, Results
from tests.report import hostile
from tests.report.samples import MISTAKE, PASSED, SILENCES, USUAL, outcome, results


def messages(document: Results) -> list[str]:
    return [entry.finding.message for entry in ranked(folded(entries(document)))]


def test_a_run_that_passed_has_nothing_to_tell() -> None:
    assert entries(PASSED) == []


def test_the_loudest_comes_first() -> None:
    found = [Finding(message=level.value, level=level, path="a.py") for level in Level]
    assert messages(results(outcome(*found))) == ["failure", "warning", "notice"]


def test_a_configuration_error_comes_before_everything() -> None:
    loud = outcome(Finding(message="loud", path="a.py"))
    assert messages(results(loud, errors=MISTAKE.errors))[0] == MISTAKE.errors[0].message


def test_a_place_of_its_own_comes_before_the_line_that_asked() -> None:
    pinned = Finding(message="pinned", path=".smokealarm.yaml", line=3)
    placed = Finding(message="placed", path="a.py", line=3)
    assert messages(results(outcome(pinned), outcome(placed, check="black"))) == [
        "placed",
        "pinned",
    ]


def test_every_check_is_heard_once_before_any_is_heard_twice() -> None:
    many = outcome(*(Finding(message=f"{n}", path="a.py", line=n) for n in range(9)))
    one = outcome(Finding(message="pinned", path=".smokealarm.yaml"), stage="memorize")
    assert messages(results(many, one))[:2] == ["0", "pinned"]


def test_only_the_same_in_every_respect_is_folded() -> None:
    told = [
        Finding(message="m", path="a.py", line=1),
        Finding(message="m", path="a.py", line=2),
        Finding(message="m", path="b.py", line=1),
        Finding(message="m", path="a.py", line=3, level=Level.NOTICE),
    ]
    assert [len(entry.repeats) for entry in folded(entries(results(outcome(*told))))] == [1, 0, 0]


def test_an_alarm_without_a_word_is_given_one() -> None:
    mute = Outcome(stage="data", case="t", check="c", verdict=Verdict.ALARM)
    assert messages(results(mute)) == ["alarmed without saying why"]


def test_silences_for_one_reason_stand_together() -> None:
    assert [len(group) for group in grouped(SILENCES)] == [1, 2, 1, 1]


@hostile.documents
@given(hostile.results())
def test_nothing_is_lost_by_ranking_and_folding(document: Results) -> None:
    told = entries(document)
    assert weight(ranked(folded(told))) == weight(told)
    assert len(told) >= len(document.findings) + len(document.errors)


def test_the_usual_run_has_a_word_of_every_stage_among_its_failures() -> None:
    loud = [e for e in ranked(folded(entries(USUAL))) if e.finding.level is Level.FAILURE]
    assert {entry.stage for entry in loud} == {"style", "data", "memorize", "regress"}
