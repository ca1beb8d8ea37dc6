"""The child's side of the stage: fit the user's set-up, run the checks on the fit, send the sights."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import torch

from smokealarm.child import loaded
from smokealarm.child.stack import frame_at
from smokealarm.errors import FatalError, Inconclusive, Place
from smokealarm.memorize import CHECKS
from smokealarm.memorize.culprit import culprit
from smokealarm.memorize.fit import Fit, Trial
from smokealarm.memorize.influence import influence
from smokealarm.memorize.origin import origin
from smokealarm.memorize.trial import first_loss, run_trial

Send = Callable[[Any], None]


def run(argument: dict[str, Any], send: Send) -> None:
    """Answer every ask, in order. What the user's code raises passes through, with its module."""
    device = _device(argument["device"])
    send({"machine": machine(device)})
    function = loaded(argument["setup"])
    if not callable(function):
        raise FatalError(
            f"`{argument['setup']}` is not a function", "Name the one that returns it."
        )
    place = _definition(function)
    send({"place": place})
    try:
        fit = _fit(function, argument, place, device, send)
        for index, ask in enumerate(argument["asks"]):
            _answer(fit, index, ask, send)
    except Exception as error:
        send({"culprit": culprit(error)})
        raise


def _device(asked: str) -> str:
    if asked == "cpu":
        os.environ["CUDA_VISIBLE_DEVICES"] = ""  # torch looks at it when CUDA is first used
    if asked == "cuda" and not torch.cuda.is_available():
        raise Inconclusive(
            "`device: cuda` was asked for, and torch sees no CUDA device here",
            "Run it on a machine with a GPU and a CUDA build of torch, or set `device: auto`.",
        )
    return asked


def machine(device: str) -> dict[str, str]:
    """What the results file says of the place of the run."""
    if device == "cpu" or not torch.cuda.is_available():
        return {"torch": str(torch.__version__), "device": "cpu"}
    return {"torch": str(torch.__version__), "device": torch.cuda.get_device_name()}


def _definition(function: Any) -> Place | None:
    """Where the user's function is defined."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    if code is None:
        return None
    frame = frame_at(code.co_filename, code.co_firstlineno, code.co_name, Path.cwd())
    return Place(frame.path, frame.line) if frame.in_repository else None


def _fit(
    function: Any, argument: dict[str, Any], place: Place | None, device: str, send: Send
) -> Fit:
    root = Path.cwd()
    trial = partial(run_trial, function, steps=argument["steps"], device=device, root=root)
    first = trial(seed=0, batch=None)
    return Fit(
        case=argument["case"],
        seeds=argument["seeds"],
        place=place,
        first=first,
        trial=_retold(trial, send),
        initial_again=lambda: first_loss(function, 0, device),
        origin=lambda: origin(function, first, device, root),
        influence=lambda: influence(function, 0, device),
    )


def _retold(trial: Callable[..., Trial], send: Send) -> Callable[[int, int | None], Trial]:
    """Further trials tell of themselves; one on a smaller batch that crashes is no answer."""

    def again(seed: int, batch: int | None) -> Trial:
        smaller = f" with a batch of {batch}" if batch else ""
        send({"tell": f"not learnt yet: trying seed {seed}{smaller}"})
        try:
            return trial(seed=seed, batch=batch)
        except Exception:
            if batch is None:
                raise
            return Trial(seed, batch, ())

    return again


def _answer(fit: Fit, index: int, ask: dict[str, Any], send: Send) -> None:
    try:
        for sight in CHECKS[ask["check"]](fit, **ask["options"]):
            send({"ask": index, "sight": msgspec.to_builtins(sight)})
        send({"ask": index, "doubt": None})
    except Inconclusive as doubt:
        content = {"message": doubt.message, "remedy": doubt.remedy, "place": doubt.place}
        send({"ask": index, "doubt": content})
