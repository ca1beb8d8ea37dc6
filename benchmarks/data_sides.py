"""One side of the benchmark of `data`, in a process of its own: python data_sides.py SIDE TABLE ROWS.

Each side asks the same 21 questions in its own words and prints what failed, its CPU seconds and memory.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any

EMAIL = r"^[^@]+@example\.org$"
COUNTRIES = ["de", "fr", "it", "es", "pl"]
COLUMNS = "id email age income country label score item day x0 x1 clicked".split()
LEVELS, RANGES = [0.25, 0.5, 0.75], [[240, 260], [490, 510], [740, 760]]


def checks(rows: int) -> list[tuple[str, dict[str, Any]]]:
    """The 21 expectations, in the words of great_expectations and smokealarm."""
    column = "expect_column_"
    return [
        ("expect_table_row_count_to_be_between", {"min_value": rows, "max_value": rows}),
        ("expect_table_columns_to_match_set", {"column_set": COLUMNS}),
        (column + "to_exist", {"column": "label"}),
        (column + "values_to_not_be_null", {"column": "label"}),
        (column + "values_to_not_be_null", {"column": "score", "mostly": 0.9}),
        (column + "values_to_be_between", {"column": "age", "min_value": 18, "max_value": 77}),
        (column + "values_to_be_between", {"column": "x0", "min_value": 0, "max_value": 1}),
        (column + "values_to_be_in_set", {"column": "country", "value_set": COUNTRIES}),
        (column + "values_to_be_in_set", {"column": "label", "value_set": list(range(10))}),
        (column + "values_to_be_unique", {"column": "id"}),
        (column + "values_to_match_regex", {"column": "email", "regex": EMAIL}),
        (column + "values_to_be_of_type", {"column": "x1", "type_": "float64"}),
        (column + "mean_to_be_between", {"column": "score", "min_value": 0.49, "max_value": 0.51}),
        (column + "median_to_be_between", {"column": "x0", "min_value": 0.4, "max_value": 0.6}),
        (column + "stdev_to_be_between", {"column": "x1", "min_value": 0.2, "max_value": 0.4}),
        (column + "sum_to_be_between", {"column": "clicked", "min_value": 1, "max_value": rows}),
        (column + "min_to_be_between", {"column": "day", "min_value": 0, "max_value": 9}),
        (column + "max_to_be_between", {"column": "day", "min_value": 300, "max_value": 364}),
        (column + "unique_value_count_to_be_between", {"column": "item", "max_value": 5000}),
        (column + "distinct_values_to_equal_set", {"column": "country", "value_set": COUNTRIES}),
        (
            column + "quantile_values_to_be_between",
            {"column": "income", "quantile_ranges": {"quantiles": LEVELS, "value_ranges": RANGES}},
        ),
    ]


def smokealarm(path: Path, rows: int) -> list[str]:
    from smokealarm import data
    from smokealarm.errors import Place
    from smokealarm.stage import Ask, Case
    from smokealarm.workspace import Changes, Workspace

    asks = tuple(
        Ask(check=name, place=Place("x", line), options=options)
        for line, (name, options) in enumerate(checks(rows), 1)
    )
    case = Case(stage="data", name="x", place=Place("x"), asks=asks)
    workspace = Workspace(root=path.parent, changes=Changes())
    with data.opened(case, workspace, table=path.name) as subject:
        return [ask.check for ask in asks if list(subject.ask(ask))]


def decode(path: Path, rows: int) -> list[str]:
    """Every value of every column is read, and no question is asked: the floor."""
    import duckdb

    source = "read_parquet" if path.suffix == ".parquet" else "read_csv"
    read = ", ".join(f"any_value({name}) FILTER (hash({name}) = 0)" for name in COLUMNS)
    read = ", ".join(f"count({name})" for name in COLUMNS) if path.suffix == ".csv" else read
    duckdb.execute(f"SELECT {read} FROM {source}('{path}')").fetchall()
    return []


def great_expectations(path: Path, rows: int) -> list[str]:
    os.environ["GX_ANALYTICS_ENABLED"] = "false"  # before the import: it would send events
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig
    from great_expectations.expectations.registry import get_expectation_impl

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    asset = context.data_sources.add_pandas("p").add_dataframe_asset("a")
    definition = asset.add_batch_definition_whole_dataframe("b")
    batch = definition.get_batch({"dataframe": _pandas(path)})
    suite = gx.ExpectationSuite(name="s")
    for name, options in checks(rows):
        suite.add_expectation(get_expectation_impl(name)(**options))
    results = batch.validate(suite).results
    return [found.expectation_config.type for found in results if not found.success]


def pandera_on_pandas(path: Path, rows: int) -> list[str]:
    import pandera.pandas as pa

    return _pandera(pa, _pandas(path), rows, _PANDAS)


def pandera_on_polars(path: Path, rows: int) -> list[str]:
    import pandera.polars as pa
    import polars as pl

    read = pl.read_parquet if path.suffix == ".parquet" else pl.read_csv
    return _pandera(pa, read(path), rows, _POLARS)


_PANDAS = {
    "nulls": lambda s: s.isna().mean() <= 0.1,
    "mean": lambda s: 0.49 <= s.mean() <= 0.51,
    "median": lambda s: 0.4 <= s.median() <= 0.6,
    "stdev": lambda s: 0.2 <= s.std() <= 0.4,
    "sum": lambda s: s.sum() >= 1,
    "extremes": lambda s: s.min() <= 9 and 300 <= s.max() <= 364,
    "few": lambda s: s.nunique() <= 5000,
    "equal": lambda s: set(s.unique()) == set(COUNTRIES),
    "quantiles": lambda s: all(
        low <= s.quantile(level) <= high for level, (low, high) in zip(LEVELS, RANGES)
    ),
}


def _of_polars(name: str) -> Any:
    def judged(data: Any) -> bool:
        series = data.lazyframe.select(data.key).collect().to_series()
        return bool(_POLARS_SERIES[name](series))

    return judged


_POLARS_SERIES = {
    **{name: _PANDAS[name] for name in ("mean", "median", "stdev", "sum", "extremes", "quantiles")},
    "nulls": lambda s: s.null_count() <= 0.1 * len(s),
    "few": lambda s: s.n_unique() <= 5000,
    "equal": lambda s: set(s.unique()) == set(COUNTRIES),
}
_POLARS = {name: _of_polars(name) for name in _POLARS_SERIES}


def _pandera(pa: Any, frame: Any, rows: int, own: dict[str, Any]) -> list[str]:
    def column(*wanted: Any, **options: Any) -> Any:
        return pa.Column(None, list(wanted), **{"nullable": True, **options})

    def mine(name: str) -> Any:
        return pa.Check(own[name], name=name)

    schema = pa.DataFrameSchema(
        {
            "id": column(unique=True),
            "email": column(pa.Check.str_matches(EMAIL)),
            "age": column(pa.Check.in_range(18, 77)),
            "income": column(mine("quantiles")),
            "country": column(pa.Check.isin(COUNTRIES), mine("equal")),
            "label": column(pa.Check.isin(list(range(10))), nullable=False),
            "score": column(mine("nulls"), mine("mean")),
            "item": column(mine("few")),
            "day": column(mine("extremes")),
            "x0": column(pa.Check.in_range(0, 1), mine("median")),
            "x1": column(mine("stdev")),
            "clicked": column(mine("sum")),
        },
        strict=True,
    )
    failed = [] if len(frame) == rows else ["rows"]
    try:
        schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as errors:
        failed += [str(case) for case in errors.failure_cases["check"]]
    return failed


def pointblank(path: Path, rows: int) -> list[str]:
    import pointblank as pb
    import polars as pl

    frame = (pl.read_parquet if path.suffix == ".parquet" else pl.read_csv)(path)

    def about(test: Any) -> Any:
        return lambda table: bool(test(table))

    validation = (
        pb.Validate(frame)
        .row_count_match(rows)
        .col_schema_match(pb.Schema(columns=COLUMNS), in_order=False)
        .col_exists("label")
        .col_vals_not_null("label")
        .specially(about(lambda t: t["score"].null_count() <= 0.1 * len(t)))
        .col_vals_between("age", 18, 77)
        .col_vals_between("x0", 0, 1)
        .col_vals_in_set("country", COUNTRIES)
        .col_vals_in_set("label", list(range(10)))
        .rows_distinct("id")
        .col_vals_regex("email", EMAIL)
        .specially(about(lambda t: t["x1"].dtype == pl.Float64))
        .specially(about(lambda t: _PANDAS["mean"](t["score"])))
        .specially(about(lambda t: _PANDAS["median"](t["x0"])))
        .specially(about(lambda t: _PANDAS["stdev"](t["x1"])))
        .specially(about(lambda t: _PANDAS["sum"](t["clicked"])))
        .specially(about(lambda t: t["day"].min() <= 9))
        .specially(about(lambda t: 300 <= t["day"].max() <= 364))
        .specially(about(lambda t: t["item"].n_unique() <= 5000))
        .specially(about(lambda t: set(t["country"].unique()) == set(COUNTRIES)))
        .specially(about(lambda t: _PANDAS["quantiles"](t["income"])))
        .interrogate()
    )
    return (
        [str(step) for step, passed in validation.all_passed_by_step().items() if not passed]
        if (hasattr(validation, "all_passed_by_step"))
        else ([] if validation.all_passed() else ["some step"])
    )


def polars_by_hand(path: Path, rows: int) -> list[str]:
    """One lazy query, streamed: what an expert would write."""
    import polars as pl

    table = (pl.scan_parquet if path.suffix == ".parquet" else pl.scan_csv)(path)
    names = set(table.collect_schema().names())
    c = pl.col
    found = table.select(
        rows=pl.len(),
        labels_null=c("label").null_count(),
        scores_null=c("score").null_count(),
        age=(~c("age").is_between(18, 77)).sum(),
        x0=(~c("x0").is_between(0, 1)).sum(),
        country=(~c("country").is_in(COUNTRIES)).sum(),
        label=(~c("label").is_in(list(range(10)))).sum(),
        different=c("id").n_unique(),
        email=(~c("email").str.contains(EMAIL)).sum(),
        mean=c("score").mean(),
        median=c("x0").median(),
        stdev=c("x1").std(),
        sum=c("clicked").sum(),
        low=c("day").min(),
        high=c("day").max(),
        items=c("item").n_unique(),
        countries=c("country").n_unique(),
        **{f"q{level}": c("income").quantile(level) for level in LEVELS},
    ).collect(engine="streaming")
    one = found.row(0, named=True)
    right = {
        "rows": one["rows"] == rows == one["different"] and names == set(COLUMNS),
        "nulls": not one["labels_null"] and one["scores_null"] <= 0.1 * rows,
        "rows with a fault": not any(
            one[name] for name in ("age", "x0", "country", "label", "email")
        ),
        "numbers": 0.49 <= one["mean"] <= 0.51
        and 0.4 <= one["median"] <= 0.6
        and 0.2 <= one["stdev"] <= 0.4,
        "counts": one["sum"] >= 1 and one["low"] <= 9 and 300 <= one["high"] <= 364,
        "distinct": one["items"] <= 5000 and one["countries"] == len(COUNTRIES),
        "quantiles": all(low <= one[f"q{q}"] <= high for q, (low, high) in zip(LEVELS, RANGES)),
    }
    return [name for name, holds in right.items() if not holds]


def _pandas(path: Path) -> Any:
    import pandas as pd

    return pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path)


SIDES = {
    "decode": decode,
    "smokealarm": smokealarm,
    "polars": polars_by_hand,
    "pandera-polars": pandera_on_polars,
    "pandera-pandas": pandera_on_pandas,
    "pointblank": pointblank,
    "great_expectations": great_expectations,
}


def main() -> None:
    side, path, rows = sys.argv[1:]
    started = time.monotonic()
    failed = SIDES[side](Path(path), int(rows))
    usage = resource.getrusage(resource.RUSAGE_SELF)
    measured = {
        "cpu": usage.ru_utime + usage.ru_stime,
        "wall": time.monotonic() - started,
        "gib": usage.ru_maxrss / 2**20,
        "failed": failed,
    }
    print("\n" + json.dumps(measured))


if __name__ == "__main__":
    main()
