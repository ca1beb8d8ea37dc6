"""A suite that is learnt: quiet on clean batches, and alarmed by what it says it catches."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sklearn.datasets import load_breast_cancer, load_diabetes, load_wine

from smokealarm.data.proposing.reference import reference
from smokealarm.data.proposing.suite_text import case_lines
from smokealarm.data.suggest import Suite, suggested
from smokealarm.errors import FatalError, Inconclusive
from tests.data.tables import asked

NOT_NULL = "expect_column_values_to_not_be_null"
BETWEEN = "expect_column_values_to_be_between"
IN_SET = "expect_column_values_to_be_in_set"
MEAN = "expect_column_mean_to_be_between"
STDEV = "expect_column_stdev_to_be_between"
UNIQUE = "expect_column_values_to_be_unique"
LENGTH = "expect_column_value_lengths_to_be_between"
TYPE = "expect_column_values_to_be_in_type_list"
NO_TWINS = "no_duplicate_rows"


def learnt(folder: Path, columns: pa.Table | dict[str, Any], **how: Any) -> Suite:
    """What is proposed for the columns."""
    pq.write_table(pa.table(columns), folder / "reference.parquet")
    with reference("reference.parquet", folder) as relation:
        return suggested(relation, **how)


def alarms(folder: Path, suite: Suite, columns: pa.Table | dict[str, Any]) -> list[str]:
    """The checks of the suite that alarm on the columns."""
    pq.write_table(pa.table(columns), folder / "batch.parquet")
    found = asked(folder, "batch.parquet", *((c, dict(line.options)) for c, line in suite.checks))
    return [one.check for one, findings in zip(suite.checks, found) if findings]


def options(suite: Suite, check: str, column: str) -> dict[str, Any]:
    """The only line of that check about that column."""
    (line,) = [
        line for name, line in suite.checks if (name, line.options.get("column")) == (check, column)
    ]
    return dict(line.options)


def orders(seed: int, rows: int = 4000) -> dict[str, Any]:
    """Clean batches of one population."""
    rng = np.random.default_rng(seed)
    names = np.array(["red", "green", "blue"])
    return {
        "id": [f"order-{at}" for at in rng.permutation(rows)],
        "price": rng.lognormal(3, 0.5, rows),
        "colour": names[rng.choice(3, rows, p=[0.7, 0.2, 0.1])],
        "score": np.where(rng.random(rows) < 0.1, np.nan, rng.random(rows)),
        "note": ["x" * length for length in rng.integers(5, 200, rows)],
    }


def test_a_suite_is_quiet_on_the_next_clean_batches(tmp_path: Path) -> None:
    suite = learnt(tmp_path, orders(0))
    assert len(suite.checks) > 10
    assert [alarms(tmp_path, suite, orders(seed)) for seed in range(1, 11)] == [[]] * 10


@pytest.mark.parametrize("load", [load_wine, load_diabetes, load_breast_cancer])
def test_a_suite_of_one_half_of_a_real_table_is_quiet_on_the_other(
    tmp_path: Path, load: Any
) -> None:
    table = pa.Table.from_pandas(load(as_frame=True).frame, preserve_index=False)
    for seed in range(4):
        order = np.random.default_rng(seed).permutation(table.num_rows)
        half = len(order) // 2
        suite = learnt(tmp_path, table.take(order[:half]), batch=half)
        assert alarms(tmp_path, suite, table.take(order[half:])) == []


@pytest.mark.parametrize(
    ("column", "spoil", "check"),
    [
        ("score", lambda v: np.where(np.arange(len(v)) % 7 == 0, np.nan, v), NOT_NULL),
        ("price", lambda v: v * 100, MEAN),
        ("price", lambda v: np.where(np.arange(len(v)) % 50 == 0, -999, v), BETWEEN),
        ("price", lambda v: np.full(len(v), v.mean()), STDEV),
        ("colour", lambda v: np.where(np.arange(len(v)) % 50 == 0, "gren", v), IN_SET),
        ("id", lambda v: [v[0]] * 40 + v[40:], UNIQUE),
        ("note", lambda v: ["" for _ in v], LENGTH),
        ("note", lambda v: ["cafÃ©" + text for text in v], "text_encoding"),
    ],
    ids=[
        *("nulls", "another unit", "a sentinel", "frozen", "a typo", "repeated keys", "emptied"),
        "a wrong encoding",
    ],
)
def test_a_fault_is_caught_by_the_check_that_is_there_for_it(
    tmp_path: Path, column: str, spoil: Any, check: str
) -> None:
    suite = learnt(tmp_path, orders(0))
    batch = orders(1)
    assert check in alarms(tmp_path, suite, {**batch, column: spoil(batch[column])})


def test_the_smallest_fault_that_is_told_is_caught_nine_times_of_ten(tmp_path: Path) -> None:
    suite = learnt(tmp_path, orders(0))
    (line,) = [line for name, line in suite.checks if name == MEAN and "score" in str(line.options)]
    shift = float(line.catches.partition(" by ")[2].partition(",")[0])
    caught = []
    for seed in range(1, 41):
        batch = orders(seed)
        caught.append(MEAN in alarms(tmp_path, suite, {**batch, "score": batch["score"] + shift}))
    assert 30 <= sum(caught) <= 40


def test_a_later_batch_of_fewer_rows_gets_wider_ranges(tmp_path: Path) -> None:
    widths = [
        options(learnt(tmp_path, orders(0), batch=batch), MEAN, "price") for batch in (4000, 200)
    ]
    assert widths[1]["min_value"] < widths[0]["min_value"]
    assert widths[1]["max_value"] > widths[0]["max_value"]


def test_rows_that_depend_on_their_neighbours_are_kept_together(tmp_path: Path) -> None:
    rng, series = np.random.default_rng(0), np.zeros(5000)
    for at in range(1, len(series)):
        series[at] = 0.95 * series[at - 1] + rng.normal()
    assert learnt(tmp_path, {"heat": series}).block > 10
    assert learnt(tmp_path, {"heat": rng.permutation(series)}).block == 1


def test_nothing_is_said_about_the_size_of_a_counter(tmp_path: Path) -> None:
    suite = learnt(
        tmp_path, {"at": np.arange(2000) * 60, "x": np.random.default_rng(0).random(2000)}
    )
    about = {name for name, line in suite.checks if line.options.get("column") == "at"}
    assert about == {NOT_NULL, UNIQUE, TYPE}


def test_tails_that_are_too_heavy_to_be_judged_are_left_out_and_told(tmp_path: Path) -> None:
    cauchy = np.random.default_rng(0).standard_cauchy(5000)
    suite = learnt(tmp_path, {"x": cauchy})
    assert MEAN not in {name for name, _ in suite.checks}
    assert f"{MEAN} of x has tails too heavy to be judged" in suite.left_out


@pytest.mark.parametrize(
    "columns",
    [
        {"x": pa.array([None] * 60, pa.float64())},
        {"x": [1.0] * 60},
        {"x": [float("inf"), *range(59)]},
        {"x": [["a"]] * 60},
        {"x": [True, False] * 30},
        {"x y\n'\"": ["ä"] * 60},
    ],
    ids=["all missing", "constant", "infinite", "lists", "booleans", "an odd name"],
)
def test_an_odd_column_is_no_obstacle(tmp_path: Path, columns: dict[str, Any]) -> None:
    assert alarms(tmp_path, learnt(tmp_path, columns), columns) == []


def test_too_few_rows_are_said_with_the_number_needed(tmp_path: Path) -> None:
    with pytest.raises(Inconclusive, match="has 10 rows, too few") as told:
        learnt(tmp_path, {"x": range(10)})
    assert "at least 50 rows" in told.value.remedy


def test_a_table_that_is_not_there_is_the_user_s_to_mend(tmp_path: Path) -> None:
    with pytest.raises(FatalError, match="there is no table 'gone.parquet'"):
        with reference("gone.parquet", tmp_path):
            pass


def wandering(seed: int, rows: int = 1000) -> pa.Table:
    """What has no level: prices that wander, a measure that grows, and the year that goes on."""
    rng = np.random.default_rng(seed)
    return pa.table(
        {
            "price": 100 * np.exp(np.cumsum(rng.normal(0, 0.01, rows))),
            "emitted": 300 + np.arange(rows) / 10 + rng.normal(0, 5, rows),
            "year": 1990 + np.arange(rows) // 50,
            "noise": rng.normal(0, 1, rows),
        }
    )


@pytest.mark.parametrize("seed", range(5))
def test_of_what_wanders_or_trends_no_level_is_learnt(tmp_path: Path, seed: int) -> None:
    table = wandering(seed)
    suite = learnt(tmp_path, table.slice(0, 500))
    assert suite.wandering == ("price", "emitted", "year")
    assert {line.options.get("column") for name, line in suite.checks if name == MEAN} == {"noise"}
    assert alarms(tmp_path, suite, table.slice(500)) == []


def test_a_stand_in_is_still_noticed_in_what_wanders(tmp_path: Path) -> None:
    table = wandering(0)
    suite = learnt(tmp_path, table.slice(0, 500))
    spoilt = table.to_pandas().tail(500)
    spoilt.loc[spoilt.index[::20], "emitted"] = -9999
    assert alarms(tmp_path, suite, pa.Table.from_pandas(spoilt)) == [BETWEEN]


def test_of_sorted_rows_whose_order_means_nothing_all_is_learnt_on_demand(tmp_path: Path) -> None:
    table = pa.table(orders(0)).sort_by("price")
    assert learnt(tmp_path, table).wandering == ("price",)
    suite = learnt(tmp_path, table, block=1)
    assert suite.wandering == ()
    assert options(suite, MEAN, "price")
    assert alarms(tmp_path, suite, orders(1)) == []


def test_missing_values_that_come_in_the_course_of_the_rows_are_not_judged(tmp_path: Path) -> None:
    values = [1.0] * 300 + [None if at % 2 else 1.0 for at in range(300)]
    suite = learnt(tmp_path, {"x": values, "y": np.random.default_rng(0).random(600)})
    assert f"{NOT_NULL} of x goes up and down in the course of the rows" in suite.left_out


def test_calm_and_stormy_times_make_blocks(tmp_path: Path) -> None:
    rng, scale = np.random.default_rng(0), np.ones(5000)
    for at in range(1, len(scale)):
        scale[at] = 0.9 * scale[at - 1] + rng.normal()
    storms = np.exp(scale) * rng.normal(size=5000)
    assert learnt(tmp_path, {"change": storms}).block > 10
    assert learnt(tmp_path, {"change": rng.permutation(storms)}).block == 1


def test_rows_that_are_all_different_stay_so_where_chance_makes_no_twins(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    measured = {f"x{at}": rng.normal(size=500) for at in range(6)}
    suite = learnt(tmp_path, {"id": np.arange(500), **measured})
    assert [dict(line.options) for name, line in suite.checks if name == NO_TWINS] == [
        {"ignore": ["id"]}
    ]
    assert alarms(tmp_path, suite, pa.table({"id": np.arange(500), **measured})) == []


@pytest.mark.parametrize(
    "columns",
    [
        {f"x{at}": np.arange(216) // 6**at % 6 for at in range(4)},
        {"x": np.random.default_rng(0).normal(size=500), "y": ["a", "b"] * 250},
    ],
    ids=["codes, which by chance are all different", "few columns"],
)
def test_short_rows_may_be_equal_by_chance(tmp_path: Path, columns: dict[str, Any]) -> None:
    assert NO_TWINS not in {name for name, _ in learnt(tmp_path, columns).checks}


def test_dates_must_not_lie_long_before_the_first_and_stay_dates(tmp_path: Path) -> None:
    days = np.datetime64("2024-01-01") + np.random.default_rng(0).integers(0, 400, 500)
    suite = learnt(tmp_path, {"day": days})
    assert str(options(suite, BETWEEN, "day")["min_value"]) < "2023-01-01"
    assert alarms(tmp_path, suite, {"day": days + np.timedelta64(5000, "D")}) == []
    forgotten = np.where(np.arange(500) % 20 == 0, np.datetime64("1970-01-01"), days)
    assert alarms(tmp_path, suite, {"day": forgotten}) == [BETWEEN]
    assert alarms(tmp_path, suite, {"day": [str(day) for day in days]}) == [TYPE]


@pytest.mark.parametrize(
    "column",
    [
        [f"{hour:02}:30:00" for hour in range(24)] * 5,
        pa.array([timedelta(hours=hour) for hour in range(24)] * 5, pa.duration("s")),
        pa.array([time(hour, 30) for hour in range(24)] * 5),
        pa.array([datetime(2024, 1, 1, hour) for hour in range(24)] * 5, pa.timestamp("us", "UTC")),
        pa.array([datetime(2024, 1, 1, hour) for hour in range(24)] * 5, pa.timestamp("ns")),
        pa.array([Decimal(hour) / 8 for hour in range(24)] * 5),
    ],
    ids=["times as text", "durations", "times", "moments of a zone", "nanoseconds", "decimals"],
)
def test_every_kind_of_moment_is_learnt_and_passes_again(tmp_path: Path, column: Any) -> None:
    assert alarms(tmp_path, learnt(tmp_path, {"x": column}), {"x": column}) == []


def test_a_number_that_repeats_now_and_then_is_no_key(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    place = rng.choice(5_000_000, 20_000, replace=False)
    place[:10] = place[10:20]
    suite = learnt(tmp_path, {"place": place})
    assert UNIQUE not in {name for name, _ in suite.checks}


def test_a_wide_table_has_no_line_for_what_was_never_missing_and_says_so(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    measured: dict[str, Any] = {f"x{at}": rng.normal(size=200) for at in range(50)}
    measured["x7"] = np.where(rng.random(200) < 0.1, np.nan, measured["x7"])
    suite = learnt(tmp_path, {**measured, "word": ["one", "two"] * 100})
    about = {line.options["column"] for name, line in suite.checks if name == NOT_NULL}
    assert about == {"x7", "word"}
    assert any("With more than 40 columns" in line for line in case_lines("x", "t", suite))
