"""What is watched for while the first trial is trained, fact by fact.

A watch hangs its hooks while it listens, is told of every step, and says in the end what it has seen.
It must be cheap: after a few steps it should have nothing more to do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from smokealarm.memorize.checks.batch_sound import Contents
from smokealarm.memorize.checks.memory_steady import Retention
from smokealarm.memorize.checks.norms import Norms
from smokealarm.memorize.checks.once_per_step import Repeated
from smokealarm.memorize.checks.optimizer_complete import Strays
from smokealarm.memorize.checks.optimizer_settings import Settings
from smokealarm.memorize.checks.stacked_linear import Stacked
from smokealarm.memorize.checks.state_carried import Carried
from smokealarm.memorize.checks.train_mode import Modes
from smokealarm.memorize.fit import Flow
from smokealarm.memorize.losses import LossCalls
from smokealarm.memorize.setup import Setup
from smokealarm.memorize.watches import (
    carried,
    contents,
    gradients,
    linears,
    losses,
    modes,
    norms,
    repeated,
    retention,
    settings,
    strays,
)


class Watch(Protocol):
    """Looks on while a program is trained, and touches nothing."""

    def listening(self) -> AbstractContextManager[None]:
        """Around the whole trial: hooks are hung here, and taken off however it ends."""

    def before_step(self, number: int, batch: Any) -> None:
        """Before step `number`, counted from 1, on this very batch."""

    def after_step(self, number: int, loss: float) -> None:
        """After it, with the loss that it returned."""

    def seen(self) -> Any:
        """The fact."""


WATCHES: Mapping[type, Callable[[Setup, Path], Watch]] = {
    Flow: gradients.Watch,
    Strays: strays.Watch,
    Modes: modes.Watch,
    Retention: retention.Watch,
    LossCalls: losses.Watch,
    Stacked: linears.Watch,
    Norms: norms.Watch,
    Carried: carried.Watch,
    Settings: settings.Watch,
    Contents: contents.Watch,
    Repeated: repeated.Watch,
}
