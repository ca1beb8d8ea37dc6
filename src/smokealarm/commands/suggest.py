"""Propose what this repository could check: style rules, a table's suite, a training set-up's case."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from pathlib import Path

from smokealarm.commands import showing
from smokealarm.loading import load

DOORS = {
    "style": "commands.suggesting",
    "data": "commands.suggesting_data",
    "lock": "commands.suggesting_kept",
    "profile": "commands.suggesting_kept",
    "memorize": "commands.suggesting_memorize",
}
PROPOSED = {
    "style": "rules that the repository obeys already, or nearly",
    "data": "a suite of expectations, learnt from a clean table",
    "lock": "a lock of a table's columns, for the check `schema_lock`",
    "profile": "a profile of how a table is distributed, for the check `no_drift`",
    "memorize": "the case of a training set-up, from healthy runs over several seeds",
}


def add_arguments(verb: ArgumentParser) -> None:
    """See `smokealarm suggest --help`."""
    what = verb.add_subparsers(dest="stage", required=True, metavar="WHAT")
    for name, add in (
        ("style", _style),
        ("data", _data),
        ("lock", _lock),
        ("profile", _profile),
        ("memorize", _memorize),
    ):
        told = PROPOSED[name]
        described = f"Propose {told}. Without --write nothing is written."
        add(what.add_parser(name, help=told, description=described))


def run(options: Namespace) -> int:
    """Ask, count, propose; write only on demand."""
    exit_code: int = load(DOORS[options.stage]).run(options)
    return exit_code


def _style(stage: ArgumentParser) -> None:
    _common(stage)
    stage.add_argument(
        "--layout",
        action="store_true",
        help="also propose rules of layout, where no formatter is in use",
    )
    stage.add_argument(
        "--budget",
        type=float,
        default=60.0,
        metavar="SECONDS",
        help="how long to look for the rules that people suppress (default: 60; 0: not at all)",
    )


def _data(stage: ArgumentParser) -> None:
    _table(stage, "a clean table to learn from")
    _common(stage)
    stage.add_argument("--name", default="", help="of the case (default: that of the table's file)")
    stage.add_argument(
        "--target",
        type=_share,
        default=0.01,
        metavar="SHARE",
        help="of clean batches on which the whole suite may alarm (default: 0.01)",
    )
    stage.add_argument(
        "--batch-rows",
        type=_count,
        default=0,
        metavar="N",
        help="how many rows a later batch has (default: as many as this table)",
    )
    stage.add_argument(
        "--block",
        type=_count,
        default=0,
        metavar="N",
        help="how many neighbouring rows depend on each other (default: measured)",
    )
    stage.add_argument("--seed", type=int, default=0, help="another one resamples differently")


def _lock(stage: ArgumentParser) -> None:
    _table(stage, "the table")
    stage.add_argument(
        "--values-of",
        action="append",
        default=[],
        metavar="COLUMN",
        help="lock the values of this column as well; may be repeated",
    )
    _file(stage)


def _profile(stage: ArgumentParser) -> None:
    _table(stage, "a clean table to compare others with")
    stage.add_argument(
        "--leave-out",
        action="append",
        default=[],
        metavar="COLUMN",
        help="keep nothing of this column, as it is private; may be repeated",
    )
    _file(stage)


def _memorize(stage: ArgumentParser) -> None:
    stage.add_argument(
        "setup",
        metavar="SETUP",
        help="package.module:function that returns the set-up, from the repository's root",
    )
    _common(stage)
    stage.add_argument("--name", default="", help="of the case (default: that of the set-up)")
    stage.add_argument(
        "--runs",
        type=_count,
        default=10,
        metavar="N",
        help="how many healthy runs, each with a seed of its own (default: 10)",
    )


def _table(stage: ArgumentParser, what: str) -> None:
    stage.add_argument(
        "table", metavar="TABLE", help=f"{what}, by its path from the repository's root"
    )


def _file(stage: ArgumentParser) -> None:
    stage.add_argument(
        "--write",
        type=Path,
        metavar="FILE",
        help="write it there, a path from the repository's root, and do not print it",
    )


def _common(stage: ArgumentParser) -> None:
    stage.add_argument(
        "--write", action="store_true", help="write the proposals down, and show what is written"
    )
    showing.add_arguments(stage, "--format")


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = 0.0
    if not 0 < share <= 0.5:
        raise ArgumentTypeError(f"{text!r} is no share between 0 and 0.5, such as 0.01")
    return share


def _count(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise ArgumentTypeError(f"{text!r} is no number above zero")
    return int(text)
