"""What only a GPU can show. Marked `cuda`, and deselected where there is none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from smokealarm.memorize.batch import moved
from smokealarm.memorize.bench import Bench
from smokealarm.memorize.pricing.forecast import priced_unseen
from smokealarm.memorize.step import train_step
from tests.memorize.asking import of_code

pytestmark = pytest.mark.cuda


def perceptron() -> Any:
    model = nn.Sequential(nn.Linear(2048, 4096), nn.ReLU(), nn.Linear(4096, 2048))
    x = torch.randn(512, 2048)
    return model, nn.MSELoss(), torch.optim.Adam(model.parameters()), (x, x)


def encoder() -> Any:
    layer = nn.TransformerEncoderLayer(256, 4, 1024, batch_first=True)
    model = nn.TransformerEncoder(layer, 4)
    x = torch.randn(32, 128, 256)
    return model, nn.MSELoss(), torch.optim.AdamW(model.parameters()), (x, x)


@pytest.mark.parametrize("program", [perceptron, encoder])
def test_the_forecast_is_near_what_the_gpu_gives(
    program: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    forecast = priced_unseen(Bench(program, "cpu", Path.cwd(), 1)).peak.total
    setup = Bench(program, "cuda", Path.cwd(), 1).made()
    setup = setup._replace(batch=moved(setup.batch, torch.device("cuda")))
    step = train_step(setup)
    step(setup.batch)
    torch.cuda.reset_peak_memory_stats()
    step(setup.batch)
    truth = torch.cuda.max_memory_allocated()
    with capsys.disabled():
        print(f"\n{program.__name__}: forecast {forecast:,}, allocated {truth:,}")
    assert forecast == pytest.approx(truth, rel=0.15)


CODE = """
import torch
def setup():
    model = torch.nn.Linear(4, 2**38, device="cuda")
    data = torch.randn(4, 4), torch.ones(4).long()
    return model, torch.nn.CrossEntropyLoss(), torch.optim.Adam(model.parameters()), data
"""


def test_a_gpu_without_room_is_a_doubt_with_the_tables(tmp_path: Path) -> None:
    [answer] = of_code(tmp_path, CODE, "finite").values()
    assert answer.doubt is not None and "not enough memory" in answer.doubt.message
