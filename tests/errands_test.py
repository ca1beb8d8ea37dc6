"""What is done while git makes us wait, and two questions to it at once."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from smokealarm import errands, git
from smokealarm.meanwhile import Meanwhile
from tests.repositories import make_repository


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_repository(tmp_path / "repository", {"a.txt": ""})


@pytest.fixture
def done() -> Iterator[list[str]]:
    """What was done so far. Errands that another test has left come first."""
    for _ in range(100):
        errands.do_one()
    yield []


def test_each_wait_for_git_does_one_errand_in_their_order(root: Path, done: list[str]) -> None:
    errands.add(lambda: done.append("first"))
    errands.add(lambda: done.append("second"))
    for expected in (["first"], ["first", "second"], ["first", "second"]):
        assert len(git.text(root, "rev-parse", "HEAD")) == 40
        assert done == expected


def test_an_errand_that_fails_hurts_nobody(root: Path, done: list[str]) -> None:
    errands.add(lambda: 1 / 0)
    errands.add(lambda: done.append("the next"))
    assert len(git.text(root, "rev-parse", "HEAD")) == 40
    git.text(root, "rev-parse", "HEAD")
    assert done == ["the next"]


def test_git_ends_with_an_interrupt_that_comes_while_we_wait(
    root: Path, done: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    started: list[subprocess.Popen[bytes]] = []
    real = subprocess.Popen

    def watched(*arguments: object, **options: object) -> subprocess.Popen[bytes]:
        started.append(real(*arguments, **options))  # type: ignore[call-overload]
        return started[-1]

    monkeypatch.setattr("smokealarm.git.subprocess.Popen", watched)
    errands.add(interrupt)
    with pytest.raises(KeyboardInterrupt):
        git.run(root, "cat-file", "--batch")  # it would wait for a question
    assert started[0].returncode == -9


def test_a_question_asked_meanwhile_is_answered(root: Path) -> None:
    asking = Meanwhile(lambda: git.text(root, "rev-parse", "--is-inside-work-tree"))
    assert git.text(root, "rev-parse", "--is-bare-repository") == "false"
    assert asking.answer() == "true"


def test_its_failure_is_told_to_whoever_wants_the_answer(root: Path) -> None:
    asking = Meanwhile(lambda: git.text(root, "rev-parse", "--verify", "nothing"))
    with pytest.raises(git.GitError, match="Needed a single revision"):
        asking.answer()
