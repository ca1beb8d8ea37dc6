"""A suite: the examples that a model is held to, one JSON object a line."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, Union

import msgspec
from msgspec import Raw, Struct

from smokealarm.errors import FatalError, FatalErrors, Place
from smokealarm.regress.bad_line import Problem, complaint, described

Label = Union[bool, int, float, str]
ENOUGH = 20  # complaints about one suite at a time
NOTHING = Raw()


class Example(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """What a line says. `input` stays the JSON that it was until the model's own process reads it."""

    id: str
    expected: Label
    input: Raw = NOTHING
    path: str = ""
    sha256: str = ""
    tags: tuple[str, ...] = ()
    why: str = ""
    added_on: Union[datetime.date, None] = None
    added_by_model: str = ""
    group: str = ""


class Row(NamedTuple):
    """An example and the line that it stands on."""

    line: int
    example: Example


class Suite(NamedTuple):
    """The rows by id, in the order of the file; the path is relative to the repository root."""

    path: str
    rows: dict[str, Row]

    def place(self, id: str) -> Place:
        return Place(self.path, self.rows[id].line)


def read(root: Path, name: str) -> Suite:
    """The suite in a file of the repository. Raises FatalError, at each line that is wrong."""
    path = inside(root, name)
    content = _content(path, name)
    rows: dict[str, Row] = {}
    complaints: list[FatalError] = []
    for number, line in enumerate(content.split(b"\n"), start=1):
        try:
            if line.strip():
                example = _example(line, rows)
                rows[example.id] = Row(number, example)
        except Problem as problem:
            complaints.append(complaint(problem, line, Place(name, number)))
            if len(complaints) == ENOUGH:
                break
    if complaints:
        raise complaints[0] if len(complaints) == 1 else FatalErrors(complaints)
    if not rows:
        raise FatalError(f"the suite {name} has no examples", HOW_TO_START, Place(name))
    return Suite(name, rows)


HOW_TO_START = (
    'Write one example a line: {"id": ..., "input": ..., "expected": ...}; the id is the first 12'
    " hexadecimal digits of the SHA-256 of the input as JSON with sorted keys and no spaces."
)
_DECODER = msgspec.json.Decoder(Example)


def _example(line: bytes, rows: dict[str, Row]) -> Example:
    try:
        line.decode()  # msgspec leaves what it does not read, as `input`, undecoded
        example = _DECODER.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise described(error, line) from None
    if problem := next(_problems(example, rows), None):
        raise problem
    return example


def _problems(example: Example, rows: dict[str, Row]) -> Iterator[Problem]:
    has_input = bool(bytes(example.input))
    if has_input == bool(example.path):
        yield Problem(
            f"it has {'both' if has_input else 'neither'} `input` {'and' if has_input else 'nor'} `path`",
            "Give the `input` itself, or the `path` of a file and its `sha256`.",
        )
    elif example.path and len(example.sha256) != 64:
        yield Problem("`sha256` is not the 64 digits of a SHA-256", "Ask: sha256sum FILE", "sha256")
    elif not _has_right_id(example):
        yield Problem(
            f"its id is {example.id!r}, but its content makes it {_content_id(example)!r}",
            f'Write "id": "{_content_id(example)}": the same input then has the same id everywhere.',
            "id",
        )
    elif example.id in rows:
        yield Problem(
            f"the example {example.id} stands on line {rows[example.id].line} already",
            "Delete one of the two lines: an example votes once.",
            "id",
        )


def _has_right_id(example: Example) -> bool:
    """Most inputs are written canonically already: then nothing has to be parsed."""
    as_written = hashlib.sha256(bytes(example.input)).hexdigest()[:12]
    return example.id == as_written or example.id == _content_id(example)


def _content_id(example: Example) -> str:
    if example.path:
        return example.sha256[:12]
    return content_id(json.loads(bytes(example.input)))


def content_id(value: object) -> str:
    """The id of an example with this input: the same for the same content, whoever wrote it."""
    canonical = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def inside(root: Path, name: str) -> Path:
    """The path of a file of the repository. Raises FatalError where the name leads out of it."""
    try:
        path = (root / name).resolve()
    except (OSError, RuntimeError):  # Python 3.10 to 3.12 raise RuntimeError for a loop
        raise FatalError(
            f"{name} cannot be followed to a file: its symbolic links go round in a circle",
            "Let the link point at the file itself.",
        ) from None
    if root.resolve() not in path.parents:
        raise FatalError(
            f"{name} is outside the repository",
            "Put it into the repository, so that a pull request that edits it shows the edit.",
        )
    return path


def _content(path: Path, name: str) -> bytes:
    if path.exists() and not path.is_file():  # to open a pipe would mean to wait for its other end
        raise FatalError(f"the suite {name} is a folder or a device, not a file", HOW_TO_START)
    try:
        content = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    except OSError as error:
        raise FatalError(
            f"cannot read the suite {name}: {(error.strerror or str(error)).lower()}",
            f"Is the path right, as seen from the repository root? {HOW_TO_START}",
        ) from None
    start = content.lstrip()[:20]
    if start and not start.startswith((b"{", b"<<<<<<<")):
        raise FatalError(
            f"the suite {name} holds no JSON objects, one per line: it starts with"
            f" {start.decode('utf-8', 'replace')!r}",
            HOW_TO_START,
            Place(name),
        )
    return content
