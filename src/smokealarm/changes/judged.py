"""Which of the changed files are judged; every other is left out with its reason."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from smokealarm import git
from smokealarm.changes import peeks
from smokealarm.changes.attributes import marked
from smokealarm.changes.kinds import language, needs_content
from smokealarm.changes.raw import Change
from smokealarm.errors import FatalError
from smokealarm.meanwhile import Meanwhile
from smokealarm.workspace import ChangedFile, Changes, LeftOut

_REASONS = {
    "D": "it is deleted",
    git.SYMLINK: "it is a symbolic link",
    git.SUBMODULE: "it is a submodule, which has gates of its own",
}
_POINTER = "it is a Git LFS pointer: its content is not in git"


def judge(
    root: Path,
    changes: Iterable[Change],
    *,
    unnamed: Iterable[Change] = (),
    base: str = "",
    head: str = "",
    described: str,
    everything: bool = False,
) -> Changes:
    """The changes as a run sees them, in an order that depends on nothing but the names.

    The `unnamed` are part of the same change, but nobody asked for a verdict on them.
    """
    changes = list(changes)
    candidates, reasons = _sorted_out(changes)
    unnamed = list(unnamed)
    others = [change for change in changes if _is_gone(change) and _had_content(change)]
    texts = [change for change in unnamed if _is_text(change)]
    looks = list(_of_use(candidates, [*others, *texts]))
    looking = Meanwhile(lambda: peeks.of_blobs(root, looks))
    reserved = marked(root, [change.path for change in (*candidates, *unnamed)], head)
    reasons.update({one.path: reserved[one.path] for one in candidates if one.path in reserved})
    candidates = [change for change in candidates if change.path not in reasons]
    others += [change for change in texts if change.path not in reserved]
    seen = looking.answer()
    files = []
    for change in candidates:
        try:
            peek = seen.get(change.blob, b"") if change.blob else peeks.on_disk(root / change.path)
        except OSError as error:
            reasons[change.path] = f"it cannot be read: {(error.strerror or str(error)).lower()}"
            continue
        if peeks.is_pointer(peek):
            reasons[change.path] = _POINTER
        else:
            files.append(_file(change, peek))
    return Changes(
        base=base,
        head=head,
        described=described,
        files=_by_path(files),
        left_out=tuple(LeftOut(path, reasons[path]) for path in sorted(reasons)),
        everything=everything,
        beside=_by_path(_file(change, seen.get(_content(change), b"")) for change in others),
    )


def _sorted_out(changes: Iterable[Change]) -> tuple[list[Change], dict[str, str]]:
    """The regular files, and why others can be left out without a look at them."""
    candidates, reasons = [], {}
    for change in changes:
        if change.status == "U":
            raise FatalError(
                f"{change.path} has an unresolved merge conflict",
                "Resolve it, `git add` the file, and try again.",
            )
        if change.status == "R":
            reasons[change.base_path] = f"it is renamed to {change.path}"
        reason = _REASONS.get(change.status) or _REASONS.get(change.mode)
        if reason:
            reasons[change.path] = reason
        else:
            candidates.append(change)
    judged = {change.path for change in candidates}  # a new file may have the name of a renamed one
    return candidates, {path: why for path, why in reasons.items() if path not in judged}


def _is_gone(change: Change) -> bool:
    """Whether no file is left of it, be it deleted or now a link or a submodule."""
    return change.status == "D" or not _is_regular(change.mode)


def _had_content(change: Change) -> bool:
    return change.status != "U" and bool(change.base_blob) and _is_regular(change.base_mode)


def _is_text(change: Change) -> bool:
    """Whether there is content before or after, so that the change is about it."""
    return change.status != "U" and (_had_content(change) or not _is_gone(change))


def _is_regular(mode: str) -> bool:
    return mode.startswith("100")


def _content(change: Change) -> str:
    """The blob that tells what language the file is, or was, in."""
    return change.base_blob if _is_gone(change) else change.blob


def _of_use(candidates: Iterable[Change], others: Iterable[Change]) -> Iterable[tuple[str, str]]:
    """The paths and blobs that are worth a look."""
    yield from ((change.path, change.blob) for change in candidates if change.blob)
    scripts = (change for change in others if needs_content(change.path))
    yield from ((change.path, _content(change)) for change in scripts if _content(change))


def _file(change: Change, peek: bytes) -> ChangedFile:
    gone = _is_gone(change)
    comparable = bool(change.base_blob) and _is_regular(change.base_mode)
    return ChangedFile(
        path=change.path,
        blob="" if gone else change.blob,
        base_path=change.base_path if comparable else "",
        base_blob=change.base_blob if comparable else "",
        language=language(change.path, peek),
        deleted=gone,
    )


def _by_path(files: Iterable[ChangedFile]) -> tuple[ChangedFile, ...]:
    return tuple(sorted(files, key=lambda file: file.path))
