"""How often the ML checks of tables err, and what they find: rates with 95 % intervals, as Markdown tables.

    python benchmarks/data_checks.py [--scale 1.0] [--large 10000000]

Every check runs whole, on Parquet files of drawn tables. `--large` also times the checks that compare
rows, on tables of that many rows, with the engine's memory limited to 1 GB.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from smokealarm import data
from smokealarm.data.statistics.proportions import wilson
from smokealarm.errors import Inconclusive, Place
from smokealarm.finding import Finding, Verdict
from smokealarm.stage import Ask, Case
from smokealarm.workspace import Changes, Workspace

Columns = Mapping[str, Any]
RNG = np.random.default_rng(2026)
SIZES = (50, 300, 2000, 100_000)


def columns(rows: int, shift: float = 0.0, turn: float = 0.0) -> dict[str, Any]:
    """Ordinary columns of eight kinds; `shift` moves the numbers, in widths, and `turn` the categories."""
    shares = np.array([0.5, 0.3, 0.15, 0.05]) + turn * np.array([-1, 0.5, 0.5, 0])
    many = np.arange(1, 41) ** -1.0
    return {
        "id": np.arange(rows),
        "normal": RNG.normal(shift, 1, rows),
        "skewed": np.exp(RNG.normal(shift, 1, rows)),
        "rounded": np.round(RNG.normal(shift, 1, rows), 1),
        "mostly_zero": np.where(RNG.random(rows) < 0.7, 0.0, RNG.exponential(1 + shift, rows)),
        "count": RNG.poisson(2 * np.exp(shift / 2), rows),
        "category": RNG.choice(list("abcd"), rows, p=shares),
        "forty": RNG.choice(40, rows, p=many / many.sum()).astype(str),
        "gaps": np.where(RNG.random(rows) < 0.1 + turn / 2, np.nan, RNG.normal(0, 1, rows)),
    }


def write(folder: Path, name: str, table: Columns) -> str:
    pq.write_table(
        pa.table({key: pa.array(values, from_pandas=True) for key, values in table.items()}),
        folder / name,
    )
    return name


def verdict(folder: Path, name: str, check: str, memory: str = "", /, **options: Any) -> Verdict:
    place = Place(".smokealarm.yaml")
    asked = Ask(check=check, place=place, options=options)
    case = Case(stage="data", name="x", place=place, asks=(asked,))
    found: list[Any] = []
    try:
        workspace = Workspace(root=folder, changes=Changes())
        with data.opened(case, workspace, table=name, memory=memory) as subject:
            for sight in subject.ask(asked):
                found.append(sight)
    except Inconclusive:
        alarmed = any(isinstance(one, Finding) for one in found)
        return Verdict.ALARM if alarmed else Verdict.INCONCLUSIVE
    return Verdict.ALARM if any(isinstance(one, Finding) for one in found) else Verdict.PASS


Trial = Callable[[Path, int], Verdict]


def drifted(check: str, shift: float, turn: float, **options: Any) -> Trial:
    def trial(folder: Path, rows: int) -> Verdict:
        write(folder, "a.parquet", columns(rows))
        write(folder, "b.parquet", columns(rows, shift, turn))
        return verdict(folder, "b.parquet", check, reference="a.parquet", **options)

    return trial


def balanced(shares: tuple[float, ...], **options: Any) -> Trial:
    def trial(folder: Path, rows: int) -> Verdict:
        name = write(folder, "a.parquet", {"y": RNG.choice(len(shares), rows, p=shares)})
        return verdict(folder, name, "class_balance", column="y", **options)

    return trial


def leaking(kind: str) -> Trial:
    """A label that four of eight columns say something about; `kind` is how a ninth gives it away."""

    def trial(folder: Path, rows: int) -> Verdict:
        x = RNG.normal(size=(rows, 8))
        y = (x[:, :4].sum(axis=1) + RNG.normal(0, 1.5, rows) > 1).astype(int)
        table: dict[str, Any] = {f"x{at}": column for at, column in enumerate(x.T)}
        if kind == "a copy":
            table["z"] = np.where(y == 1, "yes", "no")
        elif kind == "missing if not":
            table["z"] = np.where(y == 1, RNG.normal(size=rows), np.nan)
        elif kind == "a cut score":
            table["z"] = y + RNG.random(rows) * 0.9
        name = write(folder, "a.parquet", {**table, "id": np.arange(rows), "y": y})
        return verdict(folder, name, "no_leaking_columns", label="y")

    return trial


def duplicated(share: float, check: str) -> Trial:
    def trial(folder: Path, rows: int) -> Verdict:
        table = {key: values for key, values in columns(rows).items() if key != "id"}
        copies = RNG.integers(0, rows, int(np.ceil(rows * share))) if share else np.arange(0)
        if check == "no_duplicate_rows":
            both = {key: np.concatenate([values, values[copies]]) for key, values in table.items()}
            return verdict(folder, write(folder, "a.parquet", both), check)
        write(
            folder,
            "b.parquet",
            {key: values[copies] for key, values in table.items()} if share else columns(rows),
        )
        return verdict(
            folder, write(folder, "a.parquet", table), check, between=["b.parquet"], ignore=["id"]
        )

    return trial


def few_values(folder: Path, rows: int) -> Verdict:
    """Two splits of a table of three columns with few values."""
    for name in ("a.parquet", "b.parquet"):
        write(folder, name, {key: RNG.integers(0, 12, rows) for key in "xyz"})
    return verdict(folder, "a.parquet", "no_leaked_rows", between=["b.parquet"])


WORDS = np.array(
    ["".join(RNG.choice(list("abcdefghijklmnoprstu"), RNG.integers(2, 10))) for _ in range(5000)]
)


def similar(changed: int | None) -> Trial:
    """Texts of 40 words; the last is the first again with so many words changed."""

    def trial(folder: Path, rows: int) -> Verdict:
        texts = [" ".join(row) for row in RNG.choice(WORDS, (rows, 40))]
        if changed is not None:
            words = texts[0].split()
            for at in RNG.choice(40, changed, replace=False):
                words[at] = str(RNG.choice(WORDS))
            texts[-1] = " ".join(words)
        return verdict(
            folder,
            write(folder, "a.parquet", {"t": texts}),
            "no_near_duplicates",
            text="t",
            similarity=0.8,
        )

    return trial


DRIFT = {"columns": ["normal"]}
TRIALS: list[tuple[str, str, Trial, int]] = [
    ("no_drift", "nothing moved, 8 columns", drifted("no_drift", 0, 0), 120),
    ("no_drift", "a trivial shift of 0.1 widths, 8 columns", drifted("no_drift", 0.1, 0), 40),
    (
        "no_drift",
        "one column by 0.51 widths (effect 0.2, on the limit)",
        drifted("no_drift", 0.51, 0, **DRIFT),
        60,
    ),
    (
        "no_drift",
        "one column by 0.8 widths (effect 0.31)",
        drifted("no_drift", 0.8, 0, **DRIFT),
        60,
    ),
    (
        "no_drift",
        "categories, 30 % of the rows",
        drifted("no_drift", 0, 0.3, columns=["category"]),
        60,
    ),
    (
        "population_stability_index",
        "nothing moved, 8 columns",
        drifted("population_stability_index", 0, 0),
        60,
    ),
    (
        "population_stability_index",
        "8 columns by 0.8 widths",
        drifted("population_stability_index", 0.8, 0),
        30,
    ),
    (
        "class_balance",
        "shares 0.6, 0.3, 0.1, at least 0.05",
        balanced((0.6, 0.3, 0.1), min_share=0.05),
        120,
    ),
    (
        "class_balance",
        "shares 0.69, 0.3, 0.01, at least 0.05",
        balanced((0.69, 0.3, 0.01), min_share=0.05),
        60,
    ),
    ("no_leaking_columns", "an honest table", leaking(""), 50),
    ("no_leaking_columns", "a copy of the label", leaking("a copy"), 20),
    ("no_leaking_columns", "missing if the label is 0", leaking("missing if not"), 20),
    ("no_leaking_columns", "a score that was cut", leaking("a cut score"), 20),
    ("no_duplicate_rows", "no row twice", duplicated(0, "no_duplicate_rows"), 40),
    ("no_duplicate_rows", "1 % of the rows twice", duplicated(0.01, "no_duplicate_rows"), 20),
    ("no_leaked_rows", "no row in both", duplicated(0, "no_leaked_rows"), 40),
    ("no_leaked_rows", "1 % of the rows in both", duplicated(0.01, "no_leaked_rows"), 20),
    ("no_leaked_rows", "nothing leaked, three columns of twelve values", few_values, 40),
    ("no_near_duplicates", "different texts", similar(None), 10),
    ("no_near_duplicates", "one text with 2 of 40 words changed", similar(2), 20),
]


def rates(scale: float) -> Iterator[str]:
    sizes = " | ".join(f"{size:,} rows" for size in SIZES)
    yield f"| check | table | {sizes} |"
    yield "| --- | --- " + "| --- " * len(SIZES) + "|"
    for check, what, trial, runs in TRIALS:
        cells = [cell(trial, size, max(5, int(runs * scale * fewer(size)))) for size in SIZES]
        yield f"| `{check}` | {what} | {' | '.join(cells)} |"


def fewer(size: int) -> float:
    return {2000: 0.8, 100_000: 0.15}.get(size, 1.0)


def cell(trial: Trial, rows: int, runs: int) -> str:
    """Alarms of runs with the interval of their rate, and how many were inconclusive."""
    with tempfile.TemporaryDirectory() as folder:
        verdicts = [trial(Path(folder), rows) for _ in range(runs)]
    alarms, unsure = verdicts.count(Verdict.ALARM), verdicts.count(Verdict.INCONCLUSIVE)
    low, high = wilson(alarms, runs, 0.95)
    doubt = f"; {unsure} inconclusive" if unsure else ""
    return f"{alarms} of {runs} ({100 * low:.0f} to {100 * high:.0f} %){doubt}"


def large(rows: int) -> Iterator[str]:
    yield f"| {rows:,} rows, two columns of numbers, two of texts | CPU s | wall s | peak so far |"
    yield "| --- | ---: | ---: | ---: |"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for part in ("a", "b"):
            duckdb.sql(
                "COPY (SELECT random() AS x, random() AS y, 'user' || hash(i) % 5000 AS u, "
                "['de', 'fr'][1 + CAST(hash(i, 3) % 2 AS INTEGER)] AS c "
                f"FROM range({rows}) AS t(i)) TO '{folder}/{part}.parquet'"
            )
        asks: list[tuple[str, dict[str, Any]]] = [
            ("no_duplicate_rows", {}),
            ("no_leaked_rows", {"between": ["b.parquet"]}),
            ("no_drift", {"reference": "b.parquet"}),
            ("no_leaking_columns", {"label": "c"}),
        ]
        for check, options in asks:
            started, cpu = time.monotonic(), time.process_time()
            said = verdict(folder, "a.parquet", check, "1GB", **options)
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
            used = f"{time.process_time() - cpu:.1f} | {time.monotonic() - started:.1f} | {peak:.2f} GB"
            yield f"| `{check}`: {said.value} | {used} |"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--large", type=int, default=0)
    chosen = parser.parse_args()
    warnings.simplefilter("ignore")
    for line in rates(chosen.scale) if chosen.scale else ():
        print(line)
        sys.stdout.flush()
    for line in large(chosen.large) if chosen.large else ():
        print(line)
