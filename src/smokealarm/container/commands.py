"""Words to the runner: workflow commands on standard output, and the files that it reads after a step."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ANNOTATIONS = ("::error", "::warning", "::notice")


def say(level: str, title: str, message: str) -> None:
    """Annotate the run (not a line of it) with one error, warning or notice."""
    print(f"::{level} title={_property(title)}::{_data(message)}", flush=True)


def _data(text: str) -> str:
    """Escaped as the runner unescapes it; `%` first, or the other escapes would be escaped again."""
    return text[:4000].replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


@contextmanager
def quoted() -> Iterator[None]:
    """What is printed inside is text to the runner, whatever commands it holds.

    Only the random word ends it. Tested code cannot guess the word, and a line of its own may not have
    ended, so the word comes after a new line.
    """
    word = secrets.token_hex(16)
    print(f"::stop-commands::{word}", flush=True)
    try:
        yield
    finally:
        print(f"\n::{word}::", flush=True)


def annotations_only(printed: str) -> Iterator[str]:
    """The lines that are annotations: all that a report may say to the runner."""
    for line in printed.splitlines():
        if line.startswith(ANNOTATIONS):
            yield line


def set_outputs(**outputs: str) -> None:
    """Set the step's outputs. A value cannot start another output: its end is a random word."""
    lines = []
    for name, value in outputs.items():
        end = f"end_{secrets.token_hex(16)}"
        lines.append(f"{name}<<{end}\n{value}\n{end}\n")
    append("GITHUB_OUTPUT", "".join(lines))


def append(variable: str, text: str) -> None:
    """Add the text to the file that the variable names, outside of GitHub to nothing.

    In container/action.yml the file may belong to another user than the image's: that loses an output
    or a summary, which is said, and no verdict.
    """
    path = os.environ.get(variable)
    if not path:
        return
    try:
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        print(f"smokealarm: cannot write {variable}: {error.strerror}.", file=sys.stderr)
