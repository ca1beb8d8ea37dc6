"""Which table of which server a URL means. It is pure: nothing is connected, and no Ibis is needed."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from msgspec import Struct

from smokealarm.errors import FatalError, Place
from smokealarm.stage import Case

_URL = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:/")
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_SECRETS = ("password", "passwd", "token", "secret", "api_key", "private_key", "sslpassword")

ENGINES = {
    "postgresql": "data.remote.postgres",
    "postgres": "data.remote.postgres",
    "spark": "data.remote.spark",
}

_HOW = (
    "Write `table: postgresql://host/database?table=schema.name`, with secrets as ${VARIABLE} of the "
    "environment, or leave them to the driver (PGPASSWORD, ~/.pgpass)."
)


class Address(Struct, frozen=True, kw_only=True):
    """A table of a server.

    `name` is how the user wrote it: variables are not filled in, so that it holds no secret.
    `url` is what the driver gets, and is never shown.
    """

    name: str
    scheme: str
    url: str
    path: str
    schema: str
    table: str
    secrets: tuple[str, ...] = ()

    @property
    def engine(self) -> str:
        """The module that connects to it."""
        return ENGINES.get(self.scheme, "data.remote.anything")

    def without_secrets(self, text: str) -> str:
        """What a driver said, without what a message must not hold."""
        for secret in sorted(self.secrets, key=len, reverse=True):
            text = text.replace(secret, "***")
        return text


def is_remote(table: str) -> bool:
    """Whether the table is a URL; a path of Windows or of this repository is none."""
    return bool(_URL.match(table)) and not table.startswith("file:")


def refuse_remote(settings: Mapping[str, object], case: Case) -> None:
    """Raises FatalError for a setting that a file has no use for."""
    for name in settings:
        raise FatalError(
            f"`{name}:` is for tables of a server, and the table is a file",
            "Take it out.",
            case.places.get(name, case.place),
        )


def address_of(table: str, place: Place, environment: Mapping[str, str] = os.environ) -> Address:
    """The table that a URL names. Raises FatalError, with the place."""
    _refuse_secrets(table, place)
    filled, secrets = _filled(table, place, environment)
    try:
        parts = urlsplit(filled)
        named = [value for key, value in parse_qsl(parts.query) if key == "table"]
        parts.port  # noqa: B018  it raises where the port is no number
    except ValueError:
        raise FatalError(f"`table: {table}` is no URL", _HOW, place) from None
    rest = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != "table"]
    schema, _, name = (named[0] if named else "").rpartition(".")
    path = unquote(parts.path)
    if not name and parts.scheme != "spark":
        raise FatalError(f"the URL names no table: {table}", _HOW, place)
    if parts.scheme == "spark" and not name and not path.strip("/"):
        raise FatalError(
            f"the URL names no table: {table}",
            "Write `spark:///path/to/table.parquet`, or `spark://?table=database.name`.",
            place,
        )
    query = "?" + urlencode(rest, quote_via=quote) if rest else ""
    return Address(
        name=table,
        scheme=parts.scheme,
        url=filled.partition("?")[0] + query,
        path=path,
        schema=schema,
        table=name,
        secrets=(*secrets, *((unquote(parts.password), parts.password) if parts.password else ())),
    )


def _refuse_secrets(table: str, place: Place) -> None:
    """A secret in the configuration is a secret of everybody who reads the repository."""
    user = re.search(r"://[^/@]*?:([^/@]+)@", table)
    pairs = [(key.lower(), value) for key, value in parse_qsl(table.partition("?")[2])]
    written = [user.group(1)] if user else []
    written += [value for key, value in pairs if key in _SECRETS]
    if any(not _VARIABLE.fullmatch(secret) for secret in written):
        raise FatalError(
            "there is a password in the URL of `table:`",
            "Take it out and change it, for it is in the repository's history. Write ${VARIABLE} "
            "and set the variable, or leave it to the driver (PGPASSWORD, ~/.pgpass).",
            place,
        )


def _filled(
    table: str, place: Place, environment: Mapping[str, str]
) -> tuple[str, tuple[str, ...]]:
    """The URL with its variables, escaped for a URL, and every value that stood in one."""
    names = _VARIABLE.findall(table)
    unset = [name for name in names if not environment.get(name)]
    if unset:
        raise FatalError(
            f"`table:` needs the variable {unset[0]}, which is not set",
            f"Set it where this runs; on GitHub: `env: {unset[0]}: ${{{{ secrets.{unset[0]} }}}}`.",
            place,
        )
    values = {name: environment[name] for name in names}
    url = _VARIABLE.sub(lambda found: quote(values[found.group(1)], safe=""), table)
    return url, tuple(values.values()) + tuple(quote(value, safe="") for value in values.values())
