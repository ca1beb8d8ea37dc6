"""Starts several processes by torch's own launcher, and reads what they say of each other."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from smokealarm.errors import Inconclusive
from smokealarm.memorize.bench import Bench
from smokealarm.memorize.checks.ranks_agree import Ranks
from smokealarm.memorize.fit import Facts

PROCESSES = 2
LONGEST = 240  # seconds
SHOWN = 1500  # characters of what the processes printed last


def probe(bench: Bench, fact: Facts) -> Ranks:
    with tempfile.TemporaryDirectory(prefix="smokealarm-ranks-") as folder:
        order, answer = Path(folder, "order.json"), Path(folder, "answer.json")
        about = {"setup": bench.name, "seed": bench.seed, "fault": bench.fault}
        order.write_text(json.dumps({**about, "answer": str(answer)}), encoding="utf-8")
        printed = _launched(order, bench.root)
        if not answer.exists():
            raise Inconclusive(
                "the program does not run in two processes:"
                f" {_last_error(printed) or 'they ended without a word'}",
                "Start it with torchrun --nproc-per-node 2 and mend what it says. The last of it:\n"
                + printed[-SHOWN:],
            )
        return Ranks(**json.loads(answer.read_text(encoding="utf-8")))


def _launched(order: Path, root: Path) -> str:
    """What the launcher and its processes printed. They stay in our process group, and end with it."""
    launcher = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
    command = [*launcher, f"--nproc-per-node={PROCESSES}", "-m", "smokealarm.memorize.rank"]
    try:
        ended = subprocess.run(
            [*command, str(order)],
            cwd=root,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=LONGEST,
            text=True,
            errors="replace",
        )
    except subprocess.TimeoutExpired:
        raise Inconclusive(
            f"two processes did not make three steps in {LONGEST} s",
            "One may wait for the other: a collective operation that only one of them calls.",
        ) from None
    return ended.stdout


def _last_error(printed: str) -> str:
    """The last line that names an exception of the program, not of the launcher."""
    lines = [line.partition("]:")[2] or line for line in printed.splitlines()]
    errors = [line for line in lines if "Error: " in line and "ChildFailedError" not in line]
    return errors[0].strip() if errors else ""
