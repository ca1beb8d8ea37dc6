"""The results file: one versioned JSON document that every report reads, and nothing else."""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from smokealarm.errors import FatalError
from smokealarm.finding import Digest, Finding, Machine, Picture, Verdict

VERSION: Literal[1] = 1


class Outcome(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one check of one case came to."""

    stage: str
    case: str
    check: str
    verdict: Verdict
    seconds: float = 0.0
    findings: tuple[Finding, ...] = ()
    pictures: tuple[Picture, ...] = ()
    reason: str = ""  # why it is inconclusive
    remedy: str = ""  # what would settle it
    path: str = ""  # the line that asked, or where the doubt arose
    line: int = 1
    machine: Machine = Machine()
    digest: Digest = Digest()


class Silence(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something that was not run or not judged, and why: every silence has a reason."""

    stage: str
    case: str
    reason: str
    check: str = ""
    path: str = ""


class Environment(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where the run took place, as far as it could be told."""

    smokealarm: str = ""
    python: str = ""
    platform: str = ""
    torch: str = ""
    device: str = ""
    driver: str = ""
    image: str = ""
    commit: str = ""
    base: str = ""
    compared: str = ""  # "main...HEAD", "staged", "3 files given"


class Results(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A whole run. `errors` are what only the user can mend: with any, the exit code is 2."""

    version: Literal[1]
    verdict: Verdict
    seconds: float = 0.0
    environment: Environment = Environment()
    outcomes: tuple[Outcome, ...] = ()
    silences: tuple[Silence, ...] = ()
    errors: tuple[Finding, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        return tuple(finding for outcome in self.outcomes for finding in outcome.findings)


def verdict_of(outcomes: Iterable[Outcome], errors: Iterable[Finding]) -> Verdict:
    """The loudest verdict: an alarm outweighs a doubt, and an error is a doubt."""
    verdicts = {outcome.verdict for outcome in outcomes}
    if Verdict.ALARM in verdicts:
        return Verdict.ALARM
    doubtful = Verdict.INCONCLUSIVE in verdicts or list(errors)
    return Verdict.INCONCLUSIVE if doubtful else Verdict.PASS


def exit_code(results: Results) -> int:
    """0 pass, 1 alarm, 2 the user's configuration or usage is wrong, 3 inconclusive."""
    if results.errors:
        return 2
    return {Verdict.PASS: 0, Verdict.ALARM: 1, Verdict.INCONCLUSIVE: 3}[results.verdict]


def write(results: Results, path: Path) -> None:
    """Write the document whole or not at all. Raises FatalError where it cannot be written."""
    try:
        _refuse(path)
        write_atomically(path, msgspec.json.format(msgspec.json.encode(results), indent=1) + b"\n")
    except OSError as error:
        raise FatalError(
            f"cannot write the results file {path}: {error.strerror}",
            "Give --results a file in a folder that you may write to, on a disk with room.",
        ) from None


def _refuse(path: Path) -> None:
    """A folder, a link or a device (/dev/stdout) is no results file of before, to be replaced."""
    if path.parent.exists() and not path.parent.is_dir():
        raise OSError(errno.ENOTDIR, f"{path.parent} is a file, not a folder")
    if os.path.lexists(path) and not stat.S_ISREG(path.lstat().st_mode):
        raise OSError(errno.EEXIST, "something is there that is no ordinary file")


def write_atomically(path: Path, content: bytes) -> None:
    """Put the content at the path in one step: a full disk or a kill leaves what was there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(draft, 0o644)
        os.replace(draft, path)
    except BaseException:
        os.unlink(draft)
        raise


def read(path: Path) -> Results:
    """Read a document that may be hostile. Raises FatalError where it is not a results file."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Results)
    except OSError as error:
        raise FatalError(
            f"cannot read the results file {path}: {error.strerror}",
            "Make one with: smokealarm check --results FILE",
        ) from None
    except msgspec.MsgspecError as error:
        raise FatalError(
            f"{path} is not a results file of this version of smokealarm: {error}",
            "Make a new one with: smokealarm check --results FILE",
        ) from None
