"""Finds each fact when it is first asked for: watched for in the fit, or probed for on its own."""

from __future__ import annotations

from typing import Any

from smokealarm.errors import Inconclusive, SmokealarmError
from smokealarm.memorize.bench import Bench
from smokealarm.memorize.fit import Kind, Trial
from smokealarm.memorize.probes import PROBES
from smokealarm.memorize.setup import Setup
from smokealarm.memorize.trial import run_trial
from smokealarm.memorize.watches import WATCHES


class Facts:
    """The facts of one program. What the user's code raises in the first trial passes through."""

    def __init__(self, bench: Bench, setup: Setup) -> None:
        self._bench = bench
        self._setup = setup  # made with the first seed, and not used yet
        self._kept: dict[type, Any] = {}

    def __call__(self, kind: type[Kind]) -> Kind:
        if kind not in self._kept:
            self._find(kind)
        if isinstance(self._kept[kind], SmokealarmError):
            raise self._kept[kind]
        found: Kind = self._kept[kind]
        return found

    def _find(self, kind: type) -> None:
        if kind is Trial or kind in WATCHES:
            self._fit()
        else:
            self._kept[kind] = self._probed(kind)

    def _fit(self) -> None:
        watches = {kind: begin(self._setup, self._bench.root) for kind, begin in WATCHES.items()}
        self._kept[Trial] = run_trial(
            self._setup,
            seed=self._bench.seed,
            batch=None,
            steps=self._bench.steps,
            watches=list(watches.values()),
        )
        self._kept.update({kind: watch.seen() for kind, watch in watches.items()})

    def _probed(self, kind: type) -> Any:
        """The fit went well, so that a crash in a probe tells of our unusual call and no fault."""
        try:
            return PROBES[kind](self._bench, self)
        except SmokealarmError as error:
            return error
        except Exception as error:
            return Inconclusive(
                f"your program could not be asked: {type(error).__name__}: {error}",
                "It trains, but not as this check has to call it. If it cannot be otherwise, write"
                " `skip: REASON` below the check.",
            )
