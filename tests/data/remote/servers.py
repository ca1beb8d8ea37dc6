"""Real servers for the tests: a PostgreSQL of their own, and a local Spark session."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg
from msgspec import Struct

SUPERUSER = "owner"
READER, PASSWORD = "reader", "s3cret@/:% of the reader"


class Server(Struct, frozen=True, kw_only=True):
    """A PostgreSQL that listens on this machine only."""

    port: int

    def url(self, table: str, user: str = SUPERUSER, **options: str) -> str:
        """The URL of a table, as a case has it."""
        more = "".join(f"&{name}={value}" for name, value in options.items())
        return f"postgresql://{user}@127.0.0.1:{self.port}/postgres?table={table}{more}"

    def run(self, *statements: str) -> None:
        """Execute the statements as the superuser."""
        with self.connect() as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def connect(self) -> psycopg.Connection:
        return psycopg.connect(
            host="127.0.0.1", port=self.port, user=SUPERUSER, dbname="postgres", autocommit=True
        )


def binaries() -> Path | None:
    """Where `initdb` is: inside the package pgserver, which has none for Python 3.13, or Debian's."""
    package = find_spec("pgserver")
    places = [Path(str(package.origin)).parent / "pginstall/bin"] if package else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    found = shutil.which("initdb")
    places += [Path(found).resolve().parent] if found else []
    return next((place for place in places if (place / "initdb").exists()), None)


@contextmanager
def postgres(programs: Path) -> Iterator[Server]:
    """A server that is gone afterwards. PostgreSQL refuses to run as root: then `nobody` runs it."""
    home = Path(tempfile.mkdtemp(prefix="pg-"))
    user = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
    if user:
        os.chown(home, user.pw_uid, user.pw_gid)
    as_user: dict[str, Any] = {}
    if user:
        as_user = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    data, port = home / "data", _free_port()

    def program(name: str, *arguments: str) -> subprocess.Popen[bytes]:
        command = [str(programs / name), *arguments]
        log = (home / "log").open("ab")
        return subprocess.Popen(command, stdout=log, stderr=log, cwd=home, **as_user)

    started = program("initdb", "-D", str(data), "-U", SUPERUSER, "-E", "UTF8", "--no-sync")
    assert started.wait(timeout=60) == 0, (home / "log").read_text()
    hba = data / "pg_hba.conf"
    hba.write_text(
        f"host all {READER} 127.0.0.1/32 scram-sha-256\nhost all all 127.0.0.1/32 trust\n"
    )
    settings = ["-c", "fsync=off", "-c", f"unix_socket_directories={home}", "-c", "jit=off"]
    server = program("postgres", "-D", str(data), "-p", str(port), "-h", "127.0.0.1", *settings)
    try:
        known = Server(port=port)
        _wait_for(known, server, home / "log")
        yield known
    finally:
        server.terminate()
        server.wait(timeout=30)
        shutil.rmtree(home, ignore_errors=True)


def _wait_for(server: Server, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        assert process.poll() is None, log.read_text()
        try:
            server.connect().close()
            return
        except psycopg.OperationalError:
            time.sleep(0.1)
    raise AssertionError(log.read_text())


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])
