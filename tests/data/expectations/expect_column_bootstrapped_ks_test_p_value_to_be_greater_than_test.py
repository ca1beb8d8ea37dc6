from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

from smokealarm.errors import FatalError, Inconclusive
from tests.data.tables import ask, table

CHECK = "expect_column_bootstrapped_ks_test_p_value_to_be_greater_than"

AGES = {"bins": [19, 40, 60, 80], "weights": [0.27, 0.5, 0.23]}


def test_a_real_column_passes(real: Path, kind: str) -> None:
    assert not ask(real, f"diabetes.{kind}", CHECK, column="age", partition_object=AGES)


def test_values_elsewhere_are_told_the_same_every_time(real: Path, kind: str) -> None:
    elsewhere = {"bins": [0, 5, 10], "weights": [0.5, 0.5]}
    options = {"column": "age", "partition_object": elsewhere, "bootstrap_samples": 99}
    (finding,) = ask(real, f"diabetes.{kind}", CHECK, **options)
    assert finding.message == (
        "age: hardly a sample of 4 agrees with the expected distribution "
        "(p-value 0.01, expected above 0.05)"
    )


def test_too_few_rows_are_said_to_be_so(tmp_path: Path) -> None:
    name = table(tmp_path, {"x": [20.0, None]})
    with pytest.raises(Inconclusive, match="x has 1 values, too few for samples of 6"):
        ask(tmp_path, name, CHECK, column="x", partition_object=AGES)


def test_texts_fall_into_no_bins(tmp_path: Path) -> None:
    name = table(tmp_path, {"x": ["a"]})
    assert len(ask(tmp_path, name, CHECK, column="x", partition_object=AGES)) == 1


@pytest.mark.parametrize(
    ("options", "wrong"),
    [
        ({"partition_object": {"values": ["a"], "weights": [1]}}, "finite ends"),
        ({"partition_object": {"bins": [0, math.inf], "weights": [1]}}, "finite ends"),
        ({"partition_object": AGES, "p": 2.0}, "no p-value"),
        ({"partition_object": AGES, "bootstrap_samples": 0}, "needs samples"),
    ],
)
def test_options_that_cannot_be_meant_are_told(
    tmp_path: Path, options: dict[str, Any], wrong: str
) -> None:
    with pytest.raises(FatalError, match=wrong):
        ask(tmp_path, "not-there.parquet", CHECK, column="x", **options)
