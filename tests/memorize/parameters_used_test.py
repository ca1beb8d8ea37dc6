from __future__ import annotations

import pytest

from smokealarm.errors import Unasked
from smokealarm.finding import Level
from smokealarm.memorize.checks.parameters_used import check as parameters_used
from smokealarm.memorize.fit import Flow
from tests.memorize.fits import findings, fit_with

FLOW = Flow(
    trainable=frozenset(("body.weight", "head.weight")),
    held=frozenset(("body.weight", "head.weight")),
    arrived=frozenset(("body.weight",)),
    nonzero=frozenset(("body.weight",)),
    steps=8,
    numbers={"body.weight": 12, "head.weight": 6},
)


def test_parameters_that_all_get_gradients_are_no_cause_for_a_warning() -> None:
    assert findings(parameters_used(fit_with(FLOW._replace(arrived=FLOW.trainable)))) == []


def test_parameters_that_never_get_one_are_a_warning() -> None:
    [finding] = findings(parameters_used(fit_with(FLOW)))
    assert (
        finding.message == "parameters are trainable but the loss never reaches them: head.weight"
    )
    assert finding.level is Level.WARNING
    assert finding.evidence["numbers in them"] == 6


def test_what_is_declared_may_be_idle() -> None:
    assert findings(parameters_used(fit_with(FLOW, hints={"frozen": ["head.*"]}))) == []


def test_what_moves_by_other_means_is_in_use() -> None:
    assert (
        findings(parameters_used(fit_with(FLOW._replace(moved=frozenset(["head.weight"]))))) == []
    )


def test_without_any_gradient_it_stays_unasked() -> None:
    with pytest.raises(Unasked, match="no gradient arrived"):
        findings(parameters_used(fit_with(FLOW._replace(arrived=frozenset()))))
