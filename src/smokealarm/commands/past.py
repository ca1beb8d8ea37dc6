"""The history of HEAD along its first parents, in as many steps as somebody cares to look at."""

from __future__ import annotations

from argparse import ArgumentTypeError
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import NamedTuple

from smokealarm import git
from smokealarm.changes.commits import from_to
from smokealarm.workspace import Changes

COMMITS = 500  # that are looked at for what people suppress
PARTS = 10  # in which they are compared


class Commit(NamedTuple):
    """A commit and when it was made."""

    when: datetime
    name: str


def commits(root: Path, most: int | None = None) -> list[Commit]:
    """Those of the first parents of HEAD, newest first; none before the first commit."""
    if git.attempt(root, "rev-parse", "--verify", "--quiet", "HEAD^{commit}") is None:
        return []
    limit = [f"--max-count={most}"] if most else []
    listed = git.text(root, "rev-list", "--first-parent", "--timestamp", *limit, "HEAD")
    pairs = (line.split(" ") for line in listed.splitlines())
    return [Commit(datetime.fromtimestamp(int(when), timezone.utc), name) for when, name in pairs]


def along(known: Sequence[Commit], since: datetime, points: int) -> list[Commit]:
    """Evenly over the time since then, oldest first: each point with the commit that stood."""
    end = known[0].when
    start = max(min(since, end), min(commit.when for commit in known))
    step = (end - start) / max(points - 1, 1)
    whens = [end - step * number for number in reversed(range(points))]
    return list(dict.fromkeys(Commit(when, _standing(known, when)) for when in whens))


def _standing(known: Sequence[Commit], when: datetime) -> str:
    """The newest that is not younger; clocks that were wrong make some older than their parents."""
    names = (commit.name for commit in known if commit.when <= when)
    return next(names, known[-1].name)


def pairs(root: Path) -> list[Iterable[Changes]]:
    """What the last commits changed, in parts, newest first; each is looked up when it is wanted."""
    known = commits(root, COMMITS + 1)
    names = [commit.name for commit in known]
    if len(names) <= COMMITS and not is_shallow(root):
        names.append(empty_tree(root))
    step = max(-(-(len(names) - 1) // PARTS), 1)
    stops = [*names[:-1:step], *names[-1:]]
    return [_between(root, base, head) for head, base in zip(stops, stops[1:])]


def tree(root: Path, commit: str) -> Changes:
    """Everything that is judged in the commit."""
    return from_to(root, empty_tree(root), commit, commit)


def empty_tree(root: Path) -> str:
    """The name of the tree without files, which depends on the repository's hash."""
    return git.text(root, "hash-object", "-t", "tree", "--stdin")


def told(looked_at: int, of: int, stopped: str) -> Iterator[str]:
    """That not all of it was looked at, and why, where that is so."""
    if looked_at < of:
        more = stopped or "Say --budget SECONDS for more; what was judged is remembered."
        yield (
            f"What people suppress was looked up in {looked_at} of {of} parts of the last {COMMITS} "
            f"commits. {more}"
        )


def is_shallow(root: Path) -> bool:
    """Whether the clone lacks its oldest commits."""
    return git.text(root, "rev-parse", "--is-shallow-repository") == "true"


def a_day(text: str) -> datetime:
    """A date, or how many days ago; for argparse."""
    try:
        if text.isdigit():
            return datetime.now(timezone.utc) - timedelta(days=int(text))
        return datetime.fromisoformat(text).replace(tzinfo=timezone.utc)
    except (ValueError, OverflowError):
        raise ArgumentTypeError(f"{text!r} is no date (2026-01-31) nor a number of days") from None


def _between(root: Path, base: str, head: str) -> Iterator[Changes]:
    yield from_to(root, base, head, f"{base[:12]}..{head[:12]}")
