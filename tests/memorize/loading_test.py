"""The check `loading`: real loaders, and the judging of given times."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from smokealarm.errors import Inconclusive, Place
from smokealarm.finding import Finding, Level, Table
from smokealarm.memorize.checks import loading
from smokealarm.memorize.checks.loading import Line, Loading, Operator
from tests.memorize.asking import Answer, of_code_here
from tests.memorize.fits import findings, fit_with

TRAINING = """
import time, torch
from torch import nn
from torch.utils.data import DataLoader, Dataset, IterableDataset

def slowly(x):
    time.sleep(0.01)
    return x * 2

class Slow(Dataset):
    def __init__(self, transform):
        self.transform = transform
    def __len__(self):
        return 64
    def __getitem__(self, i):
        x = torch.randn(12)
        return self.transform(x), i % 4

class Streamed(IterableDataset):
    def __iter__(self):
        for i in range(64):
            yield slowly(torch.randn(12)), i % 4

def setup():
    model = nn.Sequential(nn.Linear(12, {width}), nn.ReLU(), nn.Linear({width}, 4))
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    return model, nn.CrossEntropyLoss(), optimizer, {data}
"""


def tables(found: Answer) -> list[Table]:
    return [picture for picture in found.pictures if isinstance(picture, Table)]


def answer(
    tmp_path: Path, patch: pytest.MonkeyPatch, data: str, width: int = 16, options: Any = None
) -> Answer:
    code = TRAINING.replace("{width}", str(width)).replace("{data}", data)
    return of_code_here(tmp_path, patch, code, "loading", steps=1, seeds=1, options=options)[
        "loading"
    ]


def given(waits: float, steps: float, many: int = 8, **more: Any) -> Loading:
    return Loading((waits,) * many, (steps,) * many, 0.1, **more)


def test_a_step_that_takes_longer_than_loading_is_compute_bound() -> None:
    sights = list(loading.check(fit_with(given(0.001, 0.01))))
    assert findings(sights) == []
    assert isinstance(sights[0], Table)
    assert sights[0].title.startswith("Compute bound: 9% of the step waits")


def test_a_step_that_waits_is_told_with_the_line_it_waits_for() -> None:
    line = Line(Place("data.py", 31), "augment", 0.54)
    (finding,) = findings(loading.check(fit_with(given(0.071, 0.029, lines=(line,), workers=4))))
    assert finding.level is Level.NOTICE
    assert finding.message == (
        "input bound: 71% of the step waits for the loader; `augment` at data.py:31 takes 54% of"
        " loading"
    )
    assert (finding.path, finding.line) == ("data.py", 31)
    assert "num_workers" in finding.remedy


@pytest.mark.parametrize(
    ("waits", "level"),
    [((0.06,) * 8, Level.FAILURE), ((0.3,) + (0.01,) * 7, Level.NOTICE)],
    ids=["in both halves", "in the first half only"],
)
def test_more_waiting_than_allowed_alarms_where_it_lasts(
    waits: tuple[float, ...], level: Level
) -> None:
    fit = fit_with(Loading(waits, (0.04,) * 8, 0.1))
    (finding,) = findings(loading.check(fit, at_most_waiting=0.5))
    assert finding.level is level


def test_too_few_batches_are_inconclusive() -> None:
    with pytest.raises(Inconclusive, match="3 batches came from the loader"):
        list(loading.check(fit_with(given(1, 1, many=3))))


def test_the_operators_are_a_table_of_their_own() -> None:
    facts = given(0.001, 0.01, operators=(Operator("aten::addmm", 4.0, 1.25, 0.4),))
    tables = [sight for sight in loading.check(fit_with(facts)) if isinstance(sight, Table)]
    assert tables[1].rows == [["aten::addmm", 4.0, 1.25, "40%"]]


@pytest.mark.parametrize(
    "data",
    [
        "DataLoader(Slow(slowly), batch_size=4)",
        "DataLoader(Slow(slowly), batch_size=4, num_workers=1)",
        "DataLoader(Streamed(), batch_size=4)",
        "([slowly(torch.randn(4, 12)), torch.tensor([0, 1, 2, 3])] for _ in range(99))",
    ],
    ids=["a dataset", "a worker", "a stream", "a generator"],
)
def test_the_users_slow_line_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: str
) -> None:
    found = answer(tmp_path, monkeypatch, data)
    assert found.doubt is None
    (finding,) = found.findings
    slow = TRAINING.split("\n").index("    time.sleep(0.01)") + 1
    assert finding.message.startswith("input bound: ")
    assert (finding.path, finding.line, finding.level) == ("train.py", slow, Level.NOTICE)
    assert any(str(row[0]).startswith("aten::") for row in tables(found)[1].rows)


def test_a_large_model_on_ready_data_does_not_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready = "[(torch.randn(64, 12), torch.randint(4, (64,))) for _ in range(20)]"
    found = answer(tmp_path, monkeypatch, ready, width=4000)
    assert found.findings == []
    assert tables(found)[0].title.startswith("Compute bound")


def test_the_trace_is_written_where_it_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = answer(
        tmp_path,
        monkeypatch,
        "DataLoader(Slow(slowly), batch_size=4)",
        options={"trace": "runs/trace.json"},
    )
    assert isinstance(found.findings[0], Finding)
    assert json.loads((tmp_path / "runs/trace.json").read_text())["traceEvents"]
