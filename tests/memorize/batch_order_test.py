from __future__ import annotations

from pathlib import Path

from tests.memorize.coding import answer_here

# The labels lie in one row, which happens to be as long as the time of the outputs.
CTC = """
import torch
from torch import nn
from torch.nn import functional as F

class Listener(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm, self.head = nn.LSTM(5, 16, bidirectional=True), nn.Linear(32, 6)

    def forward(self, frames):
        return self.head(self.lstm(frames)[0]).log_softmax(-1)

def setup(seed):
    model, frames = Listener(), torch.randn(12, 4, 5)
    letters = torch.randint(1, 6, (12,))

    def loss_fn(scores, letters):
        return F.ctc_loss(scores, letters, torch.full((4,), 12), torch.full((4,), 3))

    return model, loss_fn, torch.optim.Adam(model.parameters(), 1e-2), (frames, letters)
"""


def test_time_that_is_as_long_as_the_row_of_labels_is_not_the_batch(tmp_path: Path) -> None:
    answer = answer_here(tmp_path, CTC, "batch_order", steps=2)
    assert (answer.messages, answer.doubt) == ([], None)
