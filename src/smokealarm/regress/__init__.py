"""regress: does a trained model still do what it did, on named suites of examples?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache, partial
from typing import NamedTuple

from smokealarm.child import Limits
from smokealarm.errors import FatalError, Inconclusive
from smokealarm.finding import Finding
from smokealarm.regress import all_right, no_worse
from smokealarm.regress.endings import Broken
from smokealarm.regress.model import Model, refuse_pickle
from smokealarm.regress.replay import Replay, at_baseline, at_change
from smokealarm.regress.suite import Suite, read
from smokealarm.stage import Ask, Case, Sight, Subject
from smokealarm.workspace import Workspace

CHECKS: Mapping[str, Callable[..., Iterable[Sight]]] = {
    "all_right": all_right.check,
    "no_worse": no_worse.check,
}


class Unasked:
    """A model of the change that cannot be asked: told once, and again to a louder check."""

    def __init__(self, finding: Finding) -> None:
        self.finding = finding
        self.told = -1  # how loudly

    def ask(self, ask: Ask) -> Iterator[Sight]:
        if self.told >= ask.level.loudness:
            raise Inconclusive(
                "the model could not be asked", "The first check of this case says what to mend."
            )
        self.told = ask.level.loudness
        yield self.finding


class Replayed(NamedTuple):
    """A suite replayed through a model."""

    replay: Replay

    def ask(self, ask: Ask) -> Iterator[Sight]:
        try:
            yield from CHECKS[ask.check](self.replay, **ask.options)
        except FatalError as error:
            error.place = error.place or ask.place
            raise


@contextmanager
def opened(
    case: Case,
    workspace: Workspace,
    *,
    model: str,
    suite: str,
    batch_size: int = 64,
    timeout_minutes: float = 10,
    memory_gb: float | None = None,
) -> Iterator[Subject]:
    """Ask the model all examples of the suite.

    `model`: the function that loads it, `package.module:load`, called without arguments. It returns an
    object with `predict(batch)`, or a function of a batch; a batch is a list of the suite's inputs, and
    an answer is a label, `{"label": ..., "margin": ...}` or a list of scores.
    `suite`: a JSONL file of the repository.
    `batch_size`: examples per call. `timeout_minutes`, `memory_gb`: what each of the two models may use.
    """
    refuse_pickle(model, case.places.get("model"))
    if batch_size < 1:
        place = case.places.get("batch_size")
        raise FatalError(f"`batch_size: {batch_size}` asks for nothing", "Write 1 or more.", place)
    limits = Limits(timeout_minutes * 60, memory_gb)
    asked = Model(model, workspace.root, batch_size, limits)
    yield _replayed(case, workspace, _suite(case, workspace, suite), asked)


def _replayed(case: Case, workspace: Workspace, suite: Suite, model: Model) -> Subject:
    try:
        head = at_change(workspace, suite, model, case.places.get("model"))
    except Broken as broken:
        return Unasked(broken.finding)
    base = cache(partial(at_baseline, workspace, suite, model))
    return Replayed(Replay(case.name, head, base))


def _suite(case: Case, workspace: Workspace, name: str) -> Suite:
    try:
        return read(workspace.root, name)
    except FatalError as error:
        error.place = error.place or case.places.get("suite")
        raise
