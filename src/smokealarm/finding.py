"""The one type that flows: what is below the pipeline makes findings, what is above reads them."""

from __future__ import annotations

from enum import Enum
from typing import Union

from msgspec import Struct

Scalar = Union[str, int, float, bool, None]


class Level(str, Enum):
    """How loud a finding is, in the words of GitHub's check-run annotations."""

    NOTICE = "notice"
    WARNING = "warning"
    FAILURE = "failure"

    @property
    def loudness(self) -> int:
        return list(Level).index(self)


class Verdict(str, Enum):
    """What a run says of the change: three outcomes, never two."""

    PASS = "pass"
    INCONCLUSIVE = "inconclusive"
    ALARM = "alarm"


class Finding(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that a check saw, where it saw it, and what to do about it.

    A check fills in what it knows. The pipeline stamps `rule` and `case`, caps `level` at what the
    user asked for, and pins a finding without a path to the line that asked for the check.
    Paths are relative to the repository root, with forward slashes; lines and columns count from 1.
    """

    message: str
    path: str | None = None
    line: int | None = None
    end_line: int | None = None
    column: int | None = None
    end_column: int | None = None
    level: Level = Level.FAILURE
    rule: str = ""
    case: str = ""
    evidence: dict[str, Scalar] = {}
    remedy: str = ""
    help_url: str = ""


class Curve(Struct, frozen=True, kw_only=True, tag="curve"):
    """A picture that a check shows beside its findings: named series over one x axis."""

    title: str
    x_label: str
    y_label: str
    x: list[float]
    series: dict[str, list[float | None]]


class Table(Struct, frozen=True, kw_only=True, tag="table"):
    """A picture that a check shows beside its findings: rows under a header."""

    title: str
    header: list[str]
    rows: list[list[Scalar]]


Picture = Union[Curve, Table]


class Machine(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """On what the tested code ran, as it proved itself: torch's version and the device's name."""

    torch: str = ""
    device: str = ""
    driver: str = ""


class Digest(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a verdict follows from, part by part: equal digests, equal verdicts, wherever it ran."""

    tools: dict[str, str] = {}
    configuration: str = ""
    policy: str = ""
    change: str = ""
