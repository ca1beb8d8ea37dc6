"""JSON schemas by jsonschema, which never fetches what a schema points to."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Union

from jsonschema.exceptions import SchemaError
from jsonschema.validators import validator_for
from referencing import Registry
from referencing.exceptions import Unresolvable

from smokealarm.errors import FatalError


def refuse_broken(schema: dict[str, Any]) -> None:
    """Raise FatalError where the schema is none, or points out of itself."""
    try:
        validator_for(schema).check_schema(schema)
    except SchemaError as error:
        place = "/".join(str(part) for part in error.absolute_path)
        raise FatalError(
            f"`json_schema:` is no JSON schema: {error.message}" + (f" (at {place})" * bool(place)),
            "Mend the schema: https://json-schema.org/understanding-json-schema",
        ) from None


def accepting(schema: dict[str, Any]) -> Callable[[Union[str, bytes]], bool]:
    """What is true of JSON that obeys the schema."""
    kind = validator_for(schema)
    validator = kind(schema, registry=Registry())

    def accepts(text: Union[str, bytes]) -> bool:
        try:
            return bool(validator.is_valid(json.loads(text)))
        except (ValueError, RecursionError):
            return False
        except Unresolvable as error:
            raise FatalError(
                f"`json_schema:` points to {error.ref!r}, which is not in it",
                "Write the definition into the schema, under `$defs`: nothing is fetched.",
            ) from None

    return accepts
