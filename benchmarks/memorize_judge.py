"""How the stage `memorize` does on programs that were written before any check looked at them. Markdown.

    python -m benchmarks.memorize_judge [WORD ...] [--seed 0] [--minutes 15] [--log FILE]

Healthy programs must raise no alarm. Broken ones come with a twin that has the bug fixed: a bug is
caught where a check fails that is silent on the twin. Programs are drawn in an order of chance, the
same each time, so that what is done when the time is over stands for all. Two processes. With
`--log`, each answer is a line of JSON there, and what the file already holds is not run again.
"""

from __future__ import annotations

import argparse
import importlib
import json
import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import torch

from benchmarks.memorize_zoo import Within, check_of, in_words, rate, too_long
from tests.memorize.telling import Told, told
from tests.zoo import ZOO

JUDGE = ZOO / "judge"
FORMS = {"loops": "own step", "lightning": "Lightning", "trainer": "Trainer"}


class Program(NamedTuple):
    """A healthy program, or a broken one with its twin."""

    module: str
    name: str
    twin: str = ""

    @property
    def form(self) -> str:
        return FORMS.get(self.module.partition("_")[2], "parts")


class Verdict(NamedTuple):
    """What was said of a program, and of its twin where it has one."""

    program: Program
    said: Told
    of_twin: Told | None

    @property
    def failed(self) -> bool:
        """A check fails that is silent on the twin."""
        return bool(_checks(self.said, "failures") - self._of_twin("failures"))

    @property
    def noticed(self) -> bool:
        """Or warns at least."""
        return self.failed or bool(
            _checks(self.said, "warnings") - self._of_twin("failures", "warnings")
        )

    def _of_twin(self, *levels: str) -> set[str]:
        return _checks(self.of_twin, *levels) if self.of_twin else set()


def main(options: argparse.Namespace) -> None:
    chosen = [
        each
        for each in programs()
        if any(word in f"{each.module}:{each.name}" for word in options.words or [""])
    ]
    random.Random(0).shuffle(chosen)
    verdicts = sorted(heard(chosen, options))
    for verdict in verdicts:
        print(f"- {verdict.program.module}:{verdict.program.name}: {in_words(verdict.said)}")
        if verdict.of_twin:
            print(f"  - fixed: {in_words(verdict.of_twin)}")
    print(f"\n{len(verdicts)} of {len(chosen)} programs were asked about, seed {options.seed}.\n")
    summary(verdicts)


def programs() -> Iterator[Program]:
    sys.path.insert(0, str(JUDGE))
    for path in sorted(JUDGE.glob("*_*.py")):
        module = importlib.import_module(path.stem)
        for function in getattr(module, "PROGRAMS", ()):
            yield Program(path.stem, function.__name__)
        for broken, fixed in getattr(module, "BROKEN", ()):
            yield Program(path.stem, broken.__name__, fixed.__name__)


def heard(chosen: Sequence[Program], options: argparse.Namespace) -> Iterator[Verdict]:
    """The verdicts that the log holds, then those that can be had in the time."""
    log = Path(options.log) if options.log else None
    known = list(_logged(log)) if log and log.exists() else []
    yield from (verdict for verdict in known if verdict.program in chosen)
    left = [each for each in chosen if each not in {verdict.program for verdict in known}]
    until = time.time() + 60 * options.minutes
    os.environ["OMP_NUM_THREADS"] = "1"  # of the processes of the pool
    with tempfile.TemporaryDirectory() as folder:
        with multiprocessing.get_context("spawn").Pool(2, at_work, (folder,), 40) as pool:
            judged: Any = Judged(options.seed, until)
            for verdict in filter(None, pool.imap_unordered(judged, left)):
                if log:
                    with log.open("a") as file:
                        print(json.dumps(verdict), file=file)
                yield verdict


def _logged(log: Path) -> Iterator[Verdict]:
    for line in log.read_text().splitlines():
        program, said, twin = json.loads(line)
        yield Verdict(Program(*program), _told(said), twin and _told(twin))


def _told(parts: list[Any]) -> Told:
    failures, warned, doubts, silences, cpu = parts
    return Told(tuple(failures), tuple(warned), tuple(doubts), tuple(silences), cpu)


def summary(verdicts: Sequence[Verdict]) -> None:
    for form in ("parts", "own step", "Lightning", "Trainer", ""):
        some = [each for each in verdicts if form in ("", each.program.form)]
        healthy = [each.said for each in some if not each.of_twin]
        pairs = [each for each in some if each.of_twin]
        twins = [each.of_twin for each in pairs if each.of_twin]
        print(f"| {form or 'all forms'} | number | share | 95 % |\n| --- | --- | --- | --- |")
        for what, answers in (("healthy programs", healthy), ("fixed twins", twins)):
            for level in ("failures", "warnings"):
                count = sum(bool(getattr(answer, level)) for answer in answers)
                print(f"| {what} with {level} | {_cells(count, len(answers))}")
        caught = sum(each.failed for each in pairs)
        print(f"| bugs caught by a failure | {_cells(caught, len(pairs))}")
        caught = sum(each.noticed for each in pairs)
        print(f"| bugs caught by a failure or warning | {_cells(caught, len(pairs))}\n")


def _cells(count: int, trials: int) -> str:
    return f"{rate(count, trials)} |"


def _checks(answer: Told, *levels: str) -> set[str]:
    return {check_of(each) for level in levels for each in getattr(answer, level)}


# What follows runs in the processes of the pool.


def at_work(folder: str) -> None:
    """Stand in a repository that holds these programs and nothing else."""
    root = Path(folder) / str(os.getpid())
    shutil.copytree(JUDGE, root, ignore=shutil.ignore_patterns("__pycache__"))
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)
    os.chdir(root)
    sys.path.insert(0, str(root))
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    signal.signal(signal.SIGALRM, too_long)


class Judged(NamedTuple):
    """One program and its twin, unless the time is over."""

    seed: int
    until: float

    def __call__(self, program: Program) -> Verdict | None:
        if time.time() > self.until:
            return None
        names = [name for name in (program.name, program.twin) if name]
        said = [self.answer(f"{program.module}:{name}") for name in names]
        return Verdict(program, said[0], said[1] if program.twin else None)

    def answer(self, setup: str) -> Told:
        found = Within(lambda _: told(setup, seed=self.seed))(None)  # type: ignore[arg-type]
        if isinstance(found, str):
            return Told((f"ended: {found}",), (), (), (), 0.0)
        return found  # type: ignore[no-any-return]


def read() -> argparse.Namespace:
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("words", nargs="*")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--minutes", type=float, default=15.0)
    parser.add_argument("--log", default="")
    return parser.parse_args()


if __name__ == "__main__":
    main(read())
