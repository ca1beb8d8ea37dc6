"""What `check` and `config` share: which change is meant, which cases are wanted, and the plan."""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from functools import partial
from pathlib import Path

from msgspec import structs

from smokealarm import changes, errands, git
from smokealarm.errors import FatalError
from smokealarm.loading import load
from smokealarm.pipeline import Step, plan
from smokealarm.stage import FILE_NAME, NAMES, Case
from smokealarm.workspace import Changes, Workspace


def add_arguments(verb: ArgumentParser) -> None:
    """The arguments that say which change, which configuration, and which of its cases."""
    change = verb.add_argument_group("which change (default: what is not committed yet)")
    which = change.add_mutually_exclusive_group()
    which.add_argument("--base", metavar="REF", help="what HEAD changes since it left REF")
    which.add_argument("--staged", action="store_true", help="what the next commit would change")
    which.add_argument("--all", action="store_true", help="every file, as if all had changed")
    which.add_argument(
        "--github-event", action="store_true", help="what the event changes that runs this workflow"
    )
    change.add_argument("files", nargs="*", metavar="FILE", help="of all that, these files only")
    wanted = verb.add_argument_group("which cases (default: all)")
    wanted.add_argument(
        "--stage", action="append", choices=NAMES, help="this stage; may be repeated"
    )
    wanted.add_argument(
        "--case", action="append", metavar="NAME", help="this case; may be repeated"
    )
    verb.add_argument("--config", metavar="PATH", help=f"instead of {FILE_NAME} at the root")


def prepare(
    options: Namespace,
    tell: Callable[[str], None],
    count: Callable[[int, int], None] = lambda done, of: None,
) -> tuple[Workspace, tuple[Step, ...]]:
    """The workspace and the plan. Raises FatalError for everything that is wrong before a run."""
    stages = options.stage or NAMES
    for name in ("config", *(name for name in ("style",) if name in stages)):
        errands.add(partial(load, name))
    at = changes.here(Path.cwd())
    root = at.root
    changed = _changes(options, at)
    read = load("config").read(root, _config_name(options, root), load, stages)
    cases = tuple(_narrowed(case, root) for case in _wanted(read, options.case))
    budget = getattr(options, "budget", None)  # only some verbs have one
    workspace = Workspace(root=root, changes=changed, tell=tell, count=count, budget=budget)
    return workspace, plan(cases, changed)


def _narrowed(case: Case, root: Path) -> Case:
    """The case with the files that it is about, if its stage can name them and git has them all.

    A table that git does not know is never seen to change: it is checked on every change.
    """
    if case.stage == "style" or case.files:
        return case
    about = getattr(load(case.stage), "about", None)
    paths = about(case, root) if about else ()
    if not all(git.entries(root, paths=[path]) for path in paths):
        return case
    return structs.replace(case, about=paths)


def _config_name(options: Namespace, root: Path) -> str:
    """The configuration's path as people see it: relative to the root, where it is below it."""
    if not options.config:
        return FILE_NAME
    return os.path.relpath(Path.cwd() / options.config, root)


def _changes(options: Namespace, at: changes.Here) -> Changes:
    root = at.root
    if options.files and (options.staged or options.all or options.github_event):
        raise FatalError("give either files or one of --staged, --all, --github-event")
    if options.base == "":
        raise FatalError(
            "--base is empty, so there is nothing to compare with",
            "Is the variable set that it comes from? Without --base, what is not committed yet is"
            " judged.",
        )
    if options.files:
        return changes.given(root, options.files, options.base or "HEAD", at)
    if options.base is not None:
        return changes.between(root, options.base)
    if options.staged:
        return changes.staged(root, at)
    if options.all:
        return changes.whole_tree(root)
    if options.github_event:
        return changes.of_github(root, os.environ)
    return changes.working_tree(root, at)


def _wanted(cases: tuple[Case, ...], names: list[str] | None) -> tuple[Case, ...]:
    known = {case.name for case in cases}
    for name in names or ():
        if name not in known:
            likely = load("config.cases").did_you_mean(name, known)
            raise FatalError(f"there is no case called {name!r}", likely)
    return tuple(case for case in cases if not names or case.name in names)
