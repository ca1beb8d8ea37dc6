"""Formatting a folder in one commit of its own, and recording that commit in a second one.

Both commits are made beside the index and the working tree, so that until the last step, in which
the branch moves, nothing has happened: a kill leaves a few objects that git forgets by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from pathlib import Path

from msgspec import Struct

from smokealarm import git
from smokealarm.errors import FatalError, Inconclusive
from smokealarm.style.adopting import ignored_revs
from smokealarm.style.adopting.own_commit import committed
from smokealarm.style.adopting.survey import Bench, surveyed
from smokealarm.style.identity import identity_of
from smokealarm.style.record import (
    EVERY_RULE,
    NAME,
    Line,
    Record,
    Region,
    extended,
    formatted,
    parse,
)
from smokealarm.style.record.names import ROOT, written
from smokealarm.style.source import quoted
from smokealarm.style.tools import TOOLS

_UNDER_WAY = {
    "MERGE_HEAD": ("a merge", "git merge --continue", "git merge --abort"),
    "rebase-merge": ("a rebase", "git rebase --continue", "git rebase --abort"),
    "rebase-apply": ("a rebase", "git rebase --continue", "git rebase --abort"),
    "CHERRY_PICK_HEAD": ("a cherry-pick", "git cherry-pick --continue", "git cherry-pick --abort"),
    "REVERT_HEAD": ("a revert", "git revert --continue", "git revert --abort"),
}


class Formatted(Struct, frozen=True, kw_only=True):
    """What the tool makes of the files of a folder: those that change, and those it cannot read."""

    tool: str
    files: int
    changed: Mapping[str, bytes]
    unread: tuple[str, ...]
    doubt: str = ""  # why others were not judged


class Adopted(Struct, frozen=True, kw_only=True):
    """The commits: where the branch stood, the one that formats, and the one that records it."""

    old: str
    formatting: str
    recording: str
    line: str = ""  # of the record, where there is a record to raise


def insist_on_ready(root: Path, folder: str) -> None:
    """Raises FatalError where something is in the way, with what to do about it."""
    for name, (what, onward, back) in _UNDER_WAY.items():
        if (root / git.text(root, "rev-parse", "--git-path", name)).exists():
            raise FatalError(f"{what} is under way", f"Finish it ({onward}) or end it ({back}).")
    if git.attempt(root, "symbolic-ref", "--quiet", "HEAD") is None:
        raise FatalError(
            "HEAD is not on a branch, so the commits would be lost",
            "Switch to one, or make one with: git switch --create NAME",
        )
    if git.attempt(root, "rev-parse", "--verify", "--quiet", "HEAD^{commit}") is None:
        raise FatalError("there is no commit yet", "Commit something first.")
    ours = (NAME, ignored_revs.NAME)
    for entry in git.entries(root, "HEAD", ours):
        if not entry.mode.startswith("100"):
            raise FatalError(f"{entry.path} is no ordinary file, so nothing can be added to it")
    for state, path in _edits(root):
        if state[0] not in " ?":
            raise FatalError(
                f"something is staged: {quoted(path)}",
                "Commit it, or unstage it with: git restore --staged .",
            )
        if path in ours or (state != "??" and _is_in(path, folder)):
            raise FatalError(
                f"{quoted(path)} is not committed as it is on disk",
                "Commit it, or put it away with: git stash",
            )


def formatted_by(place: Bench, tool: str) -> Formatted:
    """Every file of the tool's as it leaves it. Black itself compares the syntax trees."""
    survey = surveyed(place, tool)
    if survey.doubt and not survey.files:
        raise FatalError(survey.doubt.message, f"Nothing was changed. {survey.doubt.remedy}")
    unread = {f.path for f in survey.found if f.evidence.get("code") == "syntax"}
    unformatted = {f.path for f in survey.found} - unread
    files = [source for source in survey.files if source.path in unformatted]
    before = {source.path: source.content for source in files}
    fix = TOOLS[tool].fixed
    try:
        after = dict(fix(place.box.sources(files), None)) if fix else {}
    except Inconclusive as doubt:
        raise FatalError(doubt.message, f"Nothing was changed. {doubt.remedy}") from None
    changed = {path: content for path, content in after.items() if content != before[path]}
    return Formatted(
        tool=tool,
        files=len(survey.files),
        changed=changed,
        unread=tuple(sorted(path for path in unread if path)),
        doubt=survey.doubt.message if survey.doubt else "",
    )


def adopted(root: Path, folder: str, what: Formatted) -> Adopted:
    """Both commits, on top of HEAD. No branch moves yet."""
    old = git.text(root, "rev-parse", "HEAD")
    revisions = ignored_revs.content_at(root, old) or b""
    ignored_revs.revisions(revisions)  # what git cannot read is told before anything is made
    region = Region(what.tool, EVERY_RULE, folder)
    record = _raised(root, old, Line(region, "strict"))
    version = identity_of(TOOLS[what.tool]).versions.get(what.tool, "")
    title = f"Format {_named(folder)} with {what.tool}"
    formatting = committed(root, old, what.changed, _about_formatting(title, what.tool, version))
    today = datetime.now(timezone.utc).date().isoformat()
    comment = f"{title} {version} ({today}, smokealarm adopt)"
    files = {ignored_revs.NAME: ignored_revs.appended(revisions, formatting, comment)}
    recording = committed(root, formatting, {**files, **record}, _about_recording(title))
    return Adopted(
        old=old,
        formatting=formatting,
        recording=recording,
        line=f"{region} strict" if record else "",
    )


def _raised(root: Path, old: str, line: Line) -> dict[str, bytes]:
    """The record with the line, where the repository has one that does not say as much already."""
    found = [entry.blob for entry in git.entries(root, old, [NAME]) if entry.path == NAME]
    if not found:
        return {}
    record: Record = parse(git.contents(root, found)[found[0]])
    if record.kept(line.region) >= line.state:
        return {}
    return {NAME: formatted(extended(record, [line]))}


def _edits(root: Path) -> Sequence[tuple[str, str]]:
    """The two letters and the path of each entry of `git status`."""
    untracked = ("--untracked-files=all", "--no-renames", "--ignore-submodules=all")
    said = git.text(root, "status", "--porcelain=v1", "-z", *untracked)
    return [(entry[:2], entry[3:]) for entry in said.split("\0") if entry]


def _is_in(path: str, folder: str) -> bool:
    return folder == ROOT or path.startswith(folder)


def _named(folder: str) -> str:
    """In one line, whatever is in the name: what git reads of the file of revisions ends with it."""
    return "everything" if folder == ROOT else written(folder)


def _about_formatting(title: str, tool: str, version: str) -> str:
    return (
        f"{title}\n\n"
        f"By {tool} {version}. Only layout changes: {tool} has compared the syntax trees.\n"
        f"The next commit lists this one in {ignored_revs.NAME}.\n"
    )


def _about_recording(title: str) -> str:
    return f'Let git blame look through "{title}"\n'
