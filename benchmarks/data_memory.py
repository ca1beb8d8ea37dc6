"""The stage `data` on a text column of several times the memory that it may hold, as Markdown.

    python benchmarks/data_memory.py --rows 6e6 --memory 80MB

Every value is of 64 characters, and only one is there twice: nothing is harder to count. Each check runs
in a process of its own.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import duckdb

from smokealarm import data
from smokealarm.errors import Inconclusive, Place
from smokealarm.stage import Ask, Case
from smokealarm.workspace import Changes, Workspace

CHECKS: dict[str, dict[str, Any]] = {
    "expect_column_values_to_be_unique": {},
    "expect_column_unique_value_count_to_be_between": {"max_value": 1},
    "expect_column_most_common_value_to_be_in_set": {"value_set": ["a"]},
    "expect_column_distinct_values_to_be_in_set": {"value_set": ["a"]},
}
ROWS = "SELECT sha256(CAST(i % ({rows} - 1) AS VARCHAR)) AS s FROM range({rows}) AS t(i)"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", default="6e6")
    parser.add_argument("--memory", default="80MB")
    parser.add_argument(
        "--one", nargs=2, help="a table and a check: what a process of its own does"
    )
    arguments = parser.parse_args()
    if arguments.one:
        path, check = arguments.one
        print(json.dumps(_one(Path(path), check, arguments.memory)))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        for kind in ("parquet", "csv"):
            path = Path(folder) / f"table.{kind}"
            rows = int(float(arguments.rows))
            duckdb.execute(f"COPY ({ROWS.format(rows=rows)}) TO '{path}'")
            _print(path, rows, arguments.memory)
            path.unlink()
    return 0


def _print(path: Path, rows: int, memory: str) -> None:
    size = path.stat().st_size / 1e6
    print(f"\n{rows:,} rows, {path.suffix[1:]}, {size:.0f} MB, `memory: {memory}`\n")
    print("| check | answered | CPU s | wall s | peak memory of the process |")
    print("| --- | --- | ---: | ---: | ---: |")
    for check in CHECKS:
        command = [sys.executable, __file__, "--memory", memory, "--one", str(path), check]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        found = json.loads(done.stdout.splitlines()[-1])
        print(
            f"| {check} | {found['answered']} | {found['cpu']:.2f} | {found['wall']:.2f} "
            f"| {found['mib']:.0f} MiB |",
            flush=True,
        )


def _one(path: Path, check: str, memory: str) -> dict[str, Any]:
    ask = Ask(check=check, place=Place("x"), options={"column": "s", **CHECKS[check]})
    case = Case(stage="data", name="x", place=Place("x"), asks=(ask,))
    started, answered = time.monotonic(), "yes"
    try:
        workspace = Workspace(root=path.parent, changes=Changes())
        with data.opened(case, workspace, table=path.name, memory=memory) as subject:
            list(subject.ask(ask))
    except Inconclusive:
        answered = "no: inconclusive"
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "answered": answered,
        "cpu": usage.ru_utime + usage.ru_stime,
        "wall": time.monotonic() - started,
        "mib": usage.ru_maxrss / 2**10,
    }


if __name__ == "__main__":
    sys.exit(main())
