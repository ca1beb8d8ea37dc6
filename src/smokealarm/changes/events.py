"""What changed, as the GitHub event that started a workflow tells it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from smokealarm import git
from smokealarm.changes.commits import between, commit, commit_or_none, from_to
from smokealarm.changes.local import whole_tree
from smokealarm.errors import FatalError
from smokealarm.workspace import Changes

ELSEWHERE = (
    "--github-event works inside a GitHub workflow; elsewhere use --base, --staged or --all."
)


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
            f"Run on one of {', '.join(_EVENTS)}, or say what to judge with --base or --all.",
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
    parents = _parents(root)
    if len(parents) == 2 and parents[1] == head_sha:
        base = _parent(root, parents[0])
        return from_to(root, base, commit(root, "HEAD"), f"pull request into {event.base_ref}")
    return between(root, f"origin/{event.base_ref}")


def _push(root: Path, event: Event) -> Changes:
    before, after = _value(event, "before"), _value(event, "after")
    if not after.strip("0"):
        return Changes(described="deleted ref")
    if before.strip("0"):
        return from_to(root, commit(root, before), commit(root, after), "push")
    return _new_ref(root, event, after)


def _new_ref(root: Path, event: Event, after: str) -> Changes:
    """A new branch changes what it adds to the default one; the first push of all is everything."""
    default = _value(event, "repository", "default_branch")
    if _value(event, "ref") == f"refs/heads/{default}":
        return whole_tree(root)
    return between(root, f"origin/{default}", after)


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


def _parent(root: Path, parent: str) -> str:
    if commit_or_none(root, parent) is None:
        raise FatalError(
            f"this clone does not hold {parent[:12]}, which the pull request is compared with",
            f"Fetch it with: git fetch --depth=1 origin {parent}\n"
            "  or give actions/checkout `fetch-depth: 2`.",
        )
    return parent


def _value(event: Event, *keys: str) -> str:
    """A text in the payload, which is GitHub's to shape: what is missing is said, not guessed."""
    found: Any = event.payload
    for key in keys:
        found = found.get(key) if isinstance(found, dict) else None
    if not isinstance(found, str):
        raise FatalError(f"the payload of the event {event.name} has no {'.'.join(keys)}")
    return found
