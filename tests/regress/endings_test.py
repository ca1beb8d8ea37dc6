"""However a model ends, the reader is told where, and what to do; and nothing is left behind."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from smokealarm.errors import FatalError
from smokealarm.finding import Verdict
from tests.regress.repository import EVEN_OR_ODD, SUITE, after, parity

CRASHES = "def load():\n    return lambda batch: [1 / n for n in batch]\n"
SLEEPS = "import time\ndef load():\n    time.sleep(600)\n"
GREEDY = "def load():\n    raise MemoryError('too large')\n"
DIES = "import os\ndef load():\n    os._exit(5)\n"
SHORT = "class Odd:\n    def predict(self, batch):\n        return [0]\n\n\ndef load():\n    return Odd()\n"


@pytest.mark.parametrize(
    ("code", "line", "message"),
    [
        pytest.param(CRASHES, 2, "ZeroDivisionError", id="it raises"),
        pytest.param(DIES, 6, "exit code 5", id="it ends the process"),
        pytest.param(
            SHORT, 2, "it returned 1 output for a batch of 64 examples", id="it answers too little"
        ),
        pytest.param("def load(:\n", 1, "SyntaxError", id="it is no Python"),
    ],
)
def test_a_broken_model_of_the_change_is_a_failure_where_it_broke(
    tmp_path: Path, code: str, line: int, message: str
) -> None:
    outcome = after(tmp_path, {}, {"odd.py": code})
    (finding,) = outcome.findings
    assert outcome.verdict is Verdict.ALARM
    assert finding.line == line
    assert message in finding.message
    assert finding.remedy


@pytest.mark.parametrize(
    "code",
    [
        pytest.param(CRASHES, id="it raises"),
        pytest.param(DIES, id="it ends the process"),
        pytest.param(SHORT, id="it answers too little"),
        pytest.param(GREEDY, id="it wants too much memory"),
        pytest.param("def lod(): pass\n", id="it has no such function"),
    ],
)
def test_a_broken_model_of_the_base_is_inconclusive(tmp_path: Path, code: str) -> None:
    outcome = after(tmp_path, {"odd.py": code}, {"odd.py": EVEN_OR_ODD})
    assert (outcome.verdict, outcome.findings) == (Verdict.INCONCLUSIVE, ())
    assert outcome.reason.startswith("there is no baseline: `odd:load` of the base commit ")
    assert outcome.remedy


@pytest.mark.parametrize(
    ("code", "settings", "reason"),
    [
        pytest.param(SLEEPS, {"timeout_minutes": 0.01}, "time limit", id="no time"),
        pytest.param(GREEDY, {}, "not enough memory", id="no memory"),
    ],
)
def test_a_limit_that_was_met_is_inconclusive(
    tmp_path: Path, code: str, settings: dict[str, float], reason: str
) -> None:
    outcome = after(tmp_path, {}, {"odd.py": code}, **settings)
    assert (outcome.verdict, outcome.findings) == (Verdict.INCONCLUSIVE, ())
    assert reason in outcome.reason
    assert outcome.remedy


@pytest.mark.parametrize(
    ("settings", "message", "place"),
    [
        pytest.param({"model": "ood:load"}, "no module `ood`", "3:12", id="no such module"),
        pytest.param({"model": "odd:lod"}, "no `lod` in odd", "3:12", id="no such function"),
        pytest.param({"model": "m/odd.pkl"}, "names a pickle", "3:12", id="a pickle"),
        pytest.param({"suite": "no.jsonl"}, "no such file", "4:12", id="no such suite"),
        pytest.param({"suite": "../no.jsonl"}, "outside", "4:12", id="a suite elsewhere"),
        pytest.param({"batch_size": 0}, "asks for nothing", "None", id="empty batches"),
    ],
)
def test_a_wrong_setting_is_refused_at_its_place(
    tmp_path: Path, settings: dict[str, object], message: str, place: str
) -> None:
    with pytest.raises(FatalError, match=message) as caught:
        after(tmp_path, {}, {}, **settings)
    assert str(caught.value.place).endswith(place)
    assert caught.value.remedy


def test_a_model_that_cannot_be_asked_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FatalError, match="returned an int, which has no `predict`"):
        after(tmp_path, {}, {"odd.py": "def load(): return 3\n"})


def test_nothing_of_the_base_is_left_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    repository = tmp_path / "repository"
    after(repository, {"odd.py": CRASHES}, {"odd.py": EVEN_OR_ODD, SUITE: parity(20)})
    assert list(scratch.iterdir()) == []
