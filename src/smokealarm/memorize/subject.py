"""The subject: a fit in a process of its own, and what its checks say, relayed ask by ask."""

from __future__ import annotations

import importlib.util
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Literal

import msgspec

from smokealarm.child import Crash, Died, Limits, OutOfMemory, is_ours, running
from smokealarm.errors import FatalError, Inconclusive, Place, SmokealarmError, Unasked
from smokealarm.finding import Finding, Machine, Picture
from smokealarm.memorize.endings import CALLING, as_finding
from smokealarm.stage import Ask, Case, Sight
from smokealarm.workspace import Workspace

CALL = "smokealarm.memorize.session:run"
LOADED = (
    "smokealarm.memorize.session",
    "torch._dynamo",
)  # by every child; the second by optimizers
RELIEF = 60  # seconds for the forecast that is told of a program for which memory was not enough


@contextmanager
def opened(
    case: Case,
    workspace: Workspace,
    *,
    setup: str,
    steps: int = 200,
    seeds: int = 3,
    timeout_minutes: float = 10,
    memory_gb: float | None = None,
    device: Literal["auto", "cpu", "cuda"] = "auto",
    budget: Literal["full", "quick"] = "full",
    seed: int = 0,
    fault: str = "",
) -> Iterator[Relay]:
    """Start the fit. `device: auto` leaves the model where `setup` puts it.

    `budget: quick` has seconds: one seed, sixty steps at most, and only the checks that cost no more
    than that. What it cannot tell is left unasked, and said. `--quick` and `--full` overrule it.

    `seed` is the first of the `seeds`. `fault` plants one of the drill's into the program, to see
    whether the checks notice.
    """
    if importlib.util.find_spec("torch") is None:
        raise FatalError("memorize needs torch, which is not installed", "pip install torch")
    asks = [ask for ask in case.asks if not ask.skip]
    argument = {
        "case": case.name,
        "setup": setup,
        "steps": max(steps, 1),
        "seeds": max(seeds, 1),
        "seed": seed,
        "fault": fault,
        "device": device,
        "quick": (workspace.budget or budget) == "quick",
        "asks": [{"check": ask.check, "options": dict(ask.options)} for ask in asks],
    }
    limits = Limits(timeout_minutes * 60, memory_gb)
    with running(CALL, argument, cwd=workspace.root, limits=limits) as messages:
        relay = Relay(
            messages,
            asks,
            workspace,
            case.places.get("setup", case.place),
            lambda: _relief(argument, workspace, limits),
        )
        yield relay
        relay.let_it_end()


class Relay:
    """Hands each ask its own sights; what ends the fit is told once, and then referred to."""

    def __init__(
        self,
        messages: Iterator[Any],
        asks: list[Ask],
        workspace: Workspace,
        written: Place,
        relief: Callable[[], Iterable[Sight]] = tuple,
    ) -> None:
        self._machine: Machine | None = None  # told with the first sight
        self._messages = messages
        self._asks = asks
        self._workspace = workspace
        self._written = written  # where the configuration names the set-up
        self._relief = relief  # what is told where the memory was not enough, once
        self._place: Place | None = None  # where the set-up is defined
        self._culprit: dict[str, str] = {}
        self._kept: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
        self._ended: SmokealarmError | None = None
        self._answered: set[int] = set()

    def ask(self, ask: Ask) -> Iterator[Sight]:
        index = self._asks.index(ask)
        for message in self._of(index):
            if self._machine:
                yield self._machine
                self._machine = None
            if "sight" in message:
                yield _sight(message["sight"])
            elif "unasked" in message:
                self._answered.add(index)
                raise Unasked(message["unasked"])
            elif message["doubt"]:
                self._answered.add(index)
                doubt = message["doubt"]
                place = Place(*doubt["place"]) if doubt["place"] else None
                raise Inconclusive(doubt["message"], doubt["remedy"], place)
            else:
                self._answered.add(index)
                return
        yield from self._ending()

    def let_it_end(self) -> None:
        """After the last answer, leave the child time to clean up at its exit."""
        if self._ended is None and len(self._answered) == len(self._asks):
            with suppress(SmokealarmError):
                for message in self._messages:
                    self._take(message)

    def _of(self, index: int) -> Iterator[dict[str, Any]]:
        """The messages about one ask; those about others are kept for later."""
        yield from self._kept.pop(index, [])
        while self._ended is None:
            try:
                message = next(self._messages)
            except SmokealarmError as error:
                self._ended = error
                return
            if message.get("ask") == index:
                yield message
            elif "ask" in message:
                self._kept[message["ask"]].append(message)
            else:
                self._take(message)

    def _take(self, message: dict[str, Any]) -> None:
        if "tell" in message:
            self._workspace.tell(message["tell"])
        if "count" in message:
            self._workspace.count(*message["count"])
        if "machine" in message:
            self._machine = Machine(**message["machine"])
        self._culprit = message.get("culprit", self._culprit)
        if message.get("place"):
            self._place = Place(*message["place"])

    def _ending(self) -> Iterator[Sight]:
        error = self._ended
        assert error is not None
        if isinstance(error, FatalError):
            raise FatalError(error.message, error.remedy, error.place or self._written)
        if isinstance(error, OutOfMemory):
            relief, self._relief = self._relief, tuple
            yield from relief()
        if not isinstance(error, (Crash, Died)) or is_ours(error, CALLING):
            raise error
        self._ended = Inconclusive(
            "the set-up crashed: see the finding of the check before",
            "Mend the crash first; then this check can be run.",
            error.place,
        )
        yield as_finding(error, self._place, self._culprit)


def _relief(argument: Any, workspace: Workspace, limits: Limits) -> Iterator[Sight]:
    """Where the memory was not enough: what takes it, in another child that allocates nothing."""
    call, shorter = "smokealarm.memorize.session:relief", min(limits.seconds, RELIEF)
    with suppress(SmokealarmError):
        limits = limits._replace(seconds=shorter)
        with running(call, argument, cwd=workspace.root, limits=limits) as messages:
            for message in messages:
                yield _sight(message["sight"])


def _sight(message: dict[str, Any]) -> Sight:
    sight: Sight = msgspec.convert(message, Picture if "type" in message else Finding)
    return sight
