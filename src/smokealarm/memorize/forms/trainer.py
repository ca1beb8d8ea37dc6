"""Hugging Face: a `transformers.Trainer`.

Its own `training_step` makes the gradients, so that compute_loss, label smoothing, the collator, the
division by `num_items_in_batch` and mixed precision are the user's. The lines around it (clip, step,
schedule, zero_grad) are those of its loop, which cannot be had one step at a time: they are short, and
none of them can be overridden. Callbacks are not run, since they save, report and stop.
"""

from __future__ import annotations

import contextlib
import itertools
import math
from collections.abc import Callable, Mapping
from typing import Any

from torch import Tensor

from smokealarm.errors import FatalError
from smokealarm.memorize.batch import fresh, size, sliced
from smokealarm.memorize.forms.kinds import base, overrides
from smokealarm.memorize.hints import checked, meant
from smokealarm.memorize.setup import Setup
from smokealarm.memorize.step import Detached, in_eval_mode, schedule

LIBRARY = "transformers"
NAMES = ("trainer", "hints", "shifted")
STEPS = 200  # what the program is told that it will be trained for
WARM_UP = 20  # steps of a warm-up, at most: longer ones are for longer trainings
PARTS = 2  # of a batch, where gradients are accumulated: more would only take longer


def read(returned: Any) -> Setup | None:
    """None where it is not this form."""
    parts = returned if isinstance(returned, Mapping) else {"trainer": returned}
    trainer: Any = parts.get("trainer")
    if base(trainer, "Trainer", LIBRARY) is None:
        return None
    if unknown := [name for name in parts if name not in NAMES]:
        raise FatalError(f"setup returned an unknown `{unknown[0]}`", meant(unknown[0], NAMES))
    if trainer.train_dataset is None:
        raise FatalError(
            "the Trainer has no train_dataset", "Give it one: Trainer(train_dataset=...)."
        )
    hints = checked(parts.get("hints"))
    loader = trainer.get_train_dataloader()
    loop = Loop(trainer)
    setup = Setup(
        modules={"": trainer.model},
        model=trainer.model,
        batch=next(iter(loader)),
        loss_fn=None,
        optimizers=(getattr(trainer.optimizer, "optimizer", trainer.optimizer),),
        schedulers=(),  # the loop steps them
        train_step=loop.step,
        eval_step=loop.evaluated,
        hints=hints,
        loss=loop.loss,
        outputs=loop.outputs,
        owner="" if overrides(trainer, "training_step", LIBRARY, "trl") else "the Trainer",
        form="Hugging Face Trainer",
        data=loader,
        validation=trainer.get_eval_dataloader() if trainer.eval_dataset is not None else None,
        shifted=parts.get("shifted") or {},
    )
    if trainer.label_smoother is not None and "floor" not in hints:
        setup = setup._replace(hints=_smoothed(trainer, setup))
    return setup


def _smoothed(trainer: Any, setup: Setup) -> Mapping[str, Any]:
    """The hints with the floor of the library's smoothed loss, which is not one of torch's.

    It is the entropy of the smoothed labels, and the same for every sample.
    """
    if overrides(trainer, "compute_loss", LIBRARY) or trainer.compute_loss_func is not None:
        return setup.hints
    assert setup.outputs is not None
    with in_eval_mode(setup):
        outputs = setup.outputs(setup.batch)
    logits = outputs["logits"] if isinstance(outputs, Mapping) else outputs[0]
    classes, share = logits.shape[-1], float(trainer.args.label_smoothing_factor)
    rest = share / classes
    right = 1 - share + rest
    floor = -right * math.log(right) - (classes - 1) * rest * math.log(rest)
    return {**setup.hints, "floor": floor}


class Loop:
    """The Trainer's loop, one step at a time."""

    def __init__(self, trainer: Any) -> None:
        self._trainer = trainer
        trainer.log = lambda *args, **kwargs: None
        _shorten(trainer.args)
        trainer.state.max_steps = STEPS
        trainer.state.epoch = 0.0
        trainer.is_in_train = True
        trainer.create_optimizer_and_scheduler(num_training_steps=STEPS)
        prepared = trainer.accelerator.prepare(trainer.model, trainer.optimizer)
        self._model, trainer.optimizer = prepared
        trainer.model_wrapped = self._model
        trainer.accelerator.backward = _attached(trainer.accelerator.backward)
        self._schedulers = [trainer.lr_scheduler] if trainer.lr_scheduler is not None else []
        self._parts = min(int(trainer.args.gradient_accumulation_steps), PARTS)
        trainer.args.gradient_accumulation_steps = self._parts
        self._model.zero_grad()

    def step(self, batch: Any) -> float:
        """One update. Where gradients are accumulated, the batch is what they are accumulated over."""
        trainer, losses = self._trainer, []
        parts = self._split(batch)
        parts, items = trainer.get_batch_samples(iter(parts), len(parts), trainer.args.device)
        trainer.current_gradient_accumulation_steps = len(parts)
        for part in parts:
            losses.append(trainer.training_step(self._model, part, items))
        if trainer.args.max_grad_norm:
            trainer.accelerator.clip_grad_norm_(
                self._model.parameters(), trainer.args.max_grad_norm
            )
        trainer.optimizer.step()
        loss = float(sum(float(loss) for loss in losses))
        schedule(self._schedulers, loss)
        self._model.zero_grad()
        trainer.state.global_step += 1
        return loss

    def _split(self, batch: Any) -> list[Any]:
        """As many parts as are accumulated over, in so far as there are samples for them."""
        samples = size(batch) or 1
        count = min(self._parts, samples)
        ends = [samples * number // count for number in range(count + 1)]
        if count == 1:
            return [batch]
        return [sliced(batch, start, end) for start, end in itertools.pairwise(ends)]

    def loss(self, batch: Any) -> Tensor:
        trainer = self._trainer
        [inputs], items = trainer.get_batch_samples(iter([batch]), 1, trainer.args.device)
        inputs = dict(trainer._prepare_inputs(inputs))  # a copy, since labels are popped from it
        with trainer.compute_loss_context_manager():
            found: Tensor = trainer.compute_loss(self._model, inputs, num_items_in_batch=items)
        return found

    def outputs(self, batch: Any) -> Any:
        with self._trainer.compute_loss_context_manager():
            return self._model(**self._trainer._prepare_inputs(fresh(batch)))

    def evaluated(self, batch: Any) -> Tensor | None:
        """The loss in eval mode. Who never evaluates may have a Trainer that cannot."""
        never = self._trainer.eval_dataset is None
        with contextlib.suppress(Exception) if never else contextlib.nullcontext():
            loss: Tensor | None = self._predicted(batch)
            return loss
        return None

    def _predicted(self, batch: Any) -> Any:
        predict: Callable[..., Any] = self._trainer.prediction_step
        return predict(self._model, batch, prediction_loss_only=True)[0]


def _attached(backward: Callable[..., None]) -> Callable[..., None]:
    def attached(loss: Tensor, **kwargs: Any) -> None:
        if not loss.requires_grad:
            raise Detached
        backward(loss, **kwargs)

    return attached


def _shorten(args: Any) -> None:
    """Warm-up steps are counted in those of the whole training, which this is not."""
    if args.get_warmup_steps(STEPS) > WARM_UP:
        args.warmup_steps = WARM_UP
        if getattr(args, "warmup_ratio", None):
            args.warmup_ratio = 0.0
