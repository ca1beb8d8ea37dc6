"""The style gate beside the bare tools, on a staged change of ten files: `python benchmarks/style.py`.

The repository is made of this project's own files: eight Python files and two scripts, each with a
healthy line added. All three ways take turns, without black's cache; wall time, median of the runs.
The bare tools judge whole files and compare nothing with the base: less than the gate does.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
RUNS = 7
CONFIGURATION = "style:\n  - checks: [black, flake8, shellcheck]\n"
BIN = Path(sys.executable).parent


def main() -> None:
    """Measure, print the table."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        python, shell = make_change(root)
        black = [str(BIN / "black"), "--check", "--quiet", *python]
        flake8 = [str(BIN / "flake8"), *python]
        lint = f"'{BIN / 'shellcheck'}' -x {' '.join(shell)}"
        series = " && ".join([" ".join(black), " ".join(flake8), lint])
        lanes = f"{' '.join(black)} & {' '.join(flake8)} && {lint} && wait $!"
        ways = {
            "smokealarm check --staged": f"'{BIN / 'smokealarm'}' check --staged",
            "the three tools, one after the other": series,
            "the same in two lanes": lanes,
        }
        seconds = measured(root, ways)
    ours = seconds["smokealarm check --staged"]
    print("| eight Python files and two scripts | wall s | smokealarm / this |")
    print("| --- | ---: | ---: |")
    for way, taken in seconds.items():
        print(f"| {way} | {taken:.2f} | {ours / taken:.2f} |")


def make_change(root: Path) -> tuple[list[str], list[str]]:
    """A repository with a staged change of ten files; their names."""
    largest = sorted((PROJECT / "src").rglob("*.py"), key=lambda path: -path.stat().st_size)[:8]
    names = {f"{number}_{path.name}": path for number, path in enumerate(largest)}
    for name, path in names.items():
        shutil.copy(path, root / name)
    scripts = {"run.sh": PROJECT / ".ci/run", "components.sh": PROJECT / ".ci/components"}
    for name, path in scripts.items():
        shutil.copy(path, root / name)
    (root / ".smokealarm.yaml").write_text(CONFIGURATION)
    (root / "pyproject.toml").write_text("[tool.black]\nline-length = 100\n")
    (root / ".flake8").write_text("[flake8]\nmax-line-length = 110\nextend-ignore = E203,W503\n")
    git(root, "init", "--quiet")
    git(root, "add", "--all")
    git(root, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "--message", "base")
    for name in [*names, *scripts]:
        with (root / name).open("a") as file:
            file.write("\n\n# one line more\n")
    git(root, "add", "--all")
    return list(names), list(scripts)


def git(root: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=root, check=True)


def measured(root: Path, ways: dict[str, str]) -> dict[str, float]:
    """The median seconds of each way. A way that fails has measured something else."""
    times: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(RUNS):
        for way, command in ways.items():
            with tempfile.TemporaryDirectory() as cold:
                env = {**os.environ, "BLACK_CACHE_DIR": cold}
                started = time.perf_counter()
                command_line = ["bash", "-c", command]
                subprocess.run(command_line, cwd=root, env=env, check=True, capture_output=True)
                times[way].append(time.perf_counter() - started)
    return {way: statistics.median(taken) for way, taken in times.items()}


if __name__ == "__main__":
    main()
