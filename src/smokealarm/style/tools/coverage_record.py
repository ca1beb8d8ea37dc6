"""What a coverage file says: how often each line of each file was run, in any of three formats."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from xml.parsers import expat

import msgspec
from msgspec import Struct

from smokealarm.errors import Inconclusive

LARGEST = 256 * 1024 * 1024  # bytes; nothing of this size is read in the time that a hook has
Runs = dict[int, int]  # how often each line that holds code was run


class Record(Struct, frozen=True):
    """The lines of each file, by the name that the file has there; `sources` go before a name."""

    files: Mapping[str, Runs]
    sources: tuple[str, ...] = ()


class _Json(Struct):
    executed_lines: list[int]
    missing_lines: list[int]


class _JsonReport(Struct):
    files: dict[str, _Json]


class _Refused(Exception):
    """Why it is no coverage file."""


def read(path: Path, name: str) -> Record:
    """The file as it is on disk. Raises Inconclusive where it is none that can be read."""
    try:
        if path.stat().st_size > LARGEST:
            raise _Refused(f"it is larger than {LARGEST // 1024 // 1024} MB")
        record = _parser(name)(path.read_bytes())
        if not record.files:
            raise _Refused("it speaks of no file")
    except FileNotFoundError:
        raise Inconclusive(
            f"there is no coverage file {name}",
            "Make one with: coverage run -m pytest && coverage xml",
        ) from None
    except (_Refused, msgspec.MsgspecError, expat.ExpatError, ValueError, OSError) as error:
        why = (error.strerror or str(error)) if isinstance(error, OSError) else str(error)
        raise Inconclusive(
            f"{name} is not a coverage file that can be read: {why}",
            "Make it again, with: coverage xml",
        ) from None
    return record


def _parser(name: str) -> Callable[[bytes], Record]:
    """By the ending of the name."""
    return {".xml": _cobertura, ".json": _json}.get(Path(name).suffix, _lcov)


def _json(content: bytes) -> Record:
    """coverage.py's own."""
    files = msgspec.json.decode(content, type=_JsonReport).files
    return Record(
        {
            name: {**dict.fromkeys(file.missing_lines, 0), **dict.fromkeys(file.executed_lines, 1)}
            for name, file in files.items()
        }
    )


def _cobertura(content: bytes) -> Record:
    """Read piece by piece, and without any entity: a small file could unfold into a huge one."""
    files: dict[str, Runs] = {}
    sources: list[str] = []
    inside: list[str] = []
    runs: Runs = {}

    def start(tag: str, attributes: Mapping[str, str]) -> None:
        nonlocal runs
        if not inside and tag != "coverage":
            raise _Refused(f"its first element is <{tag}>, not <coverage>")
        inside.append(tag)
        if tag == "source":
            sources.append("")
        elif tag == "class":
            runs = files.setdefault(attributes["filename"], {})
        elif tag == "line" and "class" in inside:
            line = int(attributes["number"])
            runs[line] = max(runs.get(line, 0), int(attributes["hits"]))

    def text(data: str) -> None:
        if inside[-1:] == ["source"]:
            sources[-1] += data

    def entity(name: str, *_: object) -> None:
        raise _Refused(f"it declares the entity {name}, which no coverage tool does")

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda tag: inside.pop()
    parser.CharacterDataHandler = text
    parser.EntityDeclHandler = entity
    try:
        parser.Parse(content, True)
    except KeyError as missing:
        raise _Refused(f"an element has no attribute {missing}") from None
    return Record(files, tuple(filter(None, map(str.strip, sources))))


def _lcov(content: bytes) -> Record:
    files: dict[str, Runs] = {}
    runs: Runs = {}
    for line in content.decode("utf-8", "surrogateescape").splitlines():
        kind, _, value = line.strip().partition(":")
        if kind == "SF":
            runs = files.setdefault(value, {})
        elif kind == "DA":
            number, hits = value.split(",")[:2]
            runs[int(number)] = max(runs.get(int(number), 0), int(hits))
    return Record(files)
