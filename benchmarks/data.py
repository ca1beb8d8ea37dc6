"""The stage `data` beside great_expectations on pandas: CPU seconds and peak memory, as Markdown.

    python benchmarks/data.py --peer-python /path/to/python/with/great_expectations

Each side runs in a fresh process, so that start-up counts. The table is the same every time.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb

ROWS = 1_000_000

TABLE = """
SELECT i AS id, 'user' || hash(i) % 200000 || '@example.org' AS email,
    CAST(18 + hash(i, 1) % 60 AS INTEGER) AS age, 1.0 * (hash(i, 2) % 100000) / 100 AS income,
    ['de', 'fr', 'it', 'es', 'pl'][CAST(1 + hash(i, 3) % 5 AS INTEGER)] AS country,
    CAST(hash(i, 4) % 10 AS INTEGER) AS label,
    CASE WHEN hash(i, 5) % 20 = 0 THEN NULL ELSE hash(i, 6) % 1000 / 1000.0::DOUBLE END AS score,
    'item ' || hash(i, 7) % 5000 AS item, hash(i, 8) % 365 AS day,
    hash(i, 9) % 1000000 / 1e6::DOUBLE AS x0, hash(i, 10) % 1000000 / 1e6::DOUBLE AS x1,
    hash(i, 11) % 2 AS clicked
FROM range({rows}) AS rows(i)
"""

COLUMNS = "id email age income country label score item day x0 x1 clicked".split()

CHECKS: list[tuple[str, dict[str, object]]] = [
    ("expect_table_row_count_to_be_between", {"min_value": ROWS, "max_value": ROWS}),
    ("expect_table_columns_to_match_set", {"column_set": COLUMNS}),
    ("expect_column_to_exist", {"column": "label"}),
    ("expect_column_values_to_not_be_null", {"column": "label"}),
    ("expect_column_values_to_not_be_null", {"column": "score", "mostly": 0.9}),
    ("expect_column_values_to_be_between", {"column": "age", "min_value": 18, "max_value": 77}),
    ("expect_column_values_to_be_between", {"column": "x0", "min_value": 0, "max_value": 1}),
    (
        "expect_column_values_to_be_in_set",
        {"column": "country", "value_set": ["de", "fr", "it", "es", "pl"]},
    ),
    ("expect_column_values_to_be_in_set", {"column": "label", "value_set": list(range(10))}),
    ("expect_column_values_to_be_unique", {"column": "id"}),
    (
        "expect_column_values_to_match_regex",
        {"column": "email", "regex": r"^[^@]+@example\.org$"},
    ),
    (
        "expect_column_mean_to_be_between",
        {"column": "score", "min_value": 0.49, "max_value": 0.51},
    ),
    ("expect_column_values_to_be_of_type", {"column": "x1", "type_": "float64"}),
]

OURS = """
import json, sys
from pathlib import Path
from smokealarm import data
from smokealarm.errors import Place
from smokealarm.stage import Ask, Case
from smokealarm.workspace import Changes, Workspace
path, checks = Path(sys.argv[1]), json.loads(sys.argv[2])
asks = tuple(Ask(check=n, place=Place("x", i + 1), options=o) for i, (n, o) in enumerate(checks))
case = Case(stage="data", name="x", place=Place("x"), asks=asks)
workspace = Workspace(root=path.parent, changes=Changes())
with data.opened(case, workspace, table=path.name) as subject:
    failed = [ask.check for ask in asks if list(subject.ask(ask))]
"""

PEERS = """
import json, os, sys
os.environ["GX_ANALYTICS_ENABLED"] = "false"
import pandas
import great_expectations as gx
context = gx.get_context(mode="ephemeral")
context.variables.progress_bars = {"globally": False}
path, checks = sys.argv[1], json.loads(sys.argv[2])
frame = pandas.read_parquet(path) if path.endswith(".parquet") else pandas.read_csv(path)
asset = context.data_sources.add_pandas("p").add_dataframe_asset("a")
batch = asset.add_batch_definition_whole_dataframe("b").get_batch({"dataframe": frame})
suite = gx.ExpectationSuite(name="s")
for name, options in checks:
    kind = "".join(part.capitalize() for part in name.split("_"))
    suite.add_expectation(getattr(gx.expectations, kind)(**options))
results = batch.validate(suite).results
failed = [result.expectation_config.type for result in results if not result.success]
"""

MEASURED = """
import resource
usage = resource.getrusage(resource.RUSAGE_SELF)
seconds = usage.ru_utime + usage.ru_stime
print("\\n" + json.dumps({"seconds": seconds, "kib": usage.ru_maxrss, "failed": failed}))
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer-python", default=sys.executable)
    parser.add_argument("--runs", type=int, default=3, help="the fastest of so many counts")
    arguments = parser.parse_args()
    sides = [
        ("smokealarm", sys.executable, OURS),
        ("great_expectations", arguments.peer_python, PEERS),
    ]
    print(f"{ROWS:,} rows, {len(COLUMNS)} columns, {len(CHECKS)} expectations\n")
    print("| table | | CPU s | peak memory | alarms |\n| --- | --- | ---: | ---: | ---: |")
    with tempfile.TemporaryDirectory() as folder:
        for path in tables(Path(folder)):
            seconds = [line(path, *side, arguments.runs) for side in sides]
            if all(seconds):
                print(f"| {path.suffix[1:]} | ratio | {seconds[1] / seconds[0]:.1f} | | |")
    return 0


def tables(folder: Path) -> list[Path]:
    paths = [folder / "table.parquet", folder / "table.csv"]
    for path in paths:
        duckdb.execute(f"COPY ({TABLE.format(rows=ROWS)}) TO '{path}'")
    return paths


def line(path: Path, name: str, python: str, code: str, runs: int) -> float:
    """Print a row of the table; the CPU seconds, or 0 where that side cannot run."""
    command = [python, "-c", code + MEASURED, str(path), json.dumps(CHECKS)]
    best: dict[str, float] = {}
    for _ in range(runs):
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            last = done.stderr.strip().splitlines()[-1]
            print(f"| {path.suffix[1:]} | {name} | cannot run: {last} | | |")
            return 0.0
        measured = json.loads(done.stdout.splitlines()[-1])
        best = min(best or measured, measured, key=lambda one: one["seconds"])
    memory = f"{best['kib'] / 2**20:.2f} GiB"
    alarms = len(best["failed"])  # type: ignore[arg-type]  # a list of names
    print(f"| {path.suffix[1:]} | {name} | {best['seconds']:.2f} | {memory} | {alarms} |")
    return best["seconds"]


if __name__ == "__main__":
    sys.exit(main())
