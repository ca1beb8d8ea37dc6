"""The JSON Schema of `.smokealarm.yaml`, made from the signatures that the reader obeys."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from smokealarm.config.cases import ASK_FIELDS, CASE_FIELDS, Load
from smokealarm.signature import Field, fields, first_line
from smokealarm.stage import DEFAULTS, NAMES, Stage

Schema = dict[str, Any]


def schema(load: Load, stages: Iterable[str] = NAMES) -> Schema:
    """The schema of the whole file."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": ".smokealarm.yaml",
        "description": "What smokealarm checks in this repository.",
        "type": "object",
        "additionalProperties": False,
        "properties": {name: _stage(load(name)) for name in stages},
    }


def _stage(stage: Stage) -> Schema:
    case = _mapping({**CASE_FIELDS, **fields(stage.opened)})
    by_default = hasattr(stage, "DEFAULTS")
    words = [DEFAULTS] if by_default else []
    case["properties"]["checks"] = {"type": "array", "items": _check(stage.CHECKS, words)}
    case["required"] = [*case.get("required", []), *([] if by_default else ["checks"])]
    return {"type": "array", "items": case}


def _check(checks: Mapping[str, Callable[..., Any]], words: Sequence[str]) -> Schema:
    """A check by its name alone, where it needs no option, or a name with its options."""
    bare = [*words, *(name for name, check in checks.items() if not _required(fields(check)))]
    with_options = {
        "type": "object",
        "minProperties": 1,
        "maxProperties": 1,
        "additionalProperties": False,
        "properties": {name: _options(check) for name, check in checks.items()},
    }
    return {"anyOf": [*([{"enum": bare}] if bare else []), with_options]}


def _options(check: Callable[..., Any]) -> Schema:
    options = _mapping({**ASK_FIELDS, **fields(check)})
    options["description"] = first_line(check)
    if not options.get("required"):
        options["type"] = ["object", "null"]
    return options


def _mapping(known: Mapping[str, Field]) -> Schema:
    made: Schema = {
        "type": "object",
        "additionalProperties": False,
        "properties": {name: _inlined(field.type) for name, field in known.items()},
    }
    if required := _required(known):
        made["required"] = required
    return made


def _required(known: Mapping[str, Field]) -> list[str]:
    return [name for name, field in known.items() if field.required]


def _inlined(wanted: Any) -> Schema:
    """The schema of a type; msgspec names some by reference, which are put in their places."""
    made = msgspec.json.schema(wanted)
    inlined: Schema = _resolved(made, made.pop("$defs", {}))
    return inlined


def _resolved(made: Any, definitions: Mapping[str, Any]) -> Any:
    if isinstance(made, list):
        return [_resolved(each, definitions) for each in made]
    if not isinstance(made, dict):
        return made
    if "$ref" in made:
        named = definitions[made["$ref"].rpartition("/")[2]]
        made = {key: value for key, value in named.items() if key not in ("title", "description")}
    return {key: _resolved(value, definitions) for key, value in made.items()}
