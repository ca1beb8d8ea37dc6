"""Lightning's own training loop, one step at a time. All of its private names that we need are here."""

from __future__ import annotations

import inspect
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import torch
from torch import Tensor

from smokealarm.errors import FatalError, Inconclusive
from smokealarm.memorize.forms.calls import last_output
from smokealarm.memorize.forms.kinds import base, imported
from smokealarm.memorize.forms.lightning_around import (
    close_first,
    listener,
    muted,
    silence,
    unwrapped,
)
from smokealarm.memorize.forms.one_batch import EPOCHS, OneBatch
from smokealarm.memorize.step import Detached, schedule

LIBRARIES = ("lightning", "pytorch_lightning")
QUIET = {  # nothing is written, drawn or saved; loggers swallow what they are given
    "devices": 1,
    "enable_checkpointing": False,
    "enable_model_summary": False,
    "enable_progress_bar": False,
    "limit_val_batches": 0,
    "num_sanity_val_steps": 0,
}


class _Ready(Exception):
    """Everything is made, and the first batch would come next."""


class _Batches:
    """What the loop takes its batches from: each is put in just before it is taken."""

    done = False
    fetched = 0

    def __init__(self) -> None:
        self.batch: Any = None

    def __next__(self) -> tuple[Any, int, int]:
        return self.batch, 0, 0

    def __iter__(self) -> Iterator[Any]:
        return self


class Loop:
    """One module with its optimizers, made by Lightning; the steps are asked for from outside."""

    def __init__(self, module: Any, batches: OneBatch, settings: dict[str, Any]) -> None:
        self._module = getattr(module, "_orig_mod", module)
        self._package = _package(self._module)
        self._losses: list[Tensor] = []
        self._last: float | None = None
        self._number = 0
        self._batches = _Batches()
        self._trainer = self._made(settings)
        self._begin(module, batches)
        self.optimizers = [unwrapped(each) for each in self._trainer.optimizers]
        for optimizer in self.optimizers:
            close_first(optimizer)
        self._schedulers = self._own_schedulers()

    def _made(self, settings: dict[str, Any]) -> Any:
        quiet = QUIET | {
            "accelerator": "gpu" if torch.cuda.is_available() else "cpu",
            "default_root_dir": tempfile.gettempdir(),
            "logger": imported(f"{self._package}.loggers.logger").DummyLogger(),
            "max_epochs": EPOCHS,
        }
        with silence(self._package):
            trainer = imported(self._package).Trainer(**{**settings, **quiet})
        self._listener = listener(self._package, self._losses)
        trainer.callbacks.append(self._listener)
        return trainer

    def _begin(self, module: Any, batches: OneBatch) -> None:
        """All that `fit` does before the first batch; its clean-up after it would undo that."""
        trainer, loop = self._trainer, self._trainer.fit_loop

        def begin() -> None:
            loop.setup_data()
            loop.reset()
            loop.on_run_start()
            loop.on_advance_start()
            loop.epoch_loop.reset()
            loop.epoch_loop.on_run_start(self._batches)
            loop.max_batches = float("inf")  # the epoch has no end
            raise _Ready

        loop.run = begin
        states = imported(f"{self._package}.trainer.states")
        trainer.strategy._lightning_module = self._module
        trainer.state.fn = states.TrainerFn.FITTING
        trainer.state.status = states.TrainerStatus.RUNNING
        trainer.training = True
        with silence(self._package):
            try:
                trainer._fit_impl(
                    self._module,
                    train_dataloaders=batches.loaders,
                    datamodule=batches.datamodule,
                )
            except _Ready:
                with suppress(AttributeError):
                    trainer._signal_connector.teardown()  # the handlers of signals stay ours
                return
        raise Inconclusive(
            "Lightning's loop did not begin to train",
            "Look at `trainer` and `hints` in what setup returns; else return a dict with a"
            " `train_step(batch)` of your own.",
        )

    def _own_schedulers(self) -> list[Any]:
        """Schedulers are stepped by us, once per step; in manual optimization by the module."""
        if not self._module.automatic_optimization:
            return []
        configured = list(self._trainer.strategy.lr_scheduler_configs)
        self._trainer.strategy.lr_scheduler_configs = []
        return [config.scheduler for config in configured]

    def step(self, batch: Any) -> float:
        self._losses.clear()
        self._batches.batch = batch
        with silence(self._package):
            self._trainer.fit_loop.epoch_loop.advance(self._batches)
        self._number += 1
        loss = self._told()
        schedule(self._schedulers, loss)
        return loss

    def _told(self) -> float:
        """What backward was called with. A step that was skipped tells the loss of the one before."""
        automatic = self._module.automatic_optimization
        if self._losses:
            # Lightning divides each loss by the number of batches whose gradients are summed.
            share = int(self._trainer.accumulate_grad_batches) if automatic else 1
            self._last = share * sum(float(loss) for loss in self._losses)
        elif not automatic:
            self._last = self._returned_or_logged()
        if self._last is None:
            raise Detached
        return self._last

    def _returned_or_logged(self) -> float:
        """Of a module that calls no manual_backward: its loss, or the sum of what it logs as one."""
        if "loss" in self._listener.output:
            return float(self._listener.output["loss"])
        logged = self._trainer.callback_metrics.items()
        losses = [float(value) for name, value in logged if "loss" in name.lower()]
        if not losses:
            raise FatalError(
                "training_step tells no loss",
                "Call self.manual_backward(loss), or return the loss.",
            )
        return sum(losses)

    def loss(self, batch: Any) -> Tensor:
        """What training_step returns, on which gradients hang; no hook around it is called."""
        found = self._called("training_step", batch)
        return found["loss"] if isinstance(found, dict) else found  # type: ignore[no-any-return]

    def outputs(self, batch: Any) -> Any:
        """What the outermost module that training_step calls returns, the last of them."""
        return last_output(self._module, lambda: self._called("training_step", batch))

    def validated(self, batch: Any) -> Any:
        return self._called("validation_step", batch)

    def _called(self, name: str, batch: Any) -> Any:
        trainer = self._trainer
        batch = trainer.precision_plugin.convert_input(batch)
        batch = self._module._on_before_batch_transfer(batch, dataloader_idx=0)
        batch = trainer.strategy.batch_to_device(batch, dataloader_idx=0)
        step = getattr(self._module, name)
        with muted(self._module), trainer.precision_plugin.forward_context():
            return step(batch, self._number) if _wants_number(step) else step(batch)


def _wants_number(step: Any) -> bool:
    """Whether it takes the number of the batch, too, by whatever name: Lightning gives it by place."""
    kinds = [parameter.kind for parameter in inspect.signature(step).parameters.values()]
    either = inspect.Parameter.POSITIONAL_OR_KEYWORD
    return kinds.count(either) > 1 or inspect.Parameter.VAR_POSITIONAL in kinds


def _package(module: Any) -> str:
    """`lightning.pytorch` or `pytorch_lightning`: the one whose LightningModule it is."""
    found = base(module, "LightningModule", *LIBRARIES)
    assert found is not None
    return found.__module__.partition(".core.")[0]
