"""The line for whoever waits, and how long it says that it takes."""

from __future__ import annotations

import io
import time

import pytest

from smokealarm.progress import Counted, Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("smokealarm.progress.SOON", 0.02)
    monkeypatch.setattr("smokealarm.progress.OFTEN", 0.01)
    monkeypatch.setattr("smokealarm.progress.RARELY", 0.01)
    monkeypatch.setenv("TERM", "xterm")


def shown(stream: io.StringIO, *counts: tuple[int, int]) -> str:
    with Progress(stream) as progress:
        progress.tell("memorize: digits")
        for done, of in counts:
            progress.count(done, of)
        for _ in range(500):
            if stream.getvalue():
                break
            time.sleep(0.01)
    return stream.getvalue()


def test_what_is_done_quickly_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("smokealarm.progress.SOON", 600)
    stream = io.StringIO()
    with Progress(stream) as progress:
        progress.tell("memorize: digits")
    assert stream.getvalue() == ""


def test_a_log_gets_lines_without_a_bar() -> None:
    line = shown(io.StringIO(), (10, 200), (50, 200)).splitlines()[0]
    assert line.startswith("smokealarm: memorize: digits 50 of 200 (")


def test_a_terminal_gets_a_bar_in_one_line() -> None:
    text = shown(Terminal(), (10, 200), (100, 200))
    assert "memorize: digits [##########..........] 100 of 200 (" in text
    assert "\n" not in text
    assert text.endswith("\r\033[K")


def test_what_is_not_counted_has_no_bar() -> None:
    assert "[" not in shown(Terminal()).replace("\033[K", "")


def test_something_else_begins_without_the_old_count() -> None:
    progress = Progress(io.StringIO())
    progress.count(100, 200)
    progress.tell("data: a table")
    assert progress.counted is None


def test_the_time_left_follows_from_the_pace() -> None:
    counted = Counted(done=60, of=200, since=100.0, first=10)
    assert counted.left(now=105.0) == pytest.approx(14.0)


@pytest.mark.parametrize(
    ("done", "now"), [(10, 105.0), (60, 100.1)], ids=["nothing counted yet", "too early to tell"]
)
def test_the_time_left_is_not_guessed(done: int, now: float) -> None:
    assert Counted(done, 200, since=100.0, first=10).left(now) is None


def test_a_second_trial_is_counted_from_its_own_beginning() -> None:
    progress = Progress(io.StringIO())
    for done in (100, 150, 20):
        progress.count(done, 200)
    assert progress.counted is not None
    assert progress.counted.first == 20
