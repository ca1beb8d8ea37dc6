"""What a verdict of style follows from, as one name: equal digests, equal verdicts."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import new, sha256
from pathlib import Path

from smokealarm.finding import Digest
from smokealarm.style.judging import Judge, hashed
from smokealarm.workspace import ChangedFile

SHA256_NAME = 64  # letters of an object's name in a repository of git's newer format


def digest_of(judge: Judge, meant: Iterable[ChangedFile], policy: object) -> Digest:
    """The digest of what the judge is asked, by part, so that a difference names its cause.

    `meant` are the changed files that the case is about, whether or not this run was given all of
    them: a list that is split over several runs has the digest of the whole in each.
    """
    root = judge.box.workspace.root
    files = sorted(meant, key=lambda file: file.path)
    long = any(len(file.blob or file.base_blob) == SHA256_NAME for file in files)
    algorithm = "sha256" if long else "sha1"
    change = [
        (
            file.path.encode(errors="surrogateescape").hex(),
            _name(root, file, algorithm),
            file.base_blob,
        )
        for file in files
        if file.language in judge.tool.languages
    ]
    return Digest(
        tools=dict(judge.identity.versions),
        configuration=hashed(_laid_out(judge))[:16],
        policy=hashed(judge.name, judge.options, policy)[:16],
        change=hashed(change)[:16],
    )


def _laid_out(judge: Judge) -> list[tuple[str, str]]:
    companions = sorted(judge.box.companions.items())
    return [(place, sha256(content).hexdigest()) for place, content in companions]


def _name(root: Path, file: ChangedFile, algorithm: str) -> str:
    """Git's name for the content, also where git does not have it yet."""
    if file.blob or file.deleted:
        return file.blob
    content = (root / file.path).read_bytes()
    return new(algorithm, b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()
