"""Makes the tables, suites and checkpoints of the examples anew, by running their own code.

    python examples/build_changes.py

digits/ is the repository. Each folder below healthy/ and pull_request/ holds the files that
one commit changes, so they are laid over a copy of digits/ in order, and what a commit made by
running a script is made here by running it at that commit. Needs scikit-learn.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

EXAMPLES = Path(__file__).resolve().parent
TABLE = "data/digits.parquet"
MODEL = "model/digits.safetensors"

# Folder, the scripts that were run in its commit, and what they made.
STEPS = {
    "healthy": {
        "1-take-in-the-last-images": (["make_data.py"], TABLE),
        "2-widen-the-network": (["-m", "digits.train"], MODEL),
    },
    "pull_request": {
        "1-train-in-four-epochs": (["-m", "digits.train"], MODEL),
        "2-refresh-the-data": (["make_data.py"], TABLE),
    },
}


def run(repository: Path, arguments: list[str]) -> None:
    subprocess.run(
        [sys.executable, *arguments],
        cwd=repository,
        check=True,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )


def build_base() -> None:
    digits = EXAMPLES / "digits"
    run(digits, ["make_data.py"])
    run(digits, ["make_suites.py"])
    run(digits, ["-m", "digits.train"])
    (digits / MODEL).chmod(0o644)  # safetensors writes it for its owner alone


def build_branch(branch: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        repository = Path(folder) / "digits"
        shutil.copytree(EXAMPLES / "digits", repository)
        for step, (arguments, made) in STEPS[branch].items():
            overlay = EXAMPLES / branch / step
            shutil.copytree(overlay, repository, dirs_exist_ok=True)
            print(f"{branch}/{step}: python {' '.join(arguments)}", flush=True)
            run(repository, arguments)
            (overlay / made).parent.mkdir(exist_ok=True)
            shutil.copyfile(repository / made, overlay / made)


if __name__ == "__main__":
    build_base()
    for name in STEPS:
        build_branch(name)
