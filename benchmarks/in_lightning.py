"""A step of any program as a LightningModule, whose loop is then Lightning's."""

from __future__ import annotations

import copy
import logging
import warnings
from collections.abc import Callable
from typing import Any

import lightning
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader

Step = Callable[[Any], Any]
QUIET: dict[str, Any] = {
    "logger": False,
    "enable_checkpointing": False,
    "enable_progress_bar": False,
    "enable_model_summary": False,
    "accelerator": "cpu",
}


class Module(lightning.LightningModule):
    """The step is the program's own, from zero_grad to step, as in any manual optimization."""

    def __init__(self, step: Step) -> None:
        super().__init__()
        self.automatic_optimization = False
        self.nothing = nn.Parameter(torch.zeros(1))
        self.step = step
        self.losses: list[float] = []

    def training_step(self, batch: Any, index: int) -> None:
        loss = self.step(copy.deepcopy(batch))
        loss = loss["loss"] if isinstance(loss, dict) else loss
        self.losses.append(float(loss.detach() if isinstance(loss, Tensor) else loss))

    def configure_optimizers(self) -> Any:
        return torch.optim.SGD([self.nothing], 1.0)


def as_it_is(batch: Any) -> Any:
    return batch


def trained(step: Step, batch: Any, **options: Any) -> list[float]:
    logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
    module = Module(step)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        loader: Any = DataLoader([batch], None, collate_fn=as_it_is)  # type: ignore[arg-type]
        lightning.Trainer(**QUIET, **options).fit(module, loader)
    return module.losses
