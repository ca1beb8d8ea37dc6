"""Writes data/digits.parquet from the digits that ship with scikit-learn.

They are the test set of "Optical Recognition of Handwritten Digits" (E. Alpaydin and
C. Kaynak, UCI Machine Learning Repository, https://doi.org/10.24432/C50P49, CC BY 4.0).
"""

import hashlib
import json
from pathlib import Path

import duckdb
import numpy as np
from sklearn.datasets import load_digits

TABLE = Path(__file__).resolve().parent / "data" / "digits.parquet"
OLD_SCANNER = 1600  # images
LABELLED = 1760  # images whose labels have come back


def content_id(pixels: list[int]) -> str:
    """Names an image by its content."""
    canonical = json.dumps(
        pixels, sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )
    return hashlib.sha256(canonical.encode()).hexdigest()[:12]


def split_of(pixels: list[int]) -> str:
    """Half for training, half held out; an image never moves when others come in."""
    return "test" if int(content_id(pixels), 16) % 2 else "train"


def digits_table() -> dict[str, np.ndarray]:
    digits = load_digits()
    images = digits.data.astype(np.uint8)
    labels = np.ma.array(digits.target.astype(np.uint8))
    labels[LABELLED:] = np.ma.masked
    # The sensor of the new scanner has a dead spot here; its driver fills in, 0 to 255.
    images[OLD_SCANNER:, 36] = digits.data[OLD_SCANNER:, 36] * 255 // 16
    splits = np.array([split_of(pixels) for pixels in images.tolist()])
    columns = {f"pixel_{place:02}": images[:, place] for place in range(64)}
    return {"label": labels, "split": splits, **columns}


def write(columns: dict[str, np.ndarray], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect(config={"threads": 1})
    connection.register("columns", columns)
    connection.execute(
        "copy (select * replace (split::varchar as split) from columns) "
        f"to '{path}' (format parquet, compression zstd)"
    )


if __name__ == "__main__":
    write(digits_table(), TABLE)
