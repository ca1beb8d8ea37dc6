"""Copies of a case's table, in a folder of their own: the user's files are only read."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
from msgspec import structs

from smokealarm.data.drilling.planted import Original, Planted, query
from smokealarm.data.duck.relation import Relation
from smokealarm.data.duck.sql import identifier, quoted
from smokealarm.errors import Inconclusive
from smokealarm.stage import Case

MOST_ROWS = 20_000
WRITTEN = {
    ".csv": "FORMAT csv, HEADER",
    ".tsv": "FORMAT csv, HEADER, DELIMITER '\t'",
    ".jsonl": "FORMAT json",
    ".ndjson": "FORMAT json",
}


def original(relation: Relation, seed: int) -> Original:
    """The table's first rows under their own names, with a throw of the dice for each."""
    taken = {name.lower() for name in relation.columns}
    dice, at = (_free(name, taken) for name in ("dice", "at"))
    names = (f"{relation.key(name)} AS {identifier(name)}" for name in relation.columns)
    relation.connection.execute(
        f"CREATE TEMP TABLE original AS SELECT {', '.join(names)}, "
        f"(hash({relation.view.row}, {seed}) % 1000000) / 1e6 AS {identifier(dice)}, "
        f"{relation.view.row} AS {identifier(at)} FROM {identifier(relation.view.name)} "
        f"ORDER BY {relation.view.row} LIMIT {MOST_ROWS}"
    )
    counts = (f"count(DISTINCT {identifier(name)})" for name in relation.columns)
    [(rows, *different)] = relation.connection.execute(
        f"SELECT count(*), {', '.join(counts)} FROM original"
    ).fetchall()
    repeating = (name for name, n in zip(relation.columns, different) if 2 * n <= rows)
    return Original("original", relation.columns, rows, dice, at, frozenset(repeating))


def _free(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "_"
    return name


class Bench:
    """Where copies are written and judged: one folder, whose table is written anew for every trial.

    Copies are read whole, for a watermark belongs to the table that the case names.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, folder: Path, case: Case) -> None:
        self._connection = connection
        self.folder = folder
        suffix = Path(str(case.settings["table"])).suffix.lower()
        self._how = WRITTEN.get(suffix, "FORMAT parquet")
        self.table = f"table{suffix if suffix in WRITTEN else '.parquet'}"
        settings = {name: value for name, value in case.settings.items() if name != "watermark"}
        self.case = structs.replace(case, settings={**settings, "table": self.table})

    def write(self, source: Original, planted: Planted) -> None:
        """Put the changed table where the case looks for it. Raises Inconclusive where that cannot be."""
        path = self.folder / self.table
        try:
            self._connection.execute(
                f"COPY ({query(source, planted).text}) TO {quoted(str(path))} ({self._how})"
            )
        except duckdb.Error as error:
            raise Inconclusive(f"it cannot be planted here: {str(error).splitlines()[0]}") from None
        if planted.cut < 1:
            os.truncate(path, int(path.stat().st_size * planted.cut))


@contextmanager
def beside(root: Path, files: Iterable[str], folder: Path) -> Iterator[None]:
    """The other files that the case reads, at the same places in the copy."""
    for name in files:
        source, target = root / name, folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, dirs_exist_ok=True)
        elif source.is_file():
            shutil.copyfile(source, target)
    yield
