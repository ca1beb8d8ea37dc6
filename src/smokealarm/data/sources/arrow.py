"""Arrow: files and streams of record batches, and Feather of both versions."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa

from smokealarm.data.duck.relation import View
from smokealarm.data.sources import feather_1
from smokealarm.data.sources.files import Part
from smokealarm.data.sources.looking import begins, look, unreadable
from smokealarm.data.sources.source import Source, Unreadable
from smokealarm.data.sources.streaming import loaded

FILE, FEATHER_1, STREAM = b"ARROW1", b"FEA1", b"\xff\xff\xff\xff"


def inspect(source: Source) -> None:
    for part in source.parts:
        head, tail = look(part)
        if not head.startswith((FILE, FEATHER_1, STREAM)):
            raise Unreadable(
                f"{part.name} holds no Arrow, whatever its name says: it {begins(head)}",
                "Write it as Arrow, or give it the ending of what it holds.",
            )
        start = next(magic for magic in (FILE, FEATHER_1, STREAM) if head.startswith(magic))
        if start is not STREAM and not tail.endswith(start):
            raise Unreadable(
                f"{part.name} is cut short: an Arrow file ends with the bytes "
                f"{start.decode()}, this one does not",
                "Write or download it again; the last time did not finish.",
            )


def view(
    connection: duckdb.DuckDBPyConnection, source: Source, wanted: Collection[str], name: str
) -> View:
    """A table with the wanted columns."""
    schemas = [schema_of(part) for part in source.parts]
    return loaded(connection, source, schemas, batches, wanted, name)


def schema_of(part: Part) -> pa.Schema:
    """The columns of the file. Raises Unreadable where it is damaged, or two are called the same."""
    try:
        with _ipc(part) as path, pa.OSFile(str(path)) as file:
            schema = _schema(file, _start(path))
    except (pa.ArrowException, OSError, EOFError) as error:
        raise unreadable(part, "Arrow", str(error).splitlines()[0]) from None
    if twice := [name for name, times in Counter(schema.names).items() if times > 1]:
        raise unreadable(part, "Arrow", f"it has two columns called {twice[0]!r}")
    return schema


@contextmanager
def _ipc(part: Part) -> Iterator[Path]:
    """The file itself, or what Feather 1 was converted to."""
    if not _start(part.path).startswith(FEATHER_1):
        yield part.path
        return
    with tempfile.TemporaryDirectory(prefix="smokealarm-") as folder:
        target = Path(folder, "converted.arrow")
        convert = [sys.executable, "-I", feather_1.__file__, str(part.path), str(target)]
        if subprocess.run(convert, capture_output=True).returncode:
            raise pa.ArrowInvalid("the reader of Feather 1 fails on it")
        yield target


def _start(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(6)


def _schema(file: pa.NativeFile, start: bytes) -> pa.Schema:
    return (pa.ipc.open_file if start.startswith(FILE) else pa.ipc.open_stream)(file).schema


def batches(part: Part, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
    """The rows with these columns, a batch at a time."""
    with _ipc(part) as path, pa.OSFile(str(path)) as file:
        if not _start(path).startswith(FILE):
            for batch in pa.ipc.open_stream(file):
                yield batch.select(columns)
            return
        names = pa.ipc.open_file(file).schema.names
        file.seek(0)
        fields = [names.index(column) for column in columns] or [0]
        reader = pa.ipc.open_file(file, options=pa.ipc.IpcReadOptions(included_fields=fields))
        for at in range(reader.num_record_batches):
            yield reader.get_batch(at).select(columns)
