"""A proposed suite as the lines of a configuration, each check under the reason for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from smokealarm.data.columns import listed
from smokealarm.data.proposing.thinning import MANY_COLUMNS
from smokealarm.data.suggest import Suite


def case_lines(name: str, table: str, suite: Suite) -> Iterator[str]:
    """The lines of one item under `data:`, without its indentation."""
    yield f"- name: {_inline(name)}"
    yield f"  table: {_inline(table)}"
    yield "  checks:"
    for line in _heading(suite):
        yield f"    # {line}"
    for check, proposed in suite.checks:
        yield f"    # {proposed.why}. Catches {proposed.catches}."
        yield f"    - {check}: {_inline(dict(proposed.options))}"


def _heading(suite: Suite) -> Iterator[str]:
    part = f" (of {suite.of:,})" if suite.of > suite.rows else ""
    yield f"Learnt from {suite.rows:,} rows{part}, for batches of about {suite.batch:,} rows."
    yield (
        f"All together alarm on at most {100 * suite.target:g} % of the clean batches: every range "
        f"reaches {suite.factor:.1f}"
    )
    yield 'standard deviations to each side, as resampling the reference asks for. "Catches" is the'
    yield "smallest fault that is noticed 9 times of 10."
    if suite.block > 1:
        yield f"Neighbouring rows resemble each other: {suite.block:,} at a time were kept together."
    if suite.wandering:
        yield "What goes up or down in the course of the rows has no usual level, so that its ranges are very"
        yield f"wide: {listed(list(suite.wandering), 5)}. If the rows are merely sorted, and a later batch"
        yield "is not the next stretch of them, learn anew with --block 1."
    if suite.trusting:
        yield f"With more than {MANY_COLUMNS} columns: where nothing was missing and the mean is watched,"
        yield "no line is about missing values. Add expect_column_values_to_not_be_null where it matters."


def _inline(value: Any) -> str:
    """The value in YAML's flow style on one line."""
    text: str = yaml.safe_dump(
        value, default_flow_style=True, width=10**9, allow_unicode=True, sort_keys=False
    )
    return text.removesuffix("\n").removesuffix("\n...")
