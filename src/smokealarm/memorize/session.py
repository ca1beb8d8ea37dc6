"""The child's side of the stage: fit the user's set-up, run the checks on the fit, send the sights."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import torch

from smokealarm.child import loaded
from smokealarm.child.stack import frame_at
from smokealarm.errors import FatalError, Inconclusive, Place, Unasked
from smokealarm.memorize import CHECKS
from smokealarm.memorize.bench import Bench
from smokealarm.memorize.checks.memory import tables
from smokealarm.memorize.culprit import culprit
from smokealarm.memorize.explaining import explained, tensors_beside
from smokealarm.memorize.facts import Facts, Unaskable
from smokealarm.memorize.fit import About, Fit, Trial
from smokealarm.memorize.footprint import Standing, looked
from smokealarm.memorize.pricing.forecast import priced_unseen
from smokealarm.memorize.probes.shapes import went_well
from smokealarm.memorize.selection import OPT_IN, is_quick
from smokealarm.memorize.trial import run_trial
from smokealarm.memorize.watches import pace

Send = Callable[[Any], None]
LATE = ("memory", "repository_unchanged")
QUICK_STEPS = 60  # of the fit, in the quick budget


def run(argument: dict[str, Any], send: Send) -> None:
    """Answer every ask, in order. What the user's code raises passes through, with its module."""
    device = _device(argument["device"])
    send({"machine": machine(device)})
    before = _looked(argument["asks"])
    function = _function(argument["setup"])
    place = _definition(function)
    send({"place": place})
    bench = _bench(function, device, argument)._replace(before=before)
    try:
        fit = _fit(bench, argument, place, send)
        for index, ask in sorted(enumerate(argument["asks"]), key=_late):
            _answer(fit, index, ask, send)
    except Unasked as why:  # a fault that a drill plants, for which the program has no place
        for index in range(len(argument["asks"])):
            send({"ask": index, "unasked": why.message})
    except Exception as error:
        send({"culprit": _told_of(error, bench)})
        raise


def relief(argument: dict[str, Any], send: Send) -> None:
    """For a program that wants more memory than there is: what takes it, and what would help."""
    bench = _bench(loaded(argument["setup"]), "cpu", argument)
    for table in tables(priced_unseen(bench)):
        send({"sight": msgspec.to_builtins(table)})


def _late(asked: tuple[int, dict[str, Any]]) -> int:
    """Memory runs the program without numbers: what the program keeps of that is met by nobody.

    Last of all is looked what the program left behind.
    """
    check = asked[1]["check"]
    return LATE.index(check) + 1 if check in LATE else 0


def _looked(asks: list[dict[str, Any]]) -> Mapping[str, Standing] | None:
    if any(ask["check"] == "repository_unchanged" for ask in asks):
        with suppress(Unasked):  # where git cannot say, it cannot say it later either
            return looked(Path.cwd())
    return None


def _told_of(error: Exception, bench: Bench) -> dict[str, str]:
    """The error in the user's terms: where it was raised, and what went well before."""
    told: dict[str, str] = {}
    with suppress(Exception):  # after some errors of a GPU not even a shape can be asked for
        told |= {"module": culprit(error), **explained(error)._asdict()}
        if told["message"]:
            told |= {"beside": tensors_beside(error), "before": went_well(bench)}
    return told


def _function(name: str) -> Callable[..., Any]:
    function = loaded(name)
    if not callable(function):
        raise FatalError(f"`{name}` is not a function", "Name the one that returns it.")
    found: Callable[..., Any] = function
    return found


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
    bench = Bench(function, device, Path.cwd(), steps, seed, fault, argument["setup"])
    if argument.get("quick"):
        return bench._replace(steps=min(steps, QUICK_STEPS), windows=1)
    return bench


def _fit(bench: Bench, argument: dict[str, Any], place: Place | None, send: Send) -> Fit:
    setup = bench.made()
    quick = bool(argument.get("quick"))

    def count(done: int, of: int) -> None:
        send({"count": [done, of]})

    return Fit(
        case=argument["case"],
        seeds=range(argument["seed"], argument["seed"] + (1 if quick else argument["seeds"])),
        place=place,
        about=About(setup.form, setup.owner, setup.hints, quick),
        fact=Facts(bench, setup, [pace.Watch(count, bench.steps)]),
        trial=_further(bench, send, count),
        of=lambda name: Facts(bench._replace(function=_function(name), fault="")),
    )


def _further(
    bench: Bench, send: Send, count: Callable[[int, int], None]
) -> Callable[[int, int | None], Trial]:
    """Further trials tell of themselves; one on a smaller batch that crashes is no answer."""

    def trial(seed: int, batch: int | None) -> Trial:
        smaller = f" with a batch of {batch}" if batch else ""
        send({"tell": f"not learnt yet: trying seed {seed}{smaller}"})
        try:
            return run_trial(
                bench.made(seed),
                seed=seed,
                batch=batch,
                steps=bench.steps,
                watches=[pace.Watch(count, bench.steps)],
                windows=bench.windows,
            )
        except Exception:
            if batch is None:
                raise
            return Trial(seed, batch, ())

    return trial


def _answer(fit: Fit, index: int, ask: dict[str, Any], send: Send) -> None:
    send({"tell": f"memorize: {fit.case}: {ask['check']}"})
    try:
        if fit.about.quick and not is_quick(ask["check"]):
            raise Unasked("it takes longer than the quick budget has; the full budget asks it")
        for sight in CHECKS[ask["check"]](fit, **ask["options"]):
            send({"ask": index, "sight": msgspec.to_builtins(sight)})
        send({"ask": index, "doubt": None})
    except Unasked as why:
        send({"ask": index, "unasked": why.message})
    except Inconclusive as doubt:
        if isinstance(doubt, Unaskable) and ask["check"] not in OPT_IN:
            send({"ask": index, "unasked": doubt.message})  # nobody asked for it by name
            return
        content = {"message": doubt.message, "remedy": doubt.remedy, "place": doubt.place}
        send({"ask": index, "doubt": content})
