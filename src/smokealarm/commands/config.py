"""Say what would run on which subject, and why; run nothing."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence

from smokealarm.commands import preparation
from smokealarm.pipeline import Step
from smokealarm.stage import Ask, Case
from smokealarm.workspace import Workspace


def add_arguments(verb: ArgumentParser) -> None:
    """See `smokealarm config --help`."""
    preparation.add_arguments(verb)


def run(options: Namespace) -> int:
    """Read and plan as `check` would, and show it."""
    return show_plan(*preparation.prepare(options, tell=lambda message: None))


def show_plan(workspace: Workspace, steps: Sequence[Step]) -> int:
    """Print the plan."""
    changes = workspace.changes
    count = len(changes.files)
    print(f"change: {changes.described} ({count} file{'' if count == 1 else 's'} to judge)")
    for left_out in changes.left_out:
        print(f"  not judged: {left_out.path}: {left_out.reason}")
    for step in steps:
        print(f"{step.case.stage}: {step.case.name}  ({step.case.place})")
        for line in _settings(step.case):
            print(f"  {line}")
        print(f"  {'runs' if step.runs else 'does not run'}: {step.why}")
        for ask in step.case.asks:
            print(f"    {_ask(ask)}")
    return 0


def _settings(case: Case) -> list[str]:
    files = {"files": case.files} if case.files else {}
    return [f"{key}: {value}" for key, value in {**files, **case.settings}.items()]


def _ask(ask: Ask) -> str:
    options = ", ".join(f"{key}: {value}" for key, value in ask.options.items())
    skipped = f"  skipped: {ask.skip}" if ask.skip else ""
    return f"{ask.check}{f' ({options})' if options else ''}{skipped}"
