from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from smokealarm.data.profile import profile
from smokealarm.data.proposing.reference import reference as opened
from smokealarm.data.statistics import significance
from smokealarm.errors import FatalError
from smokealarm.finding import Curve, Table
from tests.data.checks.asking import columns_of, doubt, seen, written
from tests.data.tables import FORMATS, ask, text

CHECK = "no_drift"
RNG = np.random.default_rng(5)


def healthy(rows: int, shift: float = 0.0, shares: tuple[float, ...] = (0.5, 0.3, 0.2)) -> Any:
    return {
        "id": np.arange(rows),
        "x": RNG.normal(shift, 1, rows),
        "kind": RNG.choice(["a", "b", "c"], rows, p=shares),
        "stars": RNG.integers(1, 6, rows),
        "yes": RNG.random(rows) < 0.3,
        "gaps": [None if one < 0.2 else one for one in RNG.random(rows).tolist()],
    }


@pytest.mark.parametrize("kind", FORMATS)
def test_a_second_sample_of_the_same_passes(tmp_path: Path, kind: str) -> None:
    reference = written(tmp_path, f"a.{kind}", healthy(3000))
    current = written(tmp_path, f"b.{kind}", healthy(3000))
    assert not seen(tmp_path, current, CHECK, reference=reference)


def test_a_table_is_like_itself_in_another_format(tmp_path: Path) -> None:
    columns = healthy(2000)
    written(tmp_path, "a.csv", columns)
    assert not seen(tmp_path, written(tmp_path, "b.parquet", columns), CHECK, reference="a.csv")


def test_what_moved_is_told_and_shown_and_nothing_else(tmp_path: Path) -> None:
    reference = written(tmp_path, "a.parquet", healthy(2000))
    current = written(tmp_path, "b.parquet", healthy(2000, 1.0, (0.1, 0.3, 0.6)))
    found = seen(tmp_path, current, CHECK, reference=reference)
    findings = ask(tmp_path, current, CHECK, reference=reference)
    assert columns_of(findings) == {"x", "kind"}
    assert "the distribution of kind is not that of a.parquet: 'c' from" in findings[1].message
    assert [type(sight) for sight in found if isinstance(sight, (Curve, Table))] == [Curve, Table]
    curve = next(sight for sight in found if isinstance(sight, Curve))
    assert sum(share or 0 for share in curve.series["reference"]) == pytest.approx(1)


def test_a_trivial_shift_in_many_rows_does_not_alarm(tmp_path: Path) -> None:
    reference, current = RNG.normal(0, 1, 1_000_000), RNG.normal(0.02, 1, 1_000_000)
    assert stats.ks_2samp(reference, current).pvalue < 1e-6
    written(tmp_path, "a.parquet", {"x": reference})
    assert not ask(
        tmp_path, written(tmp_path, "b.parquet", {"x": current}), CHECK, reference="a.parquet"
    )


def test_forty_rows_are_too_few_and_it_says_how_many_it_takes(tmp_path: Path) -> None:
    written(tmp_path, "a.parquet", {"x": RNG.normal(size=1000)})
    written(tmp_path, "b.parquet", {"x": RNG.normal(size=40)})
    told = doubt(tmp_path, "b.parquet", CHECK, reference="a.parquet")
    assert told.message == (
        "too few rows to tell whether the distribution of x moved: 40 here, 1,000 in a.parquet"
    )
    needed = significance.rows_needed(lambda m: significance.steps_power(0.2, 1000, m, 0.01))
    assert f"it takes about {needed:,} rows here" in told.remedy


def test_a_gross_shift_of_forty_rows_alarms_all_the_same(tmp_path: Path) -> None:
    written(tmp_path, "a.parquet", {"x": RNG.normal(size=1000)})
    name = written(tmp_path, "b.parquet", {"x": RNG.normal(3, 1, size=40)})
    assert len(ask(tmp_path, name, CHECK, reference="a.parquet")) == 1


@pytest.mark.parametrize("values", [4, 30, 1_000_000], ids=["few values", "many ties", "no ties"])
def test_the_distance_is_that_of_scipy(tmp_path: Path, values: int) -> None:
    one, two = RNG.integers(0, values, 800) / 7, RNG.integers(values // 4, values + 1, 500) / 7
    written(tmp_path, "a.parquet", {"x": one})
    name = written(tmp_path, "b.parquet", {"x": two})
    (finding,) = ask(tmp_path, name, CHECK, reference="a.parquet", effect=0.1)
    expected = stats.ks_2samp(one, two, method="asymp")
    assert finding.evidence["observed_value"] == pytest.approx(expected.statistic, abs=1e-12)
    assert finding.evidence["p_value"] == pytest.approx(expected.pvalue, rel=1e-6)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        pytest.param(["a"] * 500, ["a"] * 500, "", id="the same constant"),
        pytest.param(["a"] * 500, ["b"] * 500, "new: b; gone: a", id="another constant"),
        pytest.param([1.5] * 500, [1.5] * 500, "", id="the same constant number"),
        pytest.param([1.5] * 500, [2.5] * 500, "up to 1.5 lie 100.0 %", id="another number"),
        pytest.param(["a"] * 900, ["b"] * 30 + ["a"] * 600, "", id="a rare new category"),
        pytest.param([None] * 500, [None] * 500, "", id="nothing, before and after"),
        pytest.param([1.0] * 500, [None] * 500, "missing values of x", id="emptied"),
        pytest.param([1.0] * 450 + [None] * 50, [1.0] * 250 + [None] * 250, "50.0 %", id="gaps"),
        pytest.param([float("inf"), 0.5] * 400, [float("inf"), 0.5] * 400, "", id="infinities"),
        pytest.param([True, False] * 300, [True] * 600, "1 from 50.0 % to 100.0 %", id="booleans"),
    ],
)
def test_special_columns(tmp_path: Path, before: Any, after: Any, told: str) -> None:
    written(tmp_path, "a.parquet", {"x": before, "y": RNG.permutation(1000)[: len(before)] / 7.0})
    after_y = RNG.permutation(1000)[: len(after)] / 7.0
    name = written(tmp_path, "b.parquet", {"x": after, "y": after_y})
    found = ask(tmp_path, name, CHECK, reference="a.parquet")
    assert len(found) == bool(told)
    assert all(told in finding.message for finding in found)


def test_dates_are_compared_when_they_are_named(tmp_path: Path) -> None:
    days = [dt.date(2026, 1, 1) + dt.timedelta(days=at % 100) for at in range(1000)]
    later = [day + dt.timedelta(days=60) for day in days]
    written(tmp_path, "a.parquet", {"day": days, "x": RNG.normal(size=1000)})
    name = written(tmp_path, "b.parquet", {"day": later, "x": RNG.normal(size=1000)})
    assert not ask(tmp_path, name, CHECK, reference="a.parquet")
    (finding,) = ask(tmp_path, name, CHECK, reference="a.parquet", columns=["day"])
    assert "up to 2026-0" in finding.message


def test_ids_and_free_texts_are_left_alone_unless_named(tmp_path: Path) -> None:
    def rows(start: int) -> Any:
        return {
            "id": range(start, start + 500),
            "note": [f"n{at}" for at in range(start, start + 500)],
        }

    written(tmp_path, "a.parquet", rows(0))
    name = written(tmp_path, "b.parquet", rows(500))
    assert "a column of ids or texts" in doubt(tmp_path, name, CHECK, reference="a.parquet").message
    assert len(ask(tmp_path, name, CHECK, reference="a.parquet", columns=["id"])) == 1


def test_a_stored_profile_says_the_same_as_its_table(tmp_path: Path) -> None:
    reference = written(tmp_path, "a.parquet", healthy(5000))
    same, moved = (
        written(tmp_path, f"{at}.parquet", healthy(3000, shift))
        for at, shift in ((1, 0.0), (2, 0.8))
    )
    with opened(reference, tmp_path) as relation:
        text(tmp_path, "a.profile.csv", profile(relation, ["id"]))
    assert not ask(tmp_path, same, CHECK, profile="a.profile.csv")
    (finding,) = ask(tmp_path, moved, CHECK, profile="a.profile.csv")
    (direct,) = ask(tmp_path, moved, CHECK, reference=reference)
    assert finding.evidence["effect"] == pytest.approx(direct.evidence["effect"], abs=0.002)


def test_a_row_condition_is_about_both_tables(tmp_path: Path) -> None:
    x = RNG.normal(size=2000)
    bad = np.where(np.arange(2000) < 1000, x + 5, x)
    part = ["new"] * 1000 + ["old"] * 1000
    written(tmp_path, "a.parquet", {"x": x, "part": part})
    name = written(tmp_path, "b.parquet", {"x": bad, "part": part})
    options: dict[str, Any] = {"reference": "a.parquet", "columns": ["x"]}
    assert len(ask(tmp_path, name, CHECK, **options)) == 1
    only_old = {"row_condition": "part == 'old'", "condition_parser": "pandas"}
    assert not ask(tmp_path, name, CHECK, **options, **only_old)


def test_a_column_that_the_reference_lacks_is_told(tmp_path: Path) -> None:
    written(tmp_path, "a.parquet", {"x": RNG.normal(size=500)})
    name = written(tmp_path, "b.parquet", {"x": RNG.normal(size=500), "y": RNG.normal(size=500)})
    (finding,) = ask(tmp_path, name, CHECK, reference="a.parquet", columns=["x", "y"])
    assert "there is no column 'y' in a.parquet" in finding.message


def test_a_broken_reference_is_told_by_this_check_alone(tmp_path: Path) -> None:
    text(tmp_path, "a.parquet", b"no parquet at all")
    name = written(tmp_path, "b.parquet", {"x": [1.0]})
    (finding,) = ask(tmp_path, name, CHECK, reference="a.parquet")
    assert "a.parquet" in finding.message
    assert not ask(tmp_path, name, "expect_column_to_exist", column="x")


@pytest.mark.parametrize(
    "options", [{}, {"reference": "a", "profile": "b"}, {"reference": "a", "effect": 2.0}]
)
def test_options_that_cannot_be_meant(tmp_path: Path, options: Any) -> None:
    name = written(tmp_path, "b.parquet", {"x": [1.0]})
    with pytest.raises(FatalError):
        ask(tmp_path, name, CHECK, **options)
