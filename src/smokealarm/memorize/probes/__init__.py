"""What wants a run of its own, fact by fact. A probe makes the program anew and leaves the fit alone.

A probe is called as `probe(bench, fact)` and returns the fact; `fact` gives it those of others. It raises
Inconclusive where the fact cannot be found out, and Unasked where the question does not apply.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from smokealarm.memorize.bench import Bench
from smokealarm.memorize.checks.finite import Origin
from smokealarm.memorize.checks.memorizes import Again
from smokealarm.memorize.checks.samples_independent import Influence
from smokealarm.memorize.fit import Facts
from smokealarm.memorize.probes import again, influence, origin

PROBES: Mapping[type, Callable[[Bench, Facts], Any]] = {
    Again: again.probe,
    Influence: influence.probe,
    Origin: origin.probe,
}
