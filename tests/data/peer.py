"""great_expectations itself, run beside us on the same table: what it says of an expectation."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

os.environ["GX_ANALYTICS_ENABLED"] = "false"  # before the import: it would send events

import great_expectations as gx  # noqa: E402  as said above
import pandas as pd  # noqa: E402  it comes with great_expectations
from great_expectations.data_context.types.base import ProgressBarsConfig  # noqa: E402
from great_expectations.expectations.expectation_configuration import (  # noqa: E402
    ExpectationConfiguration,
)
from great_expectations.expectations.registry import get_expectation_impl  # noqa: E402
from msgspec import Struct  # noqa: E402

from smokealarm import data  # noqa: E402
from smokealarm.data.questions import Faulty, FaultyRecord  # noqa: E402
from smokealarm.data.subject import Answered  # noqa: E402
from smokealarm.finding import Finding  # noqa: E402
from smokealarm.workspace import Changes, Workspace  # noqa: E402
from tests.data.tables import case_of  # noqa: E402

COUNTS = (
    "element_count",
    "missing_count",
    "missing_percent",
    "unexpected_count",
    "unexpected_percent",
    "unexpected_percent_total",
    "unexpected_percent_nonmissing",
)


class Said(Struct, frozen=True, kw_only=True):
    """What one side says. `rows` count from 1; None where the expectation is not about rows."""

    success: bool
    counts: Mapping[str, float] = {}
    rows: tuple[int, ...] | None = None
    observed: Any = None
    raised: str = ""


class Peer:
    """One context of great_expectations, on pandas."""

    def __init__(self) -> None:
        self._context = gx.get_context(mode="ephemeral")
        self._context.variables.progress_bars = ProgressBarsConfig(globally=False)
        asset = self._context.data_sources.add_pandas("tables").add_dataframe_asset("table")
        self._definition = asset.add_batch_definition_whole_dataframe("whole")

    def says(self, frame: pd.DataFrame, kind: str, **options: Any) -> Said:
        """Its answer about a frame, in full."""
        batch = self._definition.get_batch(batch_parameters={"dataframe": frame})
        try:
            expectation = get_expectation_impl(kind)(**options)
            found = batch.validate(expectation, result_format={"result_format": "COMPLETE"})
        except Exception as error:  # whatever it raises is its answer
            return Said(success=False, raised=f"{type(error).__name__}: {error}")
        said: Any = found.to_json_dict()
        raised = _raised(said.get("exception_info") or {})
        result: dict[str, Any] = said["result"]
        rows = result.get("unexpected_index_list")
        return Said(
            success=bool(said["success"]),
            counts={name: result[name] for name in COUNTS if result.get(name) is not None},
            rows=None if rows is None else tuple(int(row) + 1 for row in rows),
            observed=result.get("observed_value"),
            raised=raised,
        )

    def runs(
        self, frame: pd.DataFrame, expectations: list[dict[str, Any]], parameters: dict[str, Any]
    ) -> list[bool]:
        """Whether each expectation of a suite's file holds, in the order of the file."""
        batch = self._definition.get_batch(batch_parameters={"dataframe": frame})
        said = []
        for (
            each
        ) in expectations:  # one by one: a suite sorts them, and drops those about one column
            read = ExpectationConfiguration(**each).to_domain_obj()
            found: Any = batch.validate(read, expectation_parameters=parameters)
            said.append(bool(found.success))
        return said


def _raised(info: Mapping[str, Any]) -> str:
    """The exception of a validation; for several metrics there is one level more."""
    if info.get("raised_exception"):
        return str(info.get("exception_message") or "an exception")
    inner = [value for value in info.values() if isinstance(value, dict)]
    return "; ".join(filter(None, (_raised(each) for each in inner)))


def ours(folder: Path, name: str, kind: str, **options: Any) -> Said:
    """Our answer about a file, in the same words: findings become counts and all of the rows."""
    case = case_of(name, [(kind, options)])
    workspace = Workspace(root=folder, changes=Changes())
    with data.opened(case, workspace, table=name) as subject:
        findings = [seen for seen in subject.ask(case.asks[0]) if isinstance(seen, Finding)]
        assert isinstance(subject, Answered), "the table can be read"
        rows = _rows(subject)
    evidence = findings[0].evidence if findings else {}
    return Said(
        success=not findings,
        counts={name: float(evidence[name] or 0) for name in COUNTS if name in evidence},
        rows=rows,
        observed=evidence.get("observed_value"),
    )


def _rows(subject: Answered) -> tuple[int, ...] | None:
    """Every row with the fault that the check's first question of its kind is about."""
    for known in subject.planned:
        for question in known.expectation.questions:
            if isinstance(question, (Faulty, FaultyRecord)):
                found = subject.answers.examples(question, at_most=1_000_000)
                return tuple(example.row for example in found)
    return None
