"""The catalogue: each fault fits several programs, says why it does not fit others, and changes something."""

from __future__ import annotations

import math
import weakref
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

import pytest

from smokealarm.errors import FatalError, Unasked
from smokealarm.memorize.batch import fresh, tensors
from smokealarm.memorize.faults import FAULTS, KIND_OF, planted, told
from smokealarm.memorize.setup import Setup, seed_everything
from smokealarm.memorize.step import Detached, in_eval_mode, train_step
from tests.memorize.bases import PROGRAMS, made

STEPS = 12
UNSEEN = {"losses_kept_with_their_graphs"}  # which changes no number, but the memory


class Seen(NamedTuple):
    """What can be seen of a program from outside, in a few steps."""

    losses: tuple[float, ...] = ()
    crash: str = ""
    weights: tuple[float, ...] = ()
    evaluated: tuple[float, ...] = ()
    batch: tuple[float, ...] = ()


def differs(healthy: Seen, faulty: Seen) -> set[str]:
    return {name for name, a, b in zip(Seen._fields, healthy, faulty) if not _same(a, b)}


def _same(a: Any, b: Any) -> bool:
    if not isinstance(a, tuple):
        return bool(a == b)
    alike = len(a) == len(b)
    return alike and all(x == y or (math.isnan(x) and math.isnan(y)) for x, y in zip(a, b))


def seen(setup: Setup) -> Seen:
    losses: list[float] = []
    seed_everything(0)
    step = train_step(setup)
    try:
        for _ in range(STEPS):
            losses.append(step(fresh(setup.batch)))
        evaluated = tuple(_evaluated(setup))
    except Unasked:
        raise
    except (Exception, Detached) as error:
        return Seen(tuple(losses), crash=type(error).__name__)
    weights = tuple(float(p.detach().double().sum()) for _, p in setup.parameters())
    batch = tuple(float(each.double().sum()) for each in tensors(setup.batch))
    return Seen(tuple(losses), "", weights, evaluated, batch)


def _evaluated(setup: Setup) -> Iterator[float]:
    """The loss in eval mode, twice."""
    evaluate = setup.eval_step or setup.loss
    with in_eval_mode(setup):
        for _ in range(2 if evaluate else 0):
            yield float(evaluate(fresh(setup.batch)))  # type: ignore[misc]  # not None here


@cache
def healthy(name: str) -> Seen:
    return seen(made(name))


@cache
def reports(fault: str) -> dict[str, Seen | str]:
    """By program, what was seen, or why the fault does not fit."""
    found: dict[str, Seen | str] = {}
    for name in PROGRAMS:
        try:
            found[name] = seen(planted(made(name), fault))
        except Unasked as why:
            found[name] = why.message
    return found


def in_words(name: str) -> str:
    return name.replace("_", " ")


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_without_a_fault_is_the_same_when_made_again(name: str) -> None:
    assert differs(healthy(name), seen(made(name))) == set()
    assert healthy(name).crash == "" and healthy(name).losses[-1] < healthy(name).losses[0]


@pytest.mark.filterwarnings("ignore:Using a target size")  # torch has noticed, too
@pytest.mark.parametrize("fault", FAULTS, ids=in_words)
def test_a_fault_changes_at_least_two_programs_and_says_where_it_does_not_fit(fault: str) -> None:
    found = reports(fault)
    fitting = {name: one for name, one in found.items() if isinstance(one, Seen)}
    unchanged = [name for name, one in fitting.items() if not differs(healthy(name), one)]
    reasons = [one for one in found.values() if isinstance(one, str)]
    assert len(fitting) >= 2, reasons
    assert unchanged == ([*fitting] if fault in UNSEEN else [])
    assert all(reason and "cannot be planted" not in reason for reason in reasons)


def test_the_graph_of_every_step_is_kept() -> None:
    setup = planted(made("a classifier"), "losses_kept_with_their_graphs")
    kept: list[Any] = []
    setup.modules[""].middle.register_forward_hook(  # type: ignore[union-attr]  # a layer of the program
        lambda module, args, output: kept.append(weakref.ref(output))
    )
    step = train_step(setup)
    for _ in range(3):
        step(fresh(setup.batch))
    assert [one() is not None and one().grad_fn is not None for one in kept] == [True] * 3


def test_every_fault_is_told_in_one_sentence_of_its_own() -> None:
    sentences = [told(name) for name in FAULTS]
    assert all(sentence.endswith(".") and len(sentence) <= 110 for sentence in sentences)
    assert len(set(sentences)) == len(FAULTS) == len(KIND_OF) >= 70


def test_a_fault_that_nobody_knows_is_the_users_to_mend() -> None:
    with pytest.raises(FatalError, match="no fault `step_forgoten`") as met:
        planted(made("a regression"), "step_forgoten")
    assert met.value.remedy == "Did you mean `step_forgotten`?"
