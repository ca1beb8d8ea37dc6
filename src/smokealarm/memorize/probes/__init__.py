"""What wants a run of its own, fact by fact. A probe makes the program anew and leaves the fit alone.

A probe is called as `probe(bench, fact)`, with the options that the fact was asked for, if there
are any, and returns the fact; `fact` gives it those of others. It raises
Inconclusive where the fact cannot be found out, and Unasked where the question does not apply.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Concatenate

from smokealarm.memorize.bench import Bench
from smokealarm.memorize.checks.batch_order import Order
from smokealarm.memorize.checks.batch_splits import Splits
from smokealarm.memorize.checks.batch_unchanged import Draws
from smokealarm.memorize.checks.causal import Causality
from smokealarm.memorize.checks.deterministic import Twice
from smokealarm.memorize.checks.digits_kept import Digits
from smokealarm.memorize.checks.eval_pure import Purity
from smokealarm.memorize.checks.finite import Origin
from smokealarm.memorize.checks.generalizes import Learning
from smokealarm.memorize.checks.gradients_faithful import Slope
from smokealarm.memorize.checks.gradients_flow import Cut
from smokealarm.memorize.checks.half_range import Range
from smokealarm.memorize.checks.labels_matter import Control
from smokealarm.memorize.checks.loading import Loading
from smokealarm.memorize.checks.logits_stable import Extreme
from smokealarm.memorize.checks.loss_floor import Depth
from smokealarm.memorize.checks.memorizes import Again
from smokealarm.memorize.checks.normalisation import Normalisation
from smokealarm.memorize.checks.padding_ignored import Padding
from smokealarm.memorize.checks.precision import Sweep
from smokealarm.memorize.checks.ranks_agree import Ranks
from smokealarm.memorize.checks.repository_unchanged import Touched
from smokealarm.memorize.checks.resumes import Resumed
from smokealarm.memorize.checks.samples_independent import Influence
from smokealarm.memorize.checks.shapes import Shapes
from smokealarm.memorize.checks.symmetry_broken import Units
from smokealarm.memorize.fit import Facts
from smokealarm.memorize.prices.peak import Forecast, Imagined
from smokealarm.memorize.probes import (
    again,
    causality,
    cut,
    depth,
    digits,
    draws,
    extreme,
    influence,
    labels,
    learning,
    loading,
    memory,
    normalisation,
    order,
    origin,
    padding,
    precision,
    purity,
    ranges,
    ranks,
    resumed,
    shapes,
    slope,
    splits,
    touched,
    twice,
    units,
)

PROBES: Mapping[type, Callable[Concatenate[Bench, Facts, ...], Any]] = {
    Again: again.probe,
    Influence: influence.probe,
    Cut: cut.probe,
    Slope: slope.probe,
    Purity: purity.probe,
    Draws: draws.probe,
    Causality: causality.probe,
    Padding: padding.probe,
    Control: labels.probe,
    Splits: splits.probe,
    Order: order.probe,
    Origin: origin.probe,
    Ranks: ranks.probe,
    Resumed: resumed.probe,
    Sweep: precision.probe,
    Twice: twice.probe,
    Digits: digits.probe,
    Units: units.probe,
    Depth: depth.probe,
    Extreme: extreme.probe,
    Range: ranges.probe,
    Forecast: memory.probe,
    Imagined: memory.unseen,
    Shapes: shapes.probe,
    Touched: touched.probe,
    Loading: loading.probe,
    Learning: learning.probe,
    Normalisation: normalisation.probe,
}
