"""The user's loader against the clock, the lines that it stands on, the operators of the step."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import torch
from torch.profiler import ProfilerActivity, profile

from smokealarm.errors import FatalError, Place
from smokealarm.memorize.batch import fresh
from smokealarm.memorize.bench import Bench
from smokealarm.memorize.checks.loading import Line, Loading, Operator
from smokealarm.memorize.fit import Facts
from smokealarm.memorize.sampler import Sampler, Spot
from smokealarm.memorize.setup import Setup
from smokealarm.memorize.step import train_step
from smokealarm.memorize.supply import batches as supplied
from smokealarm.memorize.supply import in_this_process, ready, source, workers

LONGEST = 10.0  # seconds of batches
SAMPLED = 3.0  # seconds of loading that are looked into
PASSES = 3  # over a source that is soon at its end
PROFILED = 3  # steps
SHOWN = 10  # rows


def probe(bench: Bench, fact: Facts, *, batches: int = 30, trace: str = "") -> Loading:
    setup = bench.made()
    data = source(setup)
    step = train_step(setup)
    step(fresh(setup.batch))  # what is made in the first step is not the loader's affair
    timed = list(_timed(setup, data, step, batches))
    first = [wait for number, wait, _ in timed if number == 0]
    later = [(wait, took) for number, wait, took in timed if number > 0]
    return Loading(
        waits=tuple(wait for wait, _ in later),
        steps=tuple(took for _, took in later),
        first=first[0] if first else 0.0,
        workers=workers(data),
        lines=_lines(bench, batches),
        operators=_operators(setup, step, bench.root / trace if trace else None),
    )


def _timed(
    setup: Setup, data: Any, step: Callable[[Any], float], most: int
) -> Iterator[tuple[int, float, float]]:
    """Number in its pass, seconds waited, seconds of the step; over again where a pass is short."""
    deadline, found = time.monotonic() + LONGEST, 0
    for _ in range(PASSES):
        stream = iter(data)
        for number in range(most):
            began = time.perf_counter()
            try:
                item = next(stream)
            except StopIteration:
                break
            came = time.perf_counter()
            step(ready(setup, item))  # it returns a number, so that a GPU has finished
            yield number, came - began, time.perf_counter() - came
            found += 1
            if found > most or time.monotonic() > deadline:
                return


def _lines(bench: Bench, most: int) -> tuple[Line, ...]:
    """By function, the hottest line of each: the lines of one loop belong together."""
    setup = bench.made()
    data = in_this_process(source(setup))
    deadline = time.monotonic() + SAMPLED
    with Sampler(bench.root) as sampler:
        for _ in islice(data, most):
            if time.monotonic() > deadline:
                break
    whole = sum(sampler.spots.values())
    functions: dict[tuple[str, str], Counter[Spot]] = {}
    for spot, times in sampler.spots.items():
        if spot is not None:
            functions.setdefault((spot.path, spot.function), Counter())[spot] += times
    found = []
    for spots in functions.values():
        hottest = spots.most_common(1)[0][0]
        place = Place(hottest.path, hottest.line)
        found.append(Line(place, hottest.function, sum(spots.values()) / whole))
    return tuple(sorted(found, key=lambda line: -line.share)[:SHOWN])


def _operators(
    setup: Setup, step: Callable[[Any], float], trace: Path | None
) -> tuple[Operator, ...]:
    activities = [ProfilerActivity.CPU]
    if torch.cuda.is_available():
        activities.append(ProfilerActivity.CUDA)
    batch = next(supplied(setup, [setup.batch]))
    with profile(activities=activities) as profiler:
        for _ in range(PROFILED):
            step(fresh(batch))
    if trace is not None:
        _write(profiler, trace)
    events = [(event, _microseconds(event)) for event in profiler.key_averages()]
    whole = sum(took for _, took in events)
    events.sort(key=lambda event: -event[1])
    return tuple(
        Operator(
            event.key,
            round(event.count / PROFILED, 1),
            took / PROFILED / 1e3,
            took / max(whole, 1e-9),
        )
        for event, took in events[:SHOWN]
    )


def _microseconds(event: Any) -> float:
    """Its own time, on the device where that is more: what the host does meanwhile costs nothing."""
    device = getattr(event, "self_device_time_total", 0.0)
    return float(max(event.self_cpu_time_total, device))


def _write(profiler: Any, path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        profiler.export_chrome_trace(str(path))
    except (OSError, RuntimeError) as error:
        raise FatalError(f"cannot write the trace {path}: {error}", "Name another file.") from None
