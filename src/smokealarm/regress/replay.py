"""The subject: a suite replayed through the model of the change, and through that of the base."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

import msgspec

from smokealarm import git
from smokealarm.errors import FatalError, Inconclusive, Place, SmokealarmError
from smokealarm.regress import suite as suites
from smokealarm.regress.endings import at_base, at_head
from smokealarm.regress.model import Model, UnfitOutputs, answers
from smokealarm.regress.outputs import Answer
from smokealarm.regress.suite import Suite
from smokealarm.workspace import Workspace


class Side(NamedTuple):
    """A suite as one commit has it, and what the model of that commit answers, by id."""

    suite: Suite
    answers: dict[str, Answer]


class Incomparable(NamedTuple):
    """There is nothing that could get worse: no earlier suite, or no change at all."""

    reason: str


class Replay(NamedTuple):
    """What the checks look at. The base is asked when the first check wants it, and only once."""

    name: str
    head: Side
    base: Callable[[], Side | Incomparable]


def at_change(workspace: Workspace, suite: Suite, model: Model, place: Place | None) -> Side:
    """The head's side. Raises Broken where the model of the change cannot be asked."""
    try:
        return Side(suite, _replayed(suite.rows, suite, workspace, model))
    except SmokealarmError as error:
        raise at_head(error, model.target, place) from None


def at_baseline(workspace: Workspace, suite: Suite, model: Model) -> Side | Incomparable:
    """The base's side, from code and checkpoint of the base commit. Raises Inconclusive."""
    commit = workspace.changes.base
    if not commit and workspace.changes.everything:
        return Incomparable("the whole tree is judged, and no change of it")
    if not commit:
        raise Inconclusive("there is no base commit to compare with", "Say which: --base main")
    with tempfile.TemporaryDirectory(prefix="smokealarm-base-") as folder:
        tree = Path(folder, "tree").resolve()
        git.export_tree(workspace.root, commit, tree)
        name = _name_at_base(workspace, suite.path)
        if not (tree / name).exists():
            return Incomparable(f"the suite {name} is not in the base commit {commit[:10]}")
        try:
            base = suites.read(tree, name)
            shared = [id for id in suite.rows if id in base.rows]
            there = model._replace(folder=tree, elsewhere=workspace.root)
            return Side(base, _replayed(shared, suite, workspace, there))
        except SmokealarmError as error:
            raise at_base(error, model.target, commit) from None


def _replayed(
    ids: Iterable[str], suite: Suite, workspace: Workspace, model: Model
) -> dict[str, Answer]:
    """The same bytes go to both models: inputs are named by their content, and read from the head."""
    wanted = list(ids)
    inputs = [_input(workspace.root, suite, id) for id in wanted]
    found = answers(model, inputs, workspace.tell) if wanted else []
    if found and all(answer.label is None for answer in found):
        raise UnfitOutputs(
            f"`{model.target}` answers NaN to every example",
            "Look at its weights first: a training that diverged leaves NaN in them.",
        )
    return dict(zip(wanted, found))


def _input(root: Path, suite: Suite, id: str) -> bytes:
    """The input as one line of JSON; for a file, its absolute path."""
    example = suite.rows[id].example
    if not example.path:
        return bytes(example.input)
    try:
        path = suites.inside(root, example.path)
        found = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        message = f"cannot read {example.path}: {(error.strerror or str(error)).lower()}"
        raise FatalError(message, "Is the file committed?", suite.place(id)) from None
    if found != example.sha256:
        raise FatalError(
            f"{example.path} is not the file that the suite was made with: its SHA-256 is {found}",
            "Restore the file, or make this a new example with the new sha256 and id.",
            suite.place(id),
        )
    return msgspec.json.encode(str(path))


def _name_at_base(workspace: Workspace, name: str) -> str:
    """The suite's name before the change: renaming it does not shake off the baseline."""
    renamed = (file.base_path for file in workspace.changes.files if file.path == name)
    return next(filter(None, renamed), name)
