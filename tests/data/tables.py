"""What the tests of `data` share: real tables in three formats, and a case asked of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from smokealarm import data
from smokealarm.errors import Place
from smokealarm.finding import Finding
from smokealarm.stage import Ask, Case
from smokealarm.workspace import Changes, Workspace

FILE = ".smokealarm.yaml"
FORMATS = ("parquet", "csv", "jsonl")

Columns = Mapping[str, Any]


def table(folder: Path, columns: Columns, kind: str = "parquet") -> str:
    """Write the columns as a file of the kind; its name."""
    rows, path = pa.table(dict(columns)), folder / f"table.{kind}"
    if kind == "parquet":
        pq.write_table(rows, path)
    else:
        how = "FORMAT csv, HEADER" if kind == "csv" else "FORMAT json"
        with duckdb.connect() as connection:
            connection.register("rows", rows)
            connection.execute(f"COPY (FROM rows) TO '{path}' ({how})")
    return path.name


def text(folder: Path, name: str, content: str | bytes) -> str:
    """Write a file as it is; its name."""
    encoded = content.encode() if isinstance(content, str) else content
    (folder / name).write_bytes(encoded)
    return name


def case_of(name: str, asks: Sequence[tuple[str, dict[str, Any]]]) -> Case:
    """A case about the table on line 2, whose first check stands on line 4."""
    return Case(
        stage="data",
        name="train",
        place=Place(FILE, 1),
        places={"table": Place(FILE, 2)},
        settings={"table": name},
        asks=tuple(
            Ask(check=check, place=Place(FILE, line), options=options)
            for line, (check, options) in enumerate(asks, 4)
        ),
    )


def asked(
    folder: Path, name: str, *asks: tuple[str, dict[str, Any]], **settings: Any
) -> list[list[Finding]]:
    """The findings of each check in turn; the settings are those of the case beside its table."""
    case = case_of(name, asks)
    workspace = Workspace(root=folder, changes=Changes())
    with data.opened(case, workspace, table=name, **settings) as subject:
        return [[f for f in subject.ask(ask) if isinstance(f, Finding)] for ask in case.asks]


def ask(folder: Path, name: str, check: str, **options: Any) -> list[Finding]:
    """The findings of one check."""
    return asked(folder, name, (check, options))[0]


def count(findings: Sequence[Finding], of: str = "unexpected_count") -> object:
    """A number of the only finding's evidence."""
    (finding,) = findings
    return finding.evidence[of]
