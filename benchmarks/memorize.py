"""The stage `memorize` against what people do today: what each calls wrong, and what it costs. Markdown.

    python -m benchmarks.memorize [cost] [verdicts] [facts] [--programs 16] [--faults 6] [--healthy 40]

The first table is the CPU, user and system, of fresh processes on one thread with whatever they start,
next to the same where everything is loaded. Then faults are planted into programs of the open zoo, and
all contenders are asked of those and of more programs without any. `facts` tells instead where the time of
the stage goes. Two processes; a run takes some five minutes.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from benchmarks.contenders import CONTENDERS
from benchmarks.facts_cost import cost_of_facts
from benchmarks.memorize_zoo import Task, asked, at_work, rate, results, spread
from benchmarks.zoo_plain import STEPS
from smokealarm.child import loaded
from smokealarm.memorize.bench import Bench
from smokealarm.memorize.faults import FAULTS
from smokealarm.memorize.step import train_step
from tests.zoo import Program, programs

OURS = "smokealarm check"
PLAIN = CONTENDERS[0].name
SIZED = "sized_programs"
HERE = Path(__file__).parent
COSTED = (
    Program("tabular", "mlp"),
    Program("vision", "cnn_with_batch_norm_and_dropout"),
    Program("text", "language_model"),
    Program("loops", "gradient_accumulation"),
    Program(SIZED, "conv_net_of_a_million"),
    Program(SIZED, "transformer_of_a_million"),
)
CONFIGURATION = "memorize:\n  - name: costed\n    setup: {setup}\n"


class Said(NamedTuple):
    """Of one contender: whether it alarmed, and its CPU seconds where everything is loaded."""

    alarmed: bool
    cpu: float


Answers = Mapping[str, Said]  # by contender; none where there was no place for the fault


def main(options: argparse.Namespace) -> None:
    os.environ["OMP_NUM_THREADS"] = "1"  # of all processes from here on
    with tempfile.TemporaryDirectory() as folder:
        context = multiprocessing.get_context("spawn")
        with context.Pool(2, ready, (folder,)) as pool:
            if "facts" in options.parts:
                tell_facts(pool)
            if "cost" in options.parts:
                tell_cost(pool)
            if "verdicts" in options.parts:
                tell_verdicts(pool, options)


def tell_cost(pool: Any) -> None:
    names = [*(each.name for each in CONTENDERS), OURS]
    print(f"| CPU s, start-up included (without) | {' | '.join(names)} | {OURS} / plain |")
    print("| --- |" + " --- |" * (len(names) + 1))
    for program, (cpu, said) in zip(COSTED, pool.imap(cost, COSTED, 1)):
        cells = [f"{cpu[name]:.1f} ({said[name].cpu:.2f})" for name in names]
        ratio = cpu[OURS] / cpu[PLAIN], said[OURS].cpu / said[PLAIN].cpu
        cells.append(f"{ratio[0]:.2f} ({ratio[1]:.2f})")
        print(f"| {program.in_words} | {' | '.join(cells)} |", flush=True)


def tell_verdicts(pool: Any, options: argparse.Namespace) -> None:
    planted = [Task(p, 0, fault) for p, fault in pairs(options.programs, options.faults)]
    healthy = [
        Task(program, 0)
        for program in dict.fromkeys(
            [*spread(programs(), options.programs), *spread(programs(), options.healthy)]
        )
    ]
    sound = {task.program: found for task, found in whole(pool, healthy)}
    broken = [(sound[task.program], found) for task, found in whole(pool, planted) if found]
    print("\n| | false alarms | share | 95 % | caught | share | 95 % | net caught | share | 95 % |")
    print("| --- |" + " --- |" * 9)
    for name in [*(each.name for each in CONTENDERS), OURS]:
        false = sum(said[name].alarmed for said in sound.values())
        caught = [said[name].alarmed for _, said in broken]
        net = sum(said[name].alarmed and not fine[name].alarmed for fine, said in broken)
        cells = rate(false, len(sound)), rate(sum(caught), len(broken)), rate(net, len(broken))
        print(f"| {name} | {' | '.join(cells)} |")
    ratios = [said[OURS].cpu / said[PLAIN].cpu for said in sound.values()]
    print(f"\nCPU of {OURS} against plain, all loaded, {len(ratios)} healthy programs:", end=" ")
    print(f"median {statistics.median(ratios):.2f}, largest {max(ratios):.2f}")
    print("Net caught: an alarm at the fault, and none at the same program without it.")


def whole(pool: Any, tasks: list[Task]) -> list[tuple[Task, Answers]]:
    """Those that came to an end; what hangs is told and counts for nobody."""
    found = list(results(pool, answers, tasks))
    for task, said in found:
        if isinstance(said, str):
            print(f"left out: {task.program.setup} {task.fault}: {said}", file=sys.stderr)
    return [(task, said) for task, said in found if not isinstance(said, str)]


def pairs(number: int, faults: int) -> list[tuple[Program, str]]:
    """The same for every run: so many faults, by lot, for each of so many programs."""
    lot, names = Random(0), sorted(FAULTS)
    chosen = spread(programs(), number)
    return [(program, fault) for program in chosen for fault in lot.sample(names, faults)]


def tell_facts(pool: Any) -> None:
    found = [*pool.imap(cost_of_facts, [program.setup for program in COSTED], 1)]
    print(
        "Shares of the CPU that 200 plain steps take; a fact that is watched for: what it adds.\n"
    )
    print(f"| fact | {' | '.join(program.in_words for program in COSTED)} |")
    print("| --- |" + " --- |" * len(COSTED))
    for name in sorted(found[0], key=lambda name: -max(each.get(name, 0.0) for each in found)):
        cells = " | ".join(f"{each.get(name, 0.0):.0%}" for each in found)
        print(f"| {name} | {cells} |")


# What follows runs in the processes of the pool.


def ready(folder: str) -> None:
    """In a repository with the zoo and the two larger programs, and with everything loaded."""
    at_work(folder)
    shutil.copy(HERE / f"{SIZED}.py", Path.cwd())
    answers(Task(COSTED[0], 0))


def answers(task: Task) -> dict[str, Said]:
    """Of every contender on one program; nothing where the fault has no place in it."""
    told = asked(task)
    if task.fault and told.unfit:
        return {}
    found = {OURS: Said(bool(told.failures), told.cpu)}
    runs = {train: trained(train, task) for train in dict.fromkeys(c.train for c in CONTENDERS)}
    for contender in CONTENDERS:
        losses, seconds = runs[contender.train]
        found[contender.name] = Said(contender.alarms(losses), seconds)
    return found


def trained(train: Callable[..., list[float]], task: Task) -> tuple[list[float], float]:
    """The losses, none where it ended with an error; and the CPU seconds."""
    before = time.process_time()
    losses: list[float] = []
    with suppress(Exception):
        function = loaded(task.program.setup)
        setup = Bench(function, "cpu", Path.cwd(), STEPS, task.seed, task.fault).made()
        losses = train(train_step(setup), setup.batch)
    return losses, time.process_time() - before


def cost(program: Program) -> tuple[Mapping[str, float], Answers]:
    return afresh(program), answers(Task(program, 0))


def afresh(program: Program) -> dict[str, float]:
    """CPU seconds of each as a process of its own, by name; the two limits of the script are one run."""
    Path(".smokealarm.yaml").write_text(CONFIGURATION.format(setup=program.setup), "utf-8")
    script = [sys.executable, "-m", "benchmarks.contenders"]
    costs: dict[str, float] = {}
    for each in CONTENDERS:
        same = next((one.name for one in CONTENDERS if one.train is each.train), each.name)
        costs[each.name] = costs.get(same) or cpu([*script, each.name, program.setup])
    stage = [sys.executable, "-m", "smokealarm", "check", "--stage", "memorize", "--all"]
    return {**costs, OURS: cpu(stage)}


def cpu(command: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    path = os.pathsep.join(map(str, (HERE.parent, Path.cwd())))
    subprocess.run(command, stdout=-3, stderr=-3, env={**os.environ, "PYTHONPATH": path})
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def read() -> argparse.Namespace:
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("parts", nargs="*", default=["cost", "verdicts"])
    parser.add_argument("--programs", type=int, default=16)
    parser.add_argument("--faults", type=int, default=6)
    parser.add_argument("--healthy", type=int, default=40)
    return parser.parse_args()


if __name__ == "__main__":
    main(read())
