"""Which file of the repository a coverage file means: it may come from another machine."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping

from smokealarm.style.tools.coverage_record import Record, Runs


def located(record: Record, names: Iterable[str]) -> Mapping[str, Runs]:
    """The lines by the path of the file; what could mean several files, or none, is left out."""
    by_base: dict[str, list[str]] = {}
    for path in names:
        by_base.setdefault(posixpath.basename(path), []).append(path)
    found: dict[str, Runs] = {}
    claimed: set[str] = set()
    for name, runs in record.files.items():
        path = _meant(name, record.sources, by_base)
        if path in found:
            claimed.add(path)  # two files of the record would be the same one here
        elif path:
            found[path] = runs
    return {path: runs for path, runs in found.items() if path not in claimed}


def _meant(name: str, sources: Iterable[str], by_base: Mapping[str, list[str]]) -> str:
    """The file of which most folders agree; where two agree as well, a whole path beats a part."""
    name = name.replace("\\", "/")
    variants = [name, *(f"{source}/{name}" for source in sources)]
    forms = {posixpath.normpath(variant.replace("\\", "/")) for variant in variants}
    scores = [
        (max(_agreement(form, path) for form in forms), path)
        for path in by_base.get(posixpath.basename(name), ())
    ]
    best = max((score for score, _ in scores), default=(0, False))
    meant = [path for score, path in scores if score == best]
    return meant[0] if best[0] and len(meant) == 1 else ""


def _agreement(form: str, path: str) -> tuple[int, bool]:
    """How many parts agree from the end on, if one is the end of the other; is the path whole?"""
    theirs, ours = form.split("/"), path.split("/")
    if theirs[-len(ours) :] == ours:
        return len(ours), True
    return (len(theirs), False) if ours[-len(theirs) :] == theirs else (0, False)
