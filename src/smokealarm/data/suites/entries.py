"""The expectations of a suite's file, each with its line, as if they were lines of the configuration."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from msgspec import Struct

from smokealarm.data.expectation import Suite
from smokealarm.data.suites.parameters import filled_in
from smokealarm.data.suites.reading import tree
from smokealarm.errors import FatalError, FatalErrors, Place
from smokealarm.finding import Level
from smokealarm.signature import Field, Mismatch, conform, fields
from smokealarm.tree import Node

LEVELS = {"critical": Level.FAILURE, "warning": Level.WARNING, "info": Level.NOTICE}
# What great_expectations writes beside the type and its options, and what says how results look.
AROUND = (
    "kwargs", "meta", "notes", "id", "ge_cloud_id", "severity", "rendered_content", "description",
    "success_on_last_run", "expectation_context", "windows",
)  # fmt: skip
NO_OPTIONS = (
    "result_format", "catch_exceptions", "include_config", "include_rendered_content", "batch_id",
    "meta", "notes", "id", "severity", "description", "windows", "auto", "profiler_config",
)  # fmt: skip
TYPES = ("type", "expectation_type")
FORMAT = (
    'A suite is {"name": ..., "expectations": [{"type": "expect_column_to_exist", "kwargs": '
    '{"column": "x"}}]}; versions before 1.0 write `expectation_type`.'
)


class Entry(Struct, frozen=True):
    """One expectation: which check, with which options, where, and how loud."""

    check: str
    options: Mapping[str, Any]
    place: Place
    level: Level = Level.FAILURE


def entries(
    suite: Suite, checks: Mapping[str, Callable[..., Any]], root: Path
) -> tuple[Entry, ...]:
    """Every expectation of the suite. Raises all that is wrong with it, at once."""
    document = tree(suite.file, root)
    listed = document.value.get("expectations") if isinstance(document.value, dict) else document
    if listed is None or not isinstance(listed.value, list):
        raise FatalError("this is no suite of expectations", FORMAT, document.place)
    if not listed.value:
        raise FatalError("the suite holds no expectations", FORMAT, listed.place)
    parameters = {**_own_parameters(document), **suite.parameters}
    found: list[Entry] = []
    errors: list[FatalError] = []
    for item in listed.value:
        try:
            found.append(_entry(item, checks, parameters))
        except FatalErrors as several:
            errors += several.errors
        except FatalError as error:
            errors.append(error)
    if errors:
        raise FatalErrors(errors)
    return tuple(found)


def _own_parameters(document: Node) -> dict[str, Any]:
    """The values that the suite itself gives to its parameters."""
    own: dict[str, Any] = {}
    if isinstance(document.value, dict):
        for key in ("evaluation_parameters", "suite_parameters"):
            given = document.value.get(key)
            if given and isinstance(given.value, dict):
                own |= given.plain()
    return own


def _entry(
    node: Node, checks: Mapping[str, Callable[..., Any]], parameters: Mapping[str, Any]
) -> Entry:
    if not isinstance(node.value, dict):
        raise FatalError("this is no expectation", FORMAT, node.place)
    key = next((key for key in TYPES if key in node.value), None)
    if key is None:
        raise FatalError("this expectation has no `type`", FORMAT, node.place)
    for name, place in node.key_places.items():
        if name not in (*TYPES, *AROUND):
            raise FatalError(f"an expectation has no `{name}`", _near(name, AROUND), place)
    kind, place = node.value[key].value, node.key_places[key]
    if not isinstance(kind, str) or kind not in checks or kind == "suite":
        known = [name for name in checks if name != "suite"]
        raise FatalError(f"there is no check `{kind}`", _near(str(kind), known), place)
    options = dict(
        _options(node.value.get("kwargs"), kind, fields(checks[kind]), parameters, place)
    )
    return Entry(kind, options, place, _level(node.value.get("severity")))


def _level(node: Node | None) -> Level:
    if node is None or node.value is None:
        return Level.FAILURE
    if node.value not in LEVELS:
        raise FatalError(
            f"`severity: {node.value!r}` is not known",
            f"Write one of {', '.join(LEVELS)}.",
            node.place,
        )
    return LEVELS[node.value]


def _options(
    node: Node | None,
    kind: str,
    known: Mapping[str, Field],
    parameters: Mapping[str, Any],
    place: Place,
) -> Iterator[tuple[str, Any]]:
    """The options that were written, of the right types."""
    if node is not None and not isinstance(node.value, dict):
        raise FatalError("`kwargs` is no mapping", FORMAT, node.place)
    written: dict[str, Node] = node.value if node else {}
    errors: list[FatalError] = []
    for name, value in written.items():
        try:
            yield from _option(name, value, node, kind, known, parameters)
        except FatalError as error:
            errors.append(error)
    for name, field in known.items():
        if field.required and name not in written:
            errors.append(FatalError(f"`{kind}` needs `{name}`", "Write it into `kwargs`.", place))
    if errors:
        raise FatalErrors(errors)


def _option(
    name: str,
    node: Node,
    owner: Node | None,
    kind: str,
    known: Mapping[str, Field],
    parameters: Mapping[str, Any],
) -> Iterator[tuple[str, Any]]:
    value = filled_in(node.plain(), parameters, node.place)
    if name in NO_OPTIONS or (value is None and not (name in known and known[name].required)):
        return  # null means that it is not given
    if name not in known:
        place = owner.key_places[name] if owner else node.place
        raise FatalError(f"`{kind}` has no option `{name}`", _near(name, known), place)
    try:
        yield name, conform(value, known[name].type)
    except Mismatch as mismatch:
        raise FatalError(
            f"`{name}`: {mismatch.complaint}: {_short(value)}", "Mend the value.", node.place
        ) from None


def _near(word: str, known: Any) -> str:
    near = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"Did you mean `{near[0]}`?" if near else f"Known here: {', '.join(sorted(known))}."


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
