"""Ask a model of the user's all examples of a suite, in a process of its own."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from smokealarm import child
from smokealarm.child.stack import frame_at
from smokealarm.errors import FatalError, Place, SmokealarmError
from smokealarm.regress.outputs import KINDS, Answer

PICKLES = (".pkl", ".pickle", ".pt", ".pth", ".joblib", ".bin", ".ckpt")


class Model(NamedTuple):
    """Which model to ask, where its code lies, and what it may use."""

    target: str
    folder: Path
    batch_size: int
    limits: child.Limits
    elsewhere: Path | None = None  # the working tree, where `folder` is a copy of another commit


class UnfitOutputs(SmokealarmError):
    """The model answered, but not in a way that can be read; `place` is where `predict` begins."""


def refuse_pickle(target: str, place: Place | None) -> None:
    """A pickle runs any code that its author likes: only code that a reviewer can read is run."""
    if target.lower().endswith(PICKLES):
        raise FatalError(
            f"`model: {target}` names a pickle, which would run whatever code is hidden in it",
            "Save the weights with safetensors, write a function `load` that reads them, and name"
            " it: `model: package.module:load`.",
            place,
        )


def answers(model: Model, inputs: Iterable[bytes], tell: Callable[[str], None]) -> list[Answer]:
    """The answers in the order of the inputs, each a line of JSON.

    Raises what the process ended with (see `smokealarm.child`), or UnfitOutputs.
    """
    with tempfile.NamedTemporaryFile(prefix="smokealarm-", suffix=".jsonl") as file:
        file.writelines(line + b"\n" for line in inputs)
        file.flush()
        return _asked(model, file.name, tell)


def _asked(model: Model, inputs: str, tell: Callable[[str], None]) -> list[Answer]:
    argument = {
        "model": model.target,
        "inputs": inputs,
        "batch_size": model.batch_size,
        "elsewhere": str(model.elsewhere.resolve()) if model.elsewhere else "",
    }
    call = f"{__package__}.predict:serve"
    found: list[Answer] = []
    with child.running(call, argument, cwd=model.folder, limits=model.limits) as messages:
        for message in messages:
            if "unfit" in message:
                raise _unfit(model, message["unfit"], message["at"])
            found += [Answer(*answer) for answer in message["answers"]]
            tell(f"{model.target}: {len(found)} examples answered")
    return found


def _unfit(model: Model, what: str, at: tuple[str, int] | None) -> UnfitOutputs:
    place = None
    if at:
        frame = frame_at(*at, "predict", model.folder)
        place = Place(frame.path, frame.line) if frame.in_repository else None
    remedy = f"Return one output per example, each {KINDS}."
    return UnfitOutputs(f"the answers of `{model.target}` cannot be read: {what}", remedy, place)
