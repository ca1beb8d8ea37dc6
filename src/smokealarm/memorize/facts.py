"""Finds each fact when it is first asked for: watched for in the fit, or probed for on its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from smokealarm.errors import Inconclusive, SmokealarmError
from smokealarm.memorize.bench import Bench
from smokealarm.memorize.fit import Kind, Trial
from smokealarm.memorize.probes import PROBES
from smokealarm.memorize.setup import Setup
from smokealarm.memorize.trial import run_trial
from smokealarm.memorize.watches import WATCHES, Watch


class Unaskable(Inconclusive):
    """The program trains, but crashes when it is called as the question has to call it."""


class Facts:
    """The facts of one program. What the user's code raises in the first trial passes through."""

    def __init__(
        self, bench: Bench, setup: Setup | None = None, onlookers: Sequence[Watch] = ()
    ) -> None:
        self._bench = bench
        self._setup = setup  # made with the first seed, and not used yet
        self._onlookers = onlookers  # who watches the fit beside those that look for facts
        self._kept: dict[Any, Any] = {}  # by its type, and the options that it was asked for with

    def __call__(self, kind: type[Kind], **options: Any) -> Kind:
        key = (kind, *sorted(options.items())) if options else kind
        if key not in self._kept:
            self._find(key, kind, options)
        if isinstance(self._kept[key], SmokealarmError):
            raise self._kept[key]
        found: Kind = self._kept[key]
        return found

    def _find(self, key: Any, kind: type, options: dict[str, Any]) -> None:
        if kind is Trial or kind in WATCHES:
            self._fit()
        else:
            self._kept[key] = self._probed(kind, options)

    def _fit(self) -> None:
        setup = self._setup or self._bench.made()
        watches = {kind: begin(setup, self._bench.root) for kind, begin in WATCHES.items()}
        self._kept[Trial] = run_trial(
            setup,
            seed=self._bench.seed,
            batch=None,
            steps=self._bench.steps,
            watches=[*watches.values(), *self._onlookers],
            windows=self._bench.windows,
        )
        self._kept.update({kind: watch.seen() for kind, watch in watches.items()})

    def _probed(self, kind: type, options: dict[str, Any]) -> Any:
        """The fit went well, so that a crash in a probe tells of our unusual call and no fault."""
        try:
            return PROBES[kind](self._bench, self, **options)
        except SmokealarmError as error:
            return error
        except Exception as error:
            return Unaskable(
                f"your program could not be asked: {type(error).__name__}: {error}",
                "It trains, but not as this check has to call it. If it cannot be otherwise, write"
                " `skip: REASON` below the check.",
            )
