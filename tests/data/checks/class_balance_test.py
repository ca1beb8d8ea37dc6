from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from scipy.stats import binomtest

from smokealarm.errors import FatalError
from smokealarm.finding import Table
from smokealarm.wilson import wilson
from tests.data.checks.asking import doubt, seen, written
from tests.data.tables import ask, table

CHECK = "class_balance"


def rows(**counts: int) -> dict[str, list[str]]:
    return {"label": [name for name, count in counts.items() for _ in range(count)]}


def test_the_classes_of_a_real_table_are_in_balance(real: Path, kind: str) -> None:
    options = {"column": "label", "min_share": 0.05, "max_share": 0.2, "classes": list(range(10))}
    assert not ask(real, f"digits.{kind}", CHECK, **options)


def test_a_rare_class_is_told_and_all_are_shown(tmp_path: Path, kind: str) -> None:
    name = table(tmp_path, rows(cat=900, dog=900, bird=10), kind)
    finding, picture = seen(tmp_path, name, CHECK, column="label", min_share=0.05)
    assert finding.message.startswith(  # type: ignore[union-attr]  # a Finding
        "label 'bird': 10 of 1,810 rows (0.55%), fewer than 0.05 of them"
    )
    assert isinstance(picture, Table)
    assert picture.rows[2] == ["bird", 10, "0.55%"]


def test_a_class_that_is_too_frequent_is_told(tmp_path: Path) -> None:
    name = table(tmp_path, rows(a=950, b=50))
    (finding,) = ask(tmp_path, name, CHECK, column="label", max_share=0.9)
    assert "more than 0.9" in finding.message


def test_a_class_that_is_gone_is_told(tmp_path: Path) -> None:
    name = table(tmp_path, rows(a=500, b=500))
    (finding,) = ask(tmp_path, name, CHECK, column="label", classes=["a", "b", "c"])
    assert "label 'c': 0 of 1,000 rows (0.00%), which should be there" in finding.message
    assert len(ask(tmp_path, name, CHECK, column="label", min_share=0.1, classes=["c"])) == 1


def test_few_rows_are_inconclusive_and_it_says_how_many_would_settle_it(tmp_path: Path) -> None:
    name = table(tmp_path, rows(a=36, b=4))
    told = doubt(tmp_path, name, CHECK, column="label", min_share=0.05)
    assert "4 of 40 rows (10.00%)" in told.message
    needed = int(told.remedy.partition("about ")[2].split()[0].replace(",", ""))
    assert wilson(needed // 10, needed, 0.995)[0] >= 0.05 - 1e-3
    assert wilson(needed // 20, needed // 2, 0.995)[0] < 0.05


def test_the_shares_of_a_reference_are_kept(tmp_path: Path, kind: str) -> None:
    written(tmp_path, f"a.{kind}", rows(a=2500, b=2500))
    same = written(tmp_path, f"b.{kind}", rows(a=2450, b=2550))
    assert not ask(tmp_path, same, CHECK, column="label", reference=f"a.{kind}")
    other = written(tmp_path, f"c.{kind}", rows(a=1000, b=4000))
    found = ask(tmp_path, other, CHECK, column="label", reference=f"a.{kind}")
    assert {finding.evidence["class"] for finding in found} == {"a", "b"}
    few = written(tmp_path, f"d.{kind}", rows(a=20, b=20))
    told = doubt(tmp_path, few, CHECK, column="label", reference=f"a.{kind}")
    assert "its share in the reference" in told.message


def test_missing_values_are_no_class(tmp_path: Path) -> None:
    name = table(tmp_path, {"label": [0.0, 1.0, None, float("nan")] * 500})
    assert not ask(tmp_path, name, CHECK, column="label", min_share=0.4)


def test_a_column_of_thousands_of_values_has_no_classes(tmp_path: Path) -> None:
    (finding,) = ask(
        tmp_path, table(tmp_path, {"x": range(2000)}), CHECK, column="x", min_share=0.1
    )
    assert "2,000 different values, which are no classes" in finding.message


@pytest.mark.parametrize("options", [{}, {"min_share": 5}, {"reference": "a.parquet", "by": 0}])
def test_options_that_cannot_be_meant(tmp_path: Path, options: Any) -> None:
    with pytest.raises(FatalError):
        ask(tmp_path, table(tmp_path, rows(a=1)), CHECK, column="label", **options)


@pytest.mark.parametrize(("count", "total"), [(0, 10), (3, 40), (50, 50), (999, 5000)])
def test_the_interval_is_that_of_scipy(count: int, total: int) -> None:
    expected = binomtest(count, total).proportion_ci(0.99, method="wilson")
    assert wilson(count, total, 0.99) == pytest.approx((expected.low, expected.high), abs=1e-12)
