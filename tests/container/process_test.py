"""Programs whose output is shown but never obeyed, and words to the runner that nobody can forge."""

from __future__ import annotations

from pathlib import Path

import pytest

from smokealarm.container import commands
from smokealarm.container.process import shown
from smokealarm.errors import Inconclusive
from tests.container.runner import obeyed


def test_a_program_is_shown_and_its_exit_code_told(capfd: pytest.CaptureFixture[str]) -> None:
    ended = shown(["sh", "-c", "echo one; echo two >&2; exit 7"], minutes=1)
    assert (ended.code, ended.tail) == (7, "one\ntwo\n")
    assert capfd.readouterr().out == "one\ntwo\n"


def test_of_a_long_output_the_end_is_kept() -> None:
    ended = shown(["sh", "-c", "yes | head -c 300000; echo end"], minutes=1)
    assert len(ended.tail) == 64 * 1024
    assert ended.tail.endswith("end\n")


def test_what_is_left_behind_neither_blocks_nor_speaks_later(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with commands.quoted():
        shown(["sh", "-c", "sleep 600 & echo ::error::forged"], minutes=1)
    assert obeyed(capfd.readouterr().out) == []


def test_a_program_that_takes_too_long_is_inconclusive_and_cleaned_up_after() -> None:
    stopped = []
    with pytest.raises(Inconclusive, match="minutes and was stopped"):
        shown(["sleep", "600"], minutes=0.001, stop=lambda: stopped.append(True))
    assert stopped


def test_a_program_that_closes_its_output_is_waited_for() -> None:
    assert shown(["sh", "-c", "exec >&- 2>&-; sleep 0.3; exit 5"], minutes=1).code == 5


def test_a_line_without_an_end_does_not_hide_the_end_of_a_quotation(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with commands.quoted():
        print("::error::inside", end="", flush=True)
    print("::error::outside")
    assert obeyed(capfd.readouterr().out) == ["::error::outside"]


def test_an_annotation_cannot_hold_another(capfd: pytest.CaptureFixture[str]) -> None:
    commands.say("error", "a,b:c", "100%\n::error::forged")
    assert capfd.readouterr().out == "::error title=a%2Cb%3Ac::100%25%0A::error::forged\n"


def test_a_report_may_annotate_and_nothing_else() -> None:
    printed = "::error::a\n::add-mask::b\ntext\n::notice::c\n::set-output name=x::y\n"
    assert list(commands.annotations_only(printed)) == ["::error::a", "::notice::c"]


def test_an_output_cannot_begin_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "output"))
    commands.set_outputs(verdict="pass\nEOF\nverdict=alarm")
    first, *_, last = (tmp_path / "output").read_text().splitlines()
    assert first == f"verdict<<{last}"
    assert len(last) > 32


def test_an_output_file_that_cannot_be_written_is_said(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GITHUB_OUTPUT", "/nowhere/output")
    commands.set_outputs(verdict="pass")
    assert "cannot write GITHUB_OUTPUT" in capfd.readouterr().err
