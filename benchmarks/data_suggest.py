"""How often a suite of `suggest data` alarms on clean batches that it has never seen, as Markdown.

    python benchmarks/data_suggest.py [--target 0.01] [--splits 40]

Each table is split at random into a reference, from which a suite is learnt, and a rest, of which clean
batches are judged by the checks themselves. A time series is split where time is. The tables are those
that ship inside scikit-learn, and generated ones of the kinds that are hard: heavy tails, rows that
depend on their neighbours, rare categories, columns that are nearly always zero.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from scipy.stats import beta
from sklearn import datasets

from smokealarm import data
from smokealarm.data.proposing.reference import reference
from smokealarm.data.suggest import Suite, suggested
from smokealarm.errors import Place
from smokealarm.finding import Finding
from smokealarm.stage import Ask, Case
from smokealarm.workspace import Changes, Workspace

OF_SKLEARN = ("iris", "wine", "breast_cancer", "digits", "diabetes")
ROWS = 20_000


class Measured(NamedTuple):
    """A table's clean batches, and on how many of them the suite alarmed."""

    name: str
    rows: int
    batch: int
    checks: float
    alarms: int
    batches: int


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--target", type=float, default=0.01)
    parser.add_argument("--splits", type=int, default=40)
    options = parser.parse_args()
    print(f"Target {100 * options.target:g} %; {options.splits} splits of each table.\n")
    print("| table | reference rows | batch rows | checks | alarms | rate (95 % interval) |")
    print("| --- | --- | --- | --- | --- | --- |")
    every = []
    for name, table, in_time in tables():
        print(f"{name} ...", file=sys.stderr)
        every.append(measured(name, table, in_time, options.target, options.splits))
        print(_row(every[-1]), flush=True)
    alarms, batches = sum(one.alarms for one in every), sum(one.batches for one in every)
    checks = float(np.mean([one.checks for one in every]))
    print(_row(Measured("all", 0, 0, checks, alarms, batches)))


def tables() -> Iterator[tuple[str, pa.Table, bool]]:
    """Name, table, and whether its rows follow each other in time."""
    for name in OF_SKLEARN:
        yield name, pa.Table.from_pandas(
            getattr(datasets, f"load_{name}")(as_frame=True).frame, preserve_index=False
        ), False
    rng = np.random.default_rng(0)
    yield "orders (generated)", _orders(rng), False
    yield "heavy tails (generated)", _heavy(rng), False
    yield "sensor (generated)", _sensor(rng), True
    yield "texts (generated)", _texts(rng), False
    yield "prices (generated)", _prices(rng), True
    yield "sales (generated)", _sales(rng), True


def _orders(rng: np.random.Generator) -> pa.Table:
    countries = np.array(["de", "fr", "it", "es", "pl", "mt"])
    return pa.table(
        {
            "id": rng.permutation(ROWS),
            "age": rng.integers(18, 78, ROWS),
            "income": rng.lognormal(10, 0.6, ROWS),
            "country": countries[rng.choice(6, ROWS, p=[0.4, 0.3, 0.15, 0.1, 0.0495, 0.0005])],
            "score": pa.array(np.where(rng.random(ROWS) < 0.05, np.nan, rng.random(ROWS))),
            "bought": rng.random(ROWS) < 0.03,
        }
    )


def _heavy(rng: np.random.Generator) -> pa.Table:
    return pa.table(
        {
            "pareto": rng.pareto(2.5, ROWS),
            "student": rng.standard_t(3, ROWS),
            "mostly zero": np.where(rng.random(ROWS) < 0.97, 0, rng.exponential(5, ROWS)),
            "rare": rng.random(ROWS) < 0.001,
        }
    )


def _sensor(rng: np.random.Generator) -> pa.Table:
    """An hour's weather depends on the hour before: an autoregressive series, and what follows from it."""
    noise, values = rng.normal(size=ROWS), np.zeros(ROWS)
    for at in range(1, ROWS):
        values[at] = 0.98 * values[at - 1] + noise[at]
    load = np.abs(3 * values + rng.normal(size=ROWS))
    state = np.where(values > 2, "hot", "ok")
    return pa.table({"at": np.arange(ROWS) * 60, "heat": values, "load": load, "state": state})


def _texts(rng: np.random.Generator) -> pa.Table:
    words = np.array([f"w{at}" for at in range(2000)])
    lengths = rng.poisson(8, ROWS) + 1
    picked = [" ".join(rng.choice(words, length)) for length in lengths]
    return pa.table({"text": picked, "label": rng.integers(0, 4, ROWS)})


def _prices(rng: np.random.Generator) -> pa.Table:
    """A market: the price wanders, its changes have calm and stormy times, the year goes on."""
    storm = np.zeros(ROWS)
    for at in range(1, ROWS):
        storm[at] = 0.95 * storm[at - 1] + 0.2 * rng.normal()
    change = 0.005 * np.exp(storm) * rng.normal(size=ROWS)
    day = np.datetime64("1960-01-01") + np.arange(ROWS)
    return pa.table(
        {
            "day": day,
            "year": day.astype("datetime64[Y]").astype(int) + 1970,
            "price": 100 * np.exp(np.cumsum(change)),
            "change": change,
            "volume": rng.lognormal(storm, 0.3),
        }
    )


def _sales(rng: np.random.Generator) -> pa.Table:
    """A shop in many weeks, which grows: the weekday matters, and so does the season."""
    at = np.arange(ROWS)
    level = 1 + at / ROWS + 0.3 * np.sin(at / 365 * 2 * np.pi) + 0.2 * (at % 7 > 4)
    return pa.table(
        {
            "day": [str(day) for day in np.datetime64("1960-01-01") + at],
            "weekday": at % 7,
            "sold": rng.poisson(20 * level),
            "returned": rng.binomial(20, 0.05, ROWS),
            "open": at % 7 != 6,
        }
    )


def measured(name: str, table: pa.Table, in_time: bool, target: float, splits: int) -> Measured:
    """Split, learn, judge."""
    rng = np.random.default_rng(1)
    half, alarms, batches, checks = table.num_rows // 2, 0, 0, []
    batch = min(2000, half)
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(splits):
            rest = _split(table, half, in_time, rng, Path(folder))
            with reference("reference.parquet", Path(folder)) as relation:
                suite = suggested(relation, target=target, batch=batch)
            checks.append(len(suite.checks))
            for start in range(0, min(rest.num_rows - batch + 1, 3 * batch), batch):
                alarms += _alarms(suite, rest.slice(start, batch), Path(folder))
                batches += 1
    return Measured(name, half, batch, float(np.mean(checks)), alarms, batches)


def _split(
    table: pa.Table, half: int, in_time: bool, rng: np.random.Generator, folder: Path
) -> pa.Table:
    """Writes the reference and returns the rest; in time, the rest follows at once, from a random start."""
    if in_time:
        start = int(rng.integers(0, table.num_rows - half - 2000))
        ours, rest = table.slice(start, half), table.slice(start + half)
    else:
        order = rng.permutation(table.num_rows)
        ours, rest = table.take(order[:half]), table.take(order[half:])
    pq.write_table(ours, folder / "reference.parquet")
    return rest


def _alarms(suite: Suite, batch: pa.Table, folder: Path) -> bool:
    pq.write_table(batch, folder / "batch.parquet")
    place = Place("suite")
    asks = tuple(
        Ask(check=check, place=Place("suite", at), options=dict(line.options))
        for at, (check, line) in enumerate(suite.checks, 1)
    )
    case = Case(stage="data", name="batch", place=place, asks=asks)
    workspace = Workspace(root=folder, changes=Changes())
    with data.opened(case, workspace, table="batch.parquet") as subject:
        return any(isinstance(seen, Finding) for ask in asks for seen in subject.ask(ask))


def _row(one: Measured) -> str:
    low = beta.ppf(0.025, one.alarms, one.batches - one.alarms + 1) if one.alarms else 0.0
    high = beta.ppf(0.975, one.alarms + 1, one.batches - one.alarms)
    rows = [f"{one.rows:,}" if one.rows else "", f"{one.batch:,}" if one.batch else ""]
    rate = f"{100 * one.alarms / one.batches:.1f} % ({100 * low:.1f} to {100 * high:.1f})"
    cells = [one.name, *rows, f"{one.checks:.0f}", f"{one.alarms} of {one.batches}", rate]
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
