"""Reads the table of digits."""

from pathlib import Path

import duckdb
import torch

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT / "data" / "digits.parquet"


def load_split(split: str, table: Path = TABLE) -> tuple[torch.Tensor, torch.Tensor]:
    """The images and labels of one split, in the order of the table."""
    rows = duckdb.execute(
        "select label, * exclude (label, split) from read_parquet(?) where split = ?",
        [str(table), split],
    ).fetchall()
    numbers = torch.tensor(rows)
    return numbers[:, 1:].float(), numbers[:, 0]
