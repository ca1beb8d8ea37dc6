"""The child's side of the stage: fit the user's set-up, run the checks on the fit, send the sights."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import torch

from smokealarm.child import loaded
from smokealarm.child.stack import frame_at
from smokealarm.errors import FatalError, Inconclusive, Place, Unasked
from smokealarm.memorize import CHECKS
from smokealarm.memorize.bench import Bench
from smokealarm.memorize.culprit import culprit
from smokealarm.memorize.facts import Facts
from smokealarm.memorize.fit import About, Fit, Trial
from smokealarm.memorize.trial import run_trial

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
        fit = _fit(_bench(function, device, argument), argument, place, send)
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


def _bench(function: Callable[..., Any], device: str, argument: dict[str, Any]) -> Bench:
    steps, seed, fault = argument["steps"], argument["seed"], argument["fault"]
    return Bench(function, device, Path.cwd(), steps, seed, fault)


def _fit(bench: Bench, argument: dict[str, Any], place: Place | None, send: Send) -> Fit:
    setup = bench.made()
    return Fit(
        case=argument["case"],
        seeds=range(argument["seed"], argument["seed"] + argument["seeds"]),
        place=place,
        about=About(setup.form, setup.owner, setup.hints),
        fact=Facts(bench, setup),
        trial=_further(bench, send),
    )


def _further(bench: Bench, send: Send) -> Callable[[int, int | None], Trial]:
    """Further trials tell of themselves; one on a smaller batch that crashes is no answer."""

    def trial(seed: int, batch: int | None) -> Trial:
        smaller = f" with a batch of {batch}" if batch else ""
        send({"tell": f"not learnt yet: trying seed {seed}{smaller}"})
        try:
            return run_trial(bench.made(seed), seed=seed, batch=batch, steps=bench.steps)
        except Exception:
            if batch is None:
                raise
            return Trial(seed, batch, ())

    return trial


def _answer(fit: Fit, index: int, ask: dict[str, Any], send: Send) -> None:
    try:
        for sight in CHECKS[ask["check"]](fit, **ask["options"]):
            send({"ask": index, "sight": msgspec.to_builtins(sight)})
        send({"ask": index, "doubt": None})
    except Unasked as why:
        send({"ask": index, "unasked": why.message})
    except Inconclusive as doubt:
        content = {"message": doubt.message, "remedy": doubt.remedy, "place": doubt.place}
        send({"ask": index, "doubt": content})
