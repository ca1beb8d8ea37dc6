"""What changed, as the GitHub event that started a workflow tells it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from smokealarm import git
from smokealarm.changes.commits import between, from_to
from smokealarm.changes.local import whole_tree
from smokealarm.changes.named import commit
from smokealarm.errors import FatalError
from smokealarm.workspace import Changes

ELSEWHERE = (
    "--github-event works inside a GitHub workflow; elsewhere use --base, --staged or --all."
)

_INSTEAD = {
    "pull_request_target": (
        "It checks out the base branch, without the files of the pull request, and with secrets that"
        " must not meet them.\n  Run on `pull_request` instead: that has the files, and no secrets."
    ),
}


class Event(NamedTuple):
    """What set the workflow off, in GitHub's own words."""

    name: str
    payload: Mapping[str, Any]
    base_ref: str  # the branch that a pull request wants to go to


def of_github(root: Path, environ: Mapping[str, str]) -> Changes:
    """What the event changes, from the variables and the payload that GitHub hands every job.

    Raises FatalError where the clone does not hold what it takes to tell, or where the event says
    nothing of a change: a gate that judged no files would be green for no reason.
    """
    event = _event(environ)
    try:
        changes_of = _EVENTS[event.name]
    except KeyError:
        raise FatalError(
            f"the event {event.name or '(none)'} does not say what changed",
            _INSTEAD.get(event.name)
            or f"Run on one of {', '.join(_EVENTS)}, or say what to judge with --base or --all.",
        ) from None
    return changes_of(root, event)


def _event(environ: Mapping[str, str]) -> Event:
    name = environ.get("GITHUB_EVENT_NAME", "")
    path = environ.get("GITHUB_EVENT_PATH", "")
    if not path:
        raise FatalError("GITHUB_EVENT_PATH is not set: this is no GitHub workflow", ELSEWHERE)
    try:
        payload = msgspec.json.decode(Path(path).read_bytes(), type=dict[str, Any])
    except (OSError, msgspec.MsgspecError) as error:
        raise FatalError(
            f"cannot read GitHub's event from GITHUB_EVENT_PATH={path}: {error}",
            ELSEWHERE,
        ) from None
    return Event(name, payload, environ.get("GITHUB_BASE_REF", ""))


def _pull_request(root: Path, event: Event) -> Changes:
    """Against the first parent of GitHub's merge commit: the payload's own base may be stale."""
    head_sha = _value(event, "pull_request", "head", "sha")
    branch = event.base_ref or _value(event, "pull_request", "base", "ref")
    parents = _parents(root)
    if len(parents) == 2 and parents[1] == head_sha:
        base = commit(root, parents[0], depth=2)
        return from_to(root, base, commit(root, "HEAD"), f"pull request into {branch}")
    return between(root, f"origin/{branch}")


def _push(root: Path, event: Event) -> Changes:
    before, after = _value(event, "before"), _value(event, "after")
    if not after.strip("0"):
        return Changes(described="deleted ref")
    if not before.strip("0"):
        return _new_ref(root, event, after)
    if event.payload.get("forced"):
        return _forced(root, event, before, after)
    return from_to(root, commit(root, before), commit(root, after), "push")


def _new_ref(root: Path, event: Event, after: str) -> Changes:
    """A new branch changes what it adds to the default one; the first push of all is everything."""
    default = _value(event, "repository", "default_branch")
    if _value(event, "ref") == f"refs/heads/{default}":
        return whole_tree(root)
    return between(root, f"origin/{default}", after)


def _forced(root: Path, event: Event, before: str, after: str) -> Changes:
    """What was there before is no measure: a rebase would have brought in the work of others.

    The default branch itself, and a tag that moved, can only be compared with what was there.
    """
    default = _value(event, "repository", "default_branch")
    ref = _value(event, "ref")
    if ref.startswith("refs/heads/") and ref != f"refs/heads/{default}":
        return between(root, f"origin/{default}", after)
    return between(root, before, after)


def _merge_group(root: Path, event: Event) -> Changes:
    base = commit(root, _value(event, "merge_group", "base_sha"))
    head = commit(root, _value(event, "merge_group", "head_sha"))
    return from_to(root, base, head, "merge group")


def _everything(root: Path, event: Event) -> Changes:
    return whole_tree(root)


_EVENTS: Mapping[str, Callable[[Path, Event], Changes]] = {
    "pull_request": _pull_request,
    "push": _push,
    "merge_group": _merge_group,
    "schedule": _everything,
    "workflow_dispatch": _everything,
}


def _parents(root: Path) -> list[str]:
    """The parents that the commit itself names, whether or not a shallow clone holds them."""
    header = git.text(root, "cat-file", "commit", "HEAD").split("\n\n", 1)[0]
    return [line[7:] for line in header.split("\n") if line.startswith("parent ")]


def _value(event: Event, *keys: str) -> str:
    """A text in the payload, which is GitHub's to shape: what is missing is said, not guessed."""
    found: Any = event.payload
    for key in keys:
        found = found.get(key) if isinstance(found, dict) else None
    if not isinstance(found, str):
        raise FatalError(f"the payload of the event {event.name} has no {'.'.join(keys)}")
    return found
