"""A model that is to name the next token sees none of the tokens that come after."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from smokealarm.errors import Inconclusive, Unasked
from smokealarm.finding import Finding
from smokealarm.memorize.fit import Fit, at, number


class Leak(NamedTuple):
    """What moved when everything after one position was exchanged."""

    position: int
    moved: float  # outputs up to this position
    reach: float  # outputs after it
    noise: float = 0.0

    @property
    def share(self) -> float:
        return self.moved / self.reach if self.moved > self.noise and self.reach else 0.0


class Causality(NamedTuple):
    """What a model that is to be causal knows of what comes later."""

    leaks: tuple[Leak, ...] = ()
    length: int = 0
    why: str = ""  # it is taken to be causal
    module: str = ""
    copied: bool = False  # each output is scored against the token that the model is given there


def check(fit: Fit, *, tolerance: float = 0.0001) -> Iterator[Finding]:
    """The outputs up to a position stay the same whatever comes after it, and predict what comes next.

        memorize:
          - name: poems
            setup: poems.smoke:setup
            checks:
              - causal: {tolerance: 0.0001}

    Asked of a model that is given tokens and is to name the next one: the batch holds for every token
    of the inputs the one after it (or the model is a causal one of `transformers`, which shifts by
    itself). Of another model it is asked where you say hints={"causal": True}; then inputs may be
    numbers, too. hints={"causal": False} settles that a model may look ahead.

    At the first, the middle and the last position but one, all later tokens are exchanged for others
    of the same batch; padding stays. The first is the first whose target counts (not -100): a prefix
    may be read both ways. Outputs up to there must not move by more than `tolerance`, as a
    share of how far the later ones move. What moves them: a mask that is missing, transposed or off
    by one, a bidirectional recurrent layer, a convolution that is padded on both sides.

    It also tells of targets that were not shifted: a causal model whose cross-entropy compares every
    output with the very token that was given at that place learns to copy. An encoder that sees the
    whole text may do so (it is an autoencoder).
    """
    if fit.hints.get("causal") is False:
        raise Unasked("the hints say that the model may look ahead")
    seen = fit.fact(Causality)
    if seen.leaks and all(leak.reach <= leak.noise for leak in seen.leaks):
        raise Inconclusive(
            "the outputs are the same whatever the tokens are", "Look at what reaches the model."
        )
    worst = max(seen.leaks, key=lambda leak: leak.share, default=Leak(0, 0.0, 0.0))
    if worst.share > tolerance:
        yield _future(fit, seen, worst)
    elif seen.copied:
        yield _copied(fit, seen)


def _future(fit: Fit, seen: Causality, leak: Leak) -> Finding:
    return Finding(
        message=f"the model sees the future: outputs up to position {leak.position} of {seen.length}"
        f" change with what comes after, by {leak.moved:.3g}",
        **at(fit.place),
        evidence={
            "taken to be causal": seen.why,
            "position": leak.position,
            "moved": number(leak.moved),
            "outputs after it moved": number(leak.reach),
            **({"module": seen.module} if seen.module else {}),
            "reproduce": fit.reproduce,
        },
        remedy="Look at the mask of the attention (missing, transposed, off by one, True and False"
        " confused), for layers that read backwards, and for convolutions padded on both sides. A"
        ' model that may look ahead declares hints={"causal": False}.',
    )


def _copied(fit: Fit, seen: Causality) -> Finding:
    return Finding(
        message="the targets are not shifted: the model is asked for the token that it is given",
        **at(fit.place),
        evidence={
            "module": seen.module,
            "length": seen.length,
            "reproduce": fit.reproduce,
        },
        remedy="Give the model tokens[:, :-1] and compare with tokens[:, 1:]. If it is to copy, declare"
        ' hints={"causal": False}.',
    )
