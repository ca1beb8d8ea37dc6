"""How much CPU time the style door takes until it is ready: `python benchmarks/startup.py`.

Each row is the median of many processes, less the median of an interpreter that does nothing. The
last row is what a commit pays that has nothing to judge. CPU time of git counts where it is run.
Over the target, the slowest imports are listed, and the exit code is 1.
"""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

RUNS = 31
TARGET = 80.0  # milliseconds, of the row "until it is ready"

CONFIGURATION = """\
style:
  - files: ^src/
    checks:
      - black
      - flake8: {select: [E9, F]}
      - shellcheck
"""
NOTHING = "pass"
IMPORTS = "import smokealarm_hooks.style, smokealarm.style"
READY = """\
from pathlib import Path
import smokealarm_hooks.style
from smokealarm.config import read
from smokealarm.loading import load
from smokealarm.pipeline import plan
from smokealarm.workspace import Changes
plan(read(Path('.'), '.smokealarm.yaml', load, ['style']), Changes())
"""
DOOR = """\
import sys
from smokealarm_hooks.style import main
sys.argv = ['smokealarm-style', '--staged']
sys.exit(main())
"""
NEVER_READ = (
    "import os; os.environ['SMOKEALARM_CACHE'] = os.devnull\n"  # no folder: nothing is kept
)
ROWS = [
    ("its modules are imported", IMPORTS),
    ("until it is ready: imported, configuration read, planned", READY),
    ("the same, of a configuration that was never read before", NEVER_READ + READY),
    ("the whole hook with nothing to judge", DOOR),
]


def main() -> int:
    """Measure in a repository of our own, print the table."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        subprocess.run(["git", "init", "--quiet", folder], check=True)
        (root / ".smokealarm.yaml").write_text(CONFIGURATION)
        milliseconds = measured(root, [NOTHING, *(code for _, code in ROWS)])
    nothing, *others = milliseconds
    print(f"| the style door | CPU time (ms, median of {RUNS}) |\n| --- | ---: |")
    print(f"| Python itself, to be taken off | {nothing:.0f} |")
    for (what, _), taken in zip(ROWS, others):
        print(f"| {what} | {taken - nothing:.0f} |")
    ready = others[1] - nothing
    if ready > TARGET:
        print(f"\n{ready:.0f} ms is over the target of {TARGET:.0f} ms. The slowest imports:\n")
        print("\n".join(slowest_imports()))
    return int(ready > TARGET)


def measured(root: Path, programs: Sequence[str]) -> list[float]:
    """The medians in milliseconds. The programs take turns, so that a busy moment hits all."""
    times: list[list[float]] = [[] for _ in programs]
    for _ in range(RUNS):
        for program, taken in zip(programs, times):
            taken.append(cpu_milliseconds(root, program))
    return [statistics.median(taken) for taken in times]


def cpu_milliseconds(root: Path, program: str) -> float:
    """User and system time of a process and of the children that it waited for."""
    child = subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=root,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": ""},  # what pip installs is compiled
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    assert child.stderr
    said = child.stderr.read().decode()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"the measured program failed:\n{said}")
    return 1000 * (usage.ru_utime + usage.ru_stime)


def slowest_imports(count: int = 15) -> list[str]:
    """Modules by the time that they take themselves, as Python's own `-X importtime` tells it."""
    command = [sys.executable, "-X", "importtime", "-c", IMPORTS]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    rows = re.findall(r"import time:\s+(\d+) \|\s+\d+ \| +(\S+)", told)
    slowest = sorted(rows, key=lambda row: int(row[0]), reverse=True)[:count]
    return [f"    {int(microseconds) / 1000:6.1f} ms  {name}" for microseconds, name in slowest]


if __name__ == "__main__":
    sys.exit(main())
