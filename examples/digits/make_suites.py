"""Writes the suites of examples that the trained model is held to, from the held-out images."""

import json
from pathlib import Path
from typing import Any

from digits.data import load_split
from make_data import content_id

SUITES = Path(__file__).resolve().parent / "suites"
LIKE_A_SEVEN = (1, 4, 9)


def heldout() -> list[dict[str, Any]]:
    images, labels = load_split("test")
    rows = [
        {
            "id": content_id(pixels),
            "input": pixels,
            "expected": label,
            "tags": [f"digit-{label}"],
        }
        for pixels, label in zip(images.int().tolist(), labels.tolist())
    ]
    return sorted(rows, key=lambda row: row["id"])


def sevens(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The sevens, and the digits that look like one: is a seven read, and nothing else?"""
    kept = [row for row in rows if row["expected"] in (7, *LIKE_A_SEVEN)]
    return [
        {**row, "tags": ["seven" if row["expected"] == 7 else "look-alike"]}
        for row in kept
    ]


def write(name: str, rows: list[dict[str, Any]]) -> None:
    lines = [json.dumps(row, separators=(",", ":")) + "\n" for row in rows]
    SUITES.mkdir(exist_ok=True)
    (SUITES / f"{name}.jsonl").write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    everything = heldout()
    write("heldout", everything)
    write("sevens", sevens(everything))
