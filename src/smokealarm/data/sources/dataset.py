"""A dataset of Hugging Face `datasets`, as `save_to_disk` leaves it: state.json and Arrow streams."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import PurePath

import duckdb
import msgspec
from msgspec import Struct, structs

from smokealarm.data.duck.relation import View
from smokealarm.data.sources import arrow
from smokealarm.data.sources.files import Part
from smokealarm.data.sources.looking import look, unreadable
from smokealarm.data.sources.source import Source, Unreadable


class Shard(Struct):
    """One file of the dataset."""

    filename: str


class State(Struct):
    """What state.json says, as far as it matters here."""

    data_files: list[Shard] = msgspec.field(name="_data_files")
    indices: list[Shard] | None = msgspec.field(name="_indices_files", default=None)


def inspect(source: Source) -> None:
    arrow.inspect(_shards(source))


def view(
    connection: duckdb.DuckDBPyConnection, source: Source, wanted: Collection[str], name: str
) -> View:
    """A table with the wanted columns of all shards, in the order of state.json."""
    return arrow.view(connection, _shards(source), wanted, name)


def _shards(source: Source) -> Source:
    """The source with the files that state.json names as its parts."""
    by_name = {part.path.name: part for part in source.parts}
    state = _state(by_name["state.json"])
    shards = [PurePath(shard.filename).name for shard in state.data_files]
    for shard in shards:
        if shard not in by_name:
            raise Unreadable(
                f"{source.name} is not whole: its state.json names {shard}, which is not there",
                "Save the dataset again, or fetch the rest of it.",
            )
    if not shards:
        raise Unreadable(f"{source.name} names no file of rows in its state.json", "Save it again.")
    return structs.replace(source, parts=tuple(by_name[shard] for shard in shards))


def _state(part: Part) -> State:
    look(part)
    try:
        return msgspec.json.decode(part.path.read_bytes(), type=State)
    except msgspec.DecodeError as error:
        raise unreadable(part, "the state of a dataset", str(error)) from None
