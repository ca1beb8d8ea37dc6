"""The drill of tables: each fault is what its name says, nothing is touched, and the count is right."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from msgspec import structs

from smokealarm import drill
from smokealarm.data.drill import trials
from smokealarm.data.drilling.copies import Bench, original
from smokealarm.data.drilling.faults import faults, healthy
from smokealarm.data.proposing.reference import reference
from smokealarm.errors import Inconclusive
from smokealarm.trial import Terms, Trial, Tried, Undrilled
from smokealarm.workspace import Changes, Workspace
from tests.data.tables import case_of, table

NOT_NULL = "expect_column_values_to_not_be_null"
IN_SET = "expect_column_values_to_be_in_set"
COLUMNS = "expect_table_columns_to_match_set"
ROWS = "expect_table_row_count_to_be_between"


def clean(rows: int = 1000) -> dict[str, Any]:
    rng = np.random.default_rng(0)
    return {
        "height": rng.normal(170, 10, rows),
        "weight": rng.normal(70, 10, rows),
        "colour": np.array(["red", "green"])[rng.integers(0, 2, rows)],
        "label": rng.integers(0, 3, rows),
    }


def tried(
    folder: Path,
    *asks: tuple[str, dict[str, Any]],
    kind: str = "parquet",
    is_over: Callable[[], bool] = lambda: False,
    **settings: Any,
) -> list[Tried]:
    """Everything that is tried on a clean table with these checks."""
    case = case_of(table(folder, clean(), kind), asks)
    case = structs.replace(case, settings={**case.settings, **settings})
    terms = Terms(gate=drill.gate, whole=drill.whole, seed=0, is_over=is_over)
    return list(trials(case, Workspace(root=folder, changes=Changes(everything=True)), terms))


def rates(found: list[Tried], name: str) -> list[bool]:
    """Of the trials of that name, which alarmed."""
    return [one.alarmed for one in found if isinstance(one, Trial) and one.name == name]


def test_healthy_copies_are_quiet_in_every_format(tmp_path: Path, kind: str) -> None:
    names = ["height", "weight", "colour", "label"]
    found = tried(tmp_path, (COLUMNS, {"column_set": names}), kind=kind)
    quiet = [one for one in found if isinstance(one, Trial) and not one.is_fault]
    assert len(quiet) == 5
    assert not any(one.alarmed for one in quiet)


def test_a_check_catches_the_faults_that_are_its_own_and_no_others(tmp_path: Path) -> None:
    found = tried(tmp_path, (NOT_NULL, {"column": "height"}))
    assert rates(found, "nulls in height") == [True] * 4
    assert rates(found, "nulls in weight") == [False] * 4
    assert rates(found, "height is gone") == [True]
    assert rates(found, "weight is gone") == [False]


def test_what_is_missed_comes_with_the_check_that_would_catch_it(tmp_path: Path) -> None:
    found = tried(tmp_path, (ROWS, {"min_value": 1}))
    missed = [one for one in found if isinstance(one, Trial) and one.name == "typos in colour"]
    assert {one.remedy for one in missed} == {
        f"Add: - {IN_SET}: {{column: colour, value_set: [...]}}"
    }


def test_a_check_that_never_alarmed_is_named(tmp_path: Path) -> None:
    found = tried(
        tmp_path, (IN_SET, {"column": "colour", "value_set": ["red", "green"]}), (ROWS, {})
    )
    idle = [one.check for one in found if isinstance(one, Undrilled)]
    assert idle == [ROWS]


def test_rows_of_another_split_are_put_in_and_caught_by_the_check_for_leaks(tmp_path: Path) -> None:
    other = {name: values[::-1] for name, values in clean().items()}
    other["height"] = other["height"] + 0.5
    pq.write_table(pa.table(other), tmp_path / "test.parquet")
    found = tried(tmp_path, ("no_leaked_rows", {"between": ["test.parquet"]}))
    assert rates(found, "rows of test.parquet leaked in") == [True, True]
    assert not any(one.alarmed for one in found if isinstance(one, Trial) and not one.is_fault)


def test_a_leak_from_a_table_that_is_no_split_is_missed_with_its_remedy(tmp_path: Path) -> None:
    pq.write_table(pa.table(clean()), tmp_path / "last.parquet")
    found = tried(tmp_path, ("no_drift", {"reference": "last.parquet"}))
    missed = [one for one in found if isinstance(one, Trial) and "leaked in" in one.name]
    assert {one.remedy for one in missed if not one.alarmed} == {
        "Add: - no_leaked_rows: {between: [last.parquet]}"
    }


def test_a_watermark_is_set_aside(tmp_path: Path) -> None:
    mark = {"column": "label", "state": "marks/table.json"}
    found = tried(tmp_path, (NOT_NULL, {"column": "height"}), watermark=mark)
    assert rates(found, "nulls in height") == [True] * 4
    assert not (tmp_path / "marks").exists()


def test_typos_are_planted_only_where_texts_repeat(tmp_path: Path) -> None:
    name = table(tmp_path, {"word": ["a", "b"] * 50, "id": [f"id {at}" for at in range(100)]})
    with reference(name, tmp_path) as relation:
        names = {planted.name for planted in faults(original(relation, 0))}
    assert "typos in word" in names and "typos in id" not in names


def test_the_user_s_files_are_only_read(tmp_path: Path) -> None:
    name = table(tmp_path, clean())
    before = hashlib.sha256((tmp_path / name).read_bytes()).hexdigest()
    tried(tmp_path, (NOT_NULL, {"column": "height"}))
    assert hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() == before
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_table_that_fails_already_is_not_drilled(tmp_path: Path) -> None:
    with pytest.raises(Inconclusive, match="do not pass on the table") as told:
        tried(tmp_path, (ROWS, {"max_value": 10}))
    assert "Mend the table" in told.value.remedy


def test_a_table_of_few_rows_is_not_drilled(tmp_path: Path) -> None:
    case = case_of(table(tmp_path, {"x": [1, 2]}), [(NOT_NULL, {"column": "x"})])
    terms = Terms(gate=drill.gate, whole=drill.whole, seed=0, is_over=lambda: False)
    with pytest.raises(Inconclusive, match="has 2 rows, too few to plant anything in"):
        list(trials(case, Workspace(root=tmp_path, changes=Changes()), terms))


def test_when_the_time_is_over_the_rest_is_named(tmp_path: Path) -> None:
    count = iter(range(1000))
    found = tried(tmp_path, (NOT_NULL, {"column": "height"}), is_over=lambda: next(count) >= 3)
    assert len([one for one in found if isinstance(one, Trial)]) == 4
    (left,) = [one for one in found if isinstance(one, Undrilled)]
    assert left.check.endswith("more changes") and "--budget" in left.reason


@pytest.fixture(scope="module")
def copies(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], pa.Table]:
    """Every change of the catalogue as the table that it makes; {} stands for one that cannot be read."""
    folder = tmp_path_factory.mktemp("copies")
    name = table(folder, {**clean(), "dice": range(1000)})
    made = {}
    with reference(name, folder) as relation:
        source = original(relation, 0)
        (folder / "bench").mkdir()
        bench = Bench(relation.connection, folder / "bench", case_of(name, []))
        for planted in (*healthy(source), *faults(source)):
            bench.write(source, planted)
            if planted.cut == 1:
                made[planted.name, planted.manner] = pq.read_table(bench.folder / bench.table)
    return made


@pytest.mark.parametrize(
    ("name", "manner", "holds"),
    [
        ("the table as it is", "", lambda t, o: t.equals(o)),
        ("nulls in height", "10 % of the rows", lambda t, o: 50 < t["height"].null_count < 150),
        ("nulls in height", "100 % of the rows", lambda t, o: t["height"].null_count == 1000),
        ("-999 in weight", "1 % of the rows", lambda t, o: 0 < t["weight"].to_pylist().count(-999) < 30),
        ("typos in colour", "50 % of the rows", lambda t, o: "reds" in t["colour"].to_pylist()),
        ("height became text", "100 % of the rows", lambda t, o: t["height"][0].as_py().endswith(" kg")),
        ("colour is gone", "", lambda t, o: t.column_names == ["height", "weight", "label", "dice"]),
        (
            "shuffled label",
            "100 % of the rows",
            lambda t, o: sorted(t["label"].to_pylist()) == sorted(o["label"].to_pylist())
            and not t["label"].equals(o["label"]),
        ),
        (
            "height and weight changed places",
            "100 % of the rows",
            lambda t, o: t["height"].equals(o["weight"]) and t["weight"].equals(o["height"]),
        ),
        (
            "height is frozen",
            "the last 50 % of the rows",
            lambda t, o: len(set(t["height"].to_pylist()[500:])) == 1,
        ),
        ("duplicate rows", "10 % of the rows", lambda t, o: 1050 < t.num_rows < 1150),
        ("rows are lost", "the last 50 % of the rows", lambda t, o: t.equals(o.slice(0, 500))),
        (
            "shifted height",
            "by 1 standard deviations",
            lambda t, o: np.allclose(
                np.subtract(t["height"], o["height"]), np.std(o["height"].to_numpy(), ddof=1)
            ),
        ),
        (
            "another unit in height",
            "times 1000, 100 % of the rows",
            lambda t, o: t["height"][0].as_py() > 1e5,
        ),
    ],
)  # fmt: skip
def test_a_fault_is_what_its_name_says(
    copies: dict[tuple[str, str], pa.Table], name: str, manner: str, holds: Any
) -> None:
    assert holds(copies[name, manner], copies["the table as it is", ""])


def test_only_the_named_column_is_changed(copies: dict[tuple[str, str], pa.Table]) -> None:
    as_it_is = copies["the table as it is", ""]
    spoiled = copies["nulls in height", "50 % of the rows"]
    assert [name for name in as_it_is.column_names if not spoiled[name].equals(as_it_is[name])] == [
        "height"
    ]
