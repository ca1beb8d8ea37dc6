"""Norms of gradients, parameters and updates, module by module."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from smokealarm.finding import Curve, Finding, Level, Table
from smokealarm.memorize.criterion import share_left
from smokealarm.memorize.fit import Fit, at, number
from smokealarm.stage import Sight

VANISHED = 1e-6  # of the largest gradient of any module
REPLACED = 1.0  # of the parameters' norm: each step replaces them
LATE = 5  # the first step that is no longer a beginning
MOMENTS = 3
ROWS = 200


class Norm(NamedTuple):
    """Of one module's own parameters."""

    gradient: float
    parameters: float
    update: float

    @property
    def ratio(self) -> float:
        return self.update / self.parameters if self.parameters else 0.0


class Moment(NamedTuple):
    """One step that was looked at."""

    step: int
    modules: Mapping[str, Norm]

    def total(self) -> Norm:
        """Of all modules together."""
        columns = zip(*self.modules.values())
        return Norm(*(math.sqrt(sum(each * each for each in column)) for column in columns))


class Norms(NamedTuple):
    """What was seen at some of the steps."""

    moments: tuple[Moment, ...]
    still: frozenset[str]  # weights that got a gradient and did not move by a bit, ever


def check(fit: Fit) -> Iterator[Sight]:
    """Every step moves the weights, and none replaces them; a curve and a table show by how much.

        memorize:
          - name: digits
            setup: digits.smoke:setup
            checks: [norms]

    The curve is the norm of the gradient that the optimizer sees; the table has, module by module,
    the norms of gradient and parameters and the update ratio (norm of the change in one step over
    the norm of the parameters) in the first and the last step that was looked at. About one in a
    thousand is usual for the ratio. Looked at are steps 1, 2, 3, 5, 9, 17 and so on, and parameters
    of at most four million numbers.

    Warnings, where such a training cannot work: weights get a gradient that is less than a millionth
    of the largest, and in five steps or more not one of their numbers changed (it vanishes on its
    way, and is below what their type can hold), while others move; or the steps from the fifth on
    are larger than the parameters themselves, and the loss has not come half of its way. Gradients
    of exactly zero, biases, groups with a learning rate of zero and the first steps of what begins
    at zero do not count, nor does the second where the hint `memorizable` is off.
    """
    norms = fit.fact(Norms)
    if not norms.moments:
        return
    yield curve(norms)
    yield table(norms)
    if vanished := _vanished(norms):
        yield _vanishing(fit, norms, vanished)
    expected = fit.hints.get("memorizable") != "off"
    if expected and _replaced(norms) and 0.5 < share_left(fit.first) < math.inf:
        yield _replacing(fit, norms)


def curve(norms: Norms) -> Curve:
    return Curve(
        title="Gradient norm",
        x_label="step",
        y_label="norm",
        x=[float(moment.step) for moment in norms.moments],
        series={"all parameters": [moment.total().gradient for moment in norms.moments]},
    )


def table(norms: Norms) -> Table:
    first, last = norms.moments[0], norms.moments[-1]
    header = ["gradient norm", "parameter norm", "update ratio"]
    return Table(
        title=f"Norms by module, in step {first.step} and in step {last.step}",
        header=["module", *header, *(f"{title}, last" for title in header)],
        rows=[
            [name or "(the model)", *_shown(first.modules.get(name)), *_shown(norm)]
            for name, norm in list(last.modules.items())[:ROWS]
        ],
    )


def _shown(norm: Norm | None) -> list[float | str | None]:
    if norm is None:
        return [None, None, None]
    return [number(norm.gradient), number(norm.parameters), number(norm.ratio)]


def _share(moment: Moment, module: str) -> float:
    """Of the largest gradient of any module."""
    largest = max(norm.gradient for norm in moment.modules.values())
    return moment.modules[module].gradient / largest if largest else 1.0


def _vanished(norms: Norms) -> list[str]:
    """Weights that stand still and whose module's gradient is next to nothing at every look."""
    found = []
    for name in sorted(norms.still):
        module = name.rpartition(".")[0]
        shares = [_share(each, module) for each in norms.moments if module in each.modules]
        moved = any(moment.total().update > 0 for moment in norms.moments)
        if shares and moved and max(shares) < VANISHED:
            found.append(name)
    return found


def _vanishing(fit: Fit, norms: Norms, names: list[str]) -> Finding:
    module = names[0].rpartition(".")[0]
    first = norms.moments[0]
    strongest = max(first.modules, key=lambda each: first.modules[each].gradient)
    more = f" and {len(names) - 1} more" if len(names) > 1 else ""
    return Finding(
        message=f"the gradient vanishes on its way: `{names[0]}`{more} never moved, with"
        f" {_share(first, module):.2g} of the gradient of `{strongest}`",
        **at(fit.place),
        level=Level.WARNING,
        evidence={
            "gradient norm there": number(first.modules[module].gradient),
            "largest gradient norm": number(first.modules[strongest].gradient),
            "weights that never moved": ", ".join(names[:5]),
            "steps looked at": len(norms.moments),
            "reproduce": fit.reproduce,
        },
        remedy="Between the two something shrinks it layer by layer: saturated sigmoids or tanh, weights"
        " too small, no normalisation. Residual connections, ReLU or GELU with their own"
        " initialisation, or a normalisation layer let it through.",
    )


def _replaced(norms: Norms) -> bool:
    late = [moment.total().ratio for moment in norms.moments if moment.step >= LATE]
    return len(late) >= MOMENTS and min(late) > REPLACED


def _replacing(fit: Fit, norms: Norms) -> Finding:
    last = norms.moments[-1]
    return Finding(
        message=f"each step replaces the weights: the update of step {last.step} is"
        f" {last.total().ratio:.3g} times as large as they are",
        **at(fit.stepping),
        level=Level.WARNING,
        evidence={
            "update ratio": number(last.total().ratio),
            "update norm": number(last.total().update),
            "parameter norm": number(last.total().parameters),
            "reproduce": fit.reproduce,
        },
        remedy="Lower the learning rate by a factor of ten or more, until an update is about a"
        " thousandth of the weights.",
    )
