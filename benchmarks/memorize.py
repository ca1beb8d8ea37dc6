"""CPU of the stage `memorize` against the usual script: 200 steps on one batch. Start-up included.

    python benchmarks/memorize.py [repeats]

Both run in fresh processes on one thread; the figures are medians of user and system time. The
stage is run as `smokealarm check`, with three checks; prints a Markdown table.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

PROGRAMS = ("tabular:mlp", "vision:cnn_with_batch_norm_and_dropout", "text:language_model")
ZOO = Path(__file__).resolve().parents[1] / "tests/zoo"
PLAIN = """
import importlib, inspect, sys, torch
torch.manual_seed(0)
module, _, function = sys.argv[1].partition(":")
setup = getattr(importlib.import_module(module), function)
made = setup(0) if inspect.signature(setup).parameters else setup()
model, loss_fn, optimizer, (inputs, target) = made.values() if isinstance(made, dict) else made
for _ in range(200):
    optimizer.zero_grad()
    loss = loss_fn(model(inputs), target)
    loss.backward()
    optimizer.step()
assert loss.item() < 1.0
"""
CONFIGURATION = """
memorize:
  - name: {words}
    setup: {program}
    checks: [memorizes, finite, gradients_flow]
"""


def main(repeats: int) -> None:
    print("| program | plain script, CPU s | memorize, CPU s | ratio |")
    print("| --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        subprocess.run(["git", "init", "-q"], cwd=root, check=True)
        for kind in ("tabular.py", "vision.py", "text.py"):
            (root / kind).write_bytes((ZOO / kind).read_bytes())
        (root / "plain.py").write_text(PLAIN, encoding="utf-8")
        for program in PROGRAMS:
            words = program.partition(":")[2].replace("_", " ")
            text = CONFIGURATION.format(words=words, program=program)
            (root / ".smokealarm.yaml").write_text(text, "utf-8")
            stage = [sys.executable, "-m", "smokealarm", "check", "--stage", "memorize", "--all"]
            plain = cpu([sys.executable, "plain.py", program], root, repeats)
            whole = cpu(stage, root, repeats)
            print(f"| {words} | {plain:.2f} | {whole:.2f} | {whole / plain:.2f} |")


def cpu(command: list[str], root: Path, repeats: int) -> float:
    """The median CPU seconds of the command and its children; one run before is not counted."""
    seconds = []
    for _ in range(repeats + 1):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        environment = {**os.environ, "OMP_NUM_THREADS": "1"}
        subprocess.run(command, cwd=root, check=True, stdout=-3, env=environment)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return statistics.median(seconds[1:])


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
