"""The stage `data` beside its peers: CPU seconds, wall time and peak memory, as Markdown.

    python benchmarks/data.py --peer-python /path/to/python/with/the/peers

Every side asks the same 21 questions of the same table, in a process of its own, so that start-up counts;
they take turns, so that a busy machine is busy for all. `--growth` asks smokealarm alone, of 1e5 to 1e8 rows.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import duckdb
from data_sides import SIDES

TABLE = """
SELECT i AS id, 'user' || hash(i) % 200000 || '@example.org' AS email,
    CAST(18 + hash(i, 1) % 60 AS INTEGER) AS age, 1.0::DOUBLE * (hash(i, 2) % 100000) / 100 AS income,
    ['de', 'fr', 'it', 'es', 'pl'][CAST(1 + hash(i, 3) % 5 AS INTEGER)] AS country,
    CAST(hash(i, 4) % 10 AS INTEGER) AS label,
    CASE WHEN hash(i, 5) % 20 = 0 THEN NULL ELSE hash(i, 6) % 1000 / 1000.0::DOUBLE END AS score,
    'item ' || hash(i, 7) % 5000 AS item, CAST(hash(i, 8) % 365 AS INTEGER) AS day,
    hash(i, 9) % 1000000 / 1e6::DOUBLE AS x0, hash(i, 10) % 1000000 / 1e6::DOUBLE AS x1,
    CAST(hash(i, 11) % 2 AS INTEGER) AS clicked
FROM range({rows}) AS rows(i)
"""
OURS = ("decode", "smokealarm")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer-python", default=sys.executable)
    parser.add_argument("--runs", type=int, default=3, help="the fastest of so many counts")
    parser.add_argument("--tables", default="1e6.parquet,1e6.csv,1e7.parquet")
    parser.add_argument("--sides", default=",".join(SIDES))
    parser.add_argument("--growth", default="", help="as 1e5,1e6,1e7,1e8: smokealarm alone")
    arguments = parser.parse_args()
    pythons = {side: sys.executable if side in OURS else arguments.peer_python for side in SIDES}
    with tempfile.TemporaryDirectory() as folder:
        if arguments.growth:
            _grow(Path(folder), arguments.growth.split(","), arguments.runs)
            return 0
        for name in arguments.tables.split(","):
            path, rows = _table(Path(folder), name)
            sides = {side: pythons[side] for side in arguments.sides.split(",")}
            _print(name, rows, path, _in_turns(sides, path, rows, arguments.runs))
            path.unlink()
    return 0


def _grow(folder: Path, sizes: Iterable[str], runs: int) -> None:
    print("| rows | file, MB | CPU s | wall s | peak memory | CPU s per million |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: |")
    for size in sizes:
        path, rows = _table(folder, f"{size}.parquet")
        best = _in_turns({"smokealarm": sys.executable}, path, rows, runs)["smokealarm"]
        print(
            f"| {rows:,} | {path.stat().st_size / 1e6:.0f} | {best['cpu']:.2f} | {best['wall']:.2f} "
            f"| {best['gib']:.2f} GiB | {best['cpu'] / rows * 1e6:.2f} |",
            flush=True,
        )
        path.unlink()


def _table(folder: Path, name: str) -> tuple[Path, int]:
    """Write the table, streamed; `name` is the number of its rows and its ending."""
    rows = int(float(name.partition(".")[0]))
    path = folder / f"table{Path(name).suffix}"
    duckdb.execute(f"COPY ({TABLE.format(rows=rows)}) TO '{path}'")
    return path, rows


def _in_turns(sides: dict[str, str], path: Path, rows: int, runs: int) -> dict[str, dict[str, Any]]:
    """The fastest run of each side by its CPU seconds."""
    best: dict[str, dict[str, Any]] = {}
    for _ in range(runs):
        for side, python in sides.items():
            found = _run([python, str(Path(__file__).with_name("data_sides.py")), side, path, rows])
            if side not in best or found.get("cpu", 9e9) < best[side].get("cpu", 9e9):
                best[side] = found
    return best


def _run(command: Sequence[object]) -> dict[str, Any]:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        return {"why": lines[-1] if lines else f"ended by signal {-done.returncode}"}
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _print(name: str, rows: int, path: Path, best: dict[str, dict[str, Any]]) -> None:
    print(f"\n{rows:,} rows, {path.suffix[1:]}, {path.stat().st_size / 1e6:.0f} MB\n")
    print("| | CPU s | wall s | peak memory | CPU beside smokealarm | failed |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    ours = best.get("smokealarm", {}).get("cpu")
    for side, found in best.items():
        if "why" in found:
            print(f"| {side} | cannot run: {found['why']} | | | | |")
            continue
        ratio = f"{found['cpu'] / ours:.2f}" if ours else ""
        print(
            f"| {side} | {found['cpu']:.2f} | {found['wall']:.2f} | {found['gib']:.2f} GiB "
            f"| {ratio} | {len(found['failed'])} |",
            flush=True,
        )


if __name__ == "__main__":
    sys.exit(main())
