"""What it means when a model could not be asked: the change's fault at the head, nobody's at the base."""

from __future__ import annotations

from smokealarm.child import Crash, Died, failure
from smokealarm.errors import FatalError, Inconclusive, Place, SmokealarmError
from smokealarm.finding import Finding
from smokealarm.regress.model import UnfitOutputs

REMEDY = (
    "Run it yourself from the repository root; the smoke test passes a list of inputs of the suite"
    " to `predict`."
)


class Broken(Exception):
    """The model of the change cannot be asked at all, and the finding says why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message)
        self.finding = finding


def at_head(error: SmokealarmError, target: str, place: Place | None) -> Exception:
    """What to raise instead. Limits that were met say nothing of the change and stay doubts."""
    if isinstance(error, FatalError):
        return FatalError(error.message, error.remedy, error.place or place)
    if isinstance(error, (Crash, Died)):
        return Broken(failure(error, f"`{target}` cannot be asked", remedy=REMEDY))
    if isinstance(error, UnfitOutputs):
        return Broken(_unfit(error))
    return error


def at_base(error: SmokealarmError, target: str, commit: str) -> Inconclusive:
    """The baseline could not be measured. The change may be fine, and may be what mends it."""
    remedy = error.remedy if isinstance(error, (UnfitOutputs, Inconclusive)) else ""
    return Inconclusive(
        f"there is no baseline: `{target}` of the base commit {commit[:10]} cannot be asked:"
        f" {error.message}{_where(error)}",
        remedy
        or "Is its checkpoint committed, and does that commit still run in this environment?"
        " Once a working version is on the base branch, changes are compared with it.",
    )


def _unfit(error: UnfitOutputs) -> Finding:
    place = error.place
    return Finding(
        message=error.message,
        path=place.path if place else None,
        line=place.line if place else None,
        remedy=error.remedy or REMEDY,
    )


def _where(error: SmokealarmError) -> str:
    return f" (at {error.place.path}:{error.place.line} of that commit)" if error.place else ""
