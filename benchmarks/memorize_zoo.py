"""How the stage `memorize` does on the zoo: false alarms, cost, and the faults that it catches. Markdown.

    python -m benchmarks.memorize_zoo [WORD ...] [--held-out] [--seeds 3] [--each 6] [--plain | --faults]

Without more, every check that is asked by default looks at every healthy program, over three seeds.
`--plain` asks none: it shows that the programs are healthy, by a loop of its own. `--faults` plants
every fault of the catalogue into some of the programs (`--each` of them, spread over the zoo) and
counts as caught what raises a failure that the healthy program does not raise. WORDs choose the
programs whose name holds one of them; with `--fault WORD`, the faults likewise. Two processes.
"""

from __future__ import annotations

import argparse
import importlib
import multiprocessing
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import torch

from benchmarks.zoo_plain import STEPS, Run, plain
from smokealarm.memorize.faults import FAULTS, KIND_OF
from smokealarm.wilson import wilson
from tests.memorize.telling import Told, told
from tests.zoo import HELD_OUT, OPEN, ZOO, Program, programs

SECONDS = 120  # for one program with one fault; what hangs longer counts as ended


class Task(NamedTuple):
    """One program, with one seed, and with a fault in it where one is named."""

    program: Program
    seed: int
    fault: str = ""


def main(options: argparse.Namespace) -> None:
    chosen = [
        program
        for program in programs(HELD_OUT if options.held_out else OPEN)
        if any(word in program.setup for word in options.words or [""])
    ]
    seeds = range(options.seeds)
    os.environ["OMP_NUM_THREADS"] = "1"  # of the processes of the pool
    with tempfile.TemporaryDirectory() as folder:
        with multiprocessing.get_context("spawn").Pool(2, at_work, (folder,), 25) as pool:
            if options.plain:
                by_themselves(pool, [Task(program, seed) for program in chosen for seed in seeds])
            elif options.faults:
                faults = [name for name in FAULTS if options.fault in name]
                with_faults(pool, spread(chosen, options.each), faults)
            else:
                healthy(pool, [Task(program, seed) for program in chosen for seed in seeds])


def by_themselves(pool: Any, tasks: list[Task]) -> None:
    print("| program | seed | first loss | after 200 steps | after 600 | left | CPU s | |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    sick = []
    for task, found in results(pool, alone, tasks):
        if isinstance(found, str):
            row = f"| | | | | | {found}"
        else:
            losses = f"{found.first:.3g} | {found.middle:.3g} | {found.last:.3g}"
            hint = found.hints.get("memorizable", "")
            row = f"{losses} | {found.left:.1%} | {found.cpu:.2f} | {hint}"
        if isinstance(found, str) or not found.healthy:
            sick.append(task)
        print(f"| {task.program.setup} | {task.seed} | {row} |", flush=True)
    print(f"\n{len(tasks) - len(sick)} of {len(tasks)} runs are healthy.")
    print("".join(f"- not healthy: {task.program.setup}, seed {task.seed}\n" for task in sick))


def healthy(pool: Any, tasks: list[Task]) -> None:
    print("| program | seed | CPU s | against plain | said |")
    print("| --- | --- | --- | --- | --- |")
    answers: list[tuple[Task, Told]] = []
    ratios: list[float] = []
    for task, found in results(pool, asked_of_healthy, tasks):
        answer, plainly = (ended(found), 0.0) if isinstance(found, str) else found
        ratio = answer.cpu / plainly if plainly else float("nan")
        answers.append((task, answer))
        ratios += [ratio] if plainly else []
        cells = f"{task.seed} | {answer.cpu:.1f} | {ratio:.1f} | {in_words(answer)}"
        print(f"| {task.program.setup} | {cells} |", flush=True)
    by_level(answers)
    if ratios:
        largest = max(ratios)
        print(f"\nCPU against {STEPS} plain steps: median {statistics.median(ratios):.2f}", end="")
        print(f", largest {largest:.2f}, of all together {together(ratios):.2f}")


def together(ratios: list[float]) -> float:
    return statistics.geometric_mean(ratios)


def by_level(answers: list[tuple[Task, Told]]) -> None:
    print("\n| what healthy programs were told | runs | share | 95 % | programs |")
    print("| --- | --- | --- | --- | --- |")
    for level in ("failures", "warnings", "doubts"):
        hit = [task for task, answer in answers if getattr(answer, level)]
        several = {task.program for task in hit}
        shown = rate(len(hit), len(answers))
        print(f"| {level} | {shown} | {len(several)} of {len({t.program for t, _ in answers})} |")
    print("\n| check | failures | warnings | doubts | silences |")
    print("| --- | --- | --- | --- | --- |")
    levels = ("failures", "warnings", "doubts", "silences")
    said = [
        (level, check_of(sentence))
        for _, answer in answers
        for level in levels
        for sentence in dict.fromkeys(map(check_of, getattr(answer, level)))
    ]
    for check in sorted({check for _, check in said}):
        counts = (str(said.count((level, check))) for level in levels)
        print(f"| {check} | {' | '.join(counts)} |")


def with_faults(pool: Any, chosen: Sequence[Program], faults: list[str]) -> None:
    alarms: dict[Program, Told] = {}
    for task, found in results(pool, asked, [Task(program, 0) for program in chosen]):
        alarms[task.program] = ended(found) if isinstance(found, str) else found
    caught: dict[str, list[tuple[bool, bool, str]]] = {name: [] for name in faults}
    tasks = [Task(program, 0, fault) for fault in faults for program in chosen]
    for task, found in results(pool, asked, tasks):
        answer = ended(found) if isinstance(found, str) else found
        if not answer.unfit:
            caught[task.fault].append(net(answer, alarms[task.program], task.program))
    print("| fault | kind | programs | failures | with warnings | missed in |")
    print("| --- | --- | --- | --- | --- | --- |")
    for fault, seen in caught.items():
        missed = ", ".join(name for _, noticed, name in seen if not noticed)
        failed, warned = (sum(each[0] for each in seen), sum(each[1] for each in seen))
        row = f"{KIND_OF[fault]} | {len(seen)} | {failed} | {warned} | {missed}"
        print(f"| {fault.replace('_', ' ')} | {row} |")
    every = [each for seen in caught.values() for each in seen]
    print(
        f"\n| net caught, of {len(faults)} faults | runs | share | 95 % |\n| --- | --- | --- | --- |"
    )
    print(f"| failures | {rate(sum(each[0] for each in every), len(every))} |")
    print(f"| failures or warnings | {rate(sum(each[1] for each in every), len(every))} |")


def net(faulty: Told, healthy: Told, program: Program) -> tuple[bool, bool, str]:
    """Whether a check fails that is silent on the healthy program; and whether one at least warns."""
    failed = set(map(check_of, faulty.failures)) - set(map(check_of, healthy.failures))
    before = (*healthy.failures, *healthy.warnings)
    warned = set(map(check_of, faulty.warnings)) - set(map(check_of, before))
    return bool(failed), bool(failed or warned), program.function


def check_of(sentence: str) -> str:
    return sentence.partition(":")[0]


def rate(count: int, trials: int) -> str:
    low, high = wilson(count, trials)
    return f"{count} of {trials} | {count / max(trials, 1):.1%} | {low:.1%} to {high:.1%}"


def in_words(answer: Told) -> str:
    levels = {"FAILURE": answer.failures, "warning": answer.warnings, "doubt": answer.doubts}
    said = [f"{level} {each}" for level, sentences in levels.items() for each in sentences]
    unasked = f"({len(answer.silences)} silences)" if answer.silences else ""
    return " · ".join([*said, unasked]).replace("|", "\\|").strip(" ·")


def ended(why: str) -> Told:
    return Told((f"ended: {why}",), (), (), (), 0.0)


def spread(chosen: list[Program], number: int) -> list[Program]:
    """So many of them, at equal distances."""
    number = min(number, len(chosen))
    return [chosen[place * len(chosen) // number] for place in range(number)]


# What follows runs in the processes of the pool.


def at_work(folder: str) -> None:
    """Stand in a repository that holds the zoo and nothing else, as the child of the stage does."""
    root = Path(folder) / str(os.getpid())
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ZOO, root, ignore=ignore)
    (root / "__init__.py").unlink()
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)
    os.chdir(root)
    sys.path.insert(0, str(root))
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    signal.signal(signal.SIGALRM, too_long)


def too_long(*_: Any) -> None:
    raise TimeoutError(f"{SECONDS} s were not enough")


def results(pool: Any, work: Callable[[Task], Any], tasks: list[Task]) -> Iterator[Any]:
    """Each task with what came of it, or a sentence on what went wrong, in the order of the tasks."""
    yield from zip(tasks, pool.imap(Within(work), tasks))


class Within(NamedTuple):
    """Work that is stopped where it takes too long."""

    work: Callable[[Task], Any]

    def __call__(self, task: Task) -> Any:
        signal.alarm(SECONDS)
        try:
            return self.work(task)
        except Exception as error:
            return f"{type(error).__name__}: {error}".splitlines()[0]
        finally:
            signal.alarm(0)


def alone(task: Task) -> Run:
    found = plain(function_of(task.program), task.seed)
    return found._replace(hints=dict(found.hints))


def asked(task: Task) -> Told:
    return told(task.program.setup, seed=task.seed, fault=task.fault)


def asked_of_healthy(task: Task) -> tuple[Told, float]:
    """With the CPU seconds of the plain loop, which runs first and pays for whatever is loaded."""
    function = function_of(task.program)
    plain(function, task.seed, 2)
    seconds = plain(function, task.seed, STEPS).cpu
    return asked(task), seconds


def function_of(program: Program) -> Callable[..., Any]:
    """From the copy in which this process stands."""
    function: Callable[..., Any] = getattr(
        importlib.import_module(program.module), program.function
    )
    return function


def read() -> argparse.Namespace:
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("words", nargs="*")
    parser.add_argument("--held-out", action="store_true")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--each", type=int, default=6)
    parser.add_argument("--fault", default="")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--plain", action="store_true")
    what.add_argument("--faults", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main(read())
