"""GitHub's reading of a step's log, after actions/runner, `ActionCommand.cs`."""

from __future__ import annotations

import re
from typing import NamedTuple

REGISTERED = {"error", "warning", "notice", "debug", "group", "endgroup", "add-mask"} | {
    "stop-commands",
    "set-env",
    "set-output",
    "add-path",
    "save-state",
    "add-matcher",
    "echo",
}


class Command(NamedTuple):
    """What the runner understood."""

    name: str
    properties: dict[str, str]
    data: str


def lines(log: str) -> list[str]:
    """The lines that the runner sees: it ends them at CR, LF, or both."""
    return re.split(r"\r\n|\r|\n", log)


def parse(line: str) -> Command | None:
    """A command of the second kind; None where the line is only text."""
    line = line.lstrip()
    end = line.find("::", 2)
    if not line.startswith("::") or end < 0:
        return None
    name, _, inner = line[2:end].partition(" ")
    if name not in REGISTERED:
        return None
    pairs = [part.partition("=") for part in inner.strip().split(",") if "=" in part]
    properties = {key: _unescaped(value, ":,") for key, _, value in pairs}
    return Command(name, properties, _unescaped(line[end + 2 :], ""))


def is_forged(line: str) -> bool:
    """Whether a line that is not meant to be a command would be one."""
    return "##[" in line or parse(line) is not None


def _unescaped(value: str, more: str) -> str:
    for character in "\r\n" + more + "%":
        value = value.replace(f"%{ord(character):02X}", character)
    return value
