"""Has the examples of modules run in a child process, out of a copy of the repository."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec

from smokealarm.errors import Inconclusive, Place
from smokealarm.style.source import Source, Sources
from smokealarm.style.tools.doctest_words import Failure, Said, judged
from smokealarm.style.tools.pytest_flags import flags_of_pytest

_RUNNER = Path(__file__).with_name("doctest_runner.py")
_TICK = 0.05  # seconds between looks at the clock and at whether anybody waits


def run(
    sources: Sources, modules: Sequence[Source], flags: Sequence[str] | None, seconds: float
) -> Iterator[Failure | Inconclusive]:
    """Each example that fails, and why others could not be judged."""
    tree = sources.around.tree
    room = Path(tempfile.mkdtemp(dir=tree.parent))
    request = {
        "tree": str(tree),
        "root": str(sources.around.root.resolve()),
        "report": str(room / "report"),
        "flags": flags_of_pytest(tree) if flags is None else flags,
        "modules": [_asked(source.path, sources.around.names, tree) for source in modules],
    }
    (room / "request").write_bytes(msgspec.json.encode(request))
    (room / "report").touch()
    with (room / "output").open("w+b") as output:
        code = _code(sources, room / "request", output, seconds)
    lines = (room / "report").read_bytes().split(b"\n")[:-1]  # a kill may leave half of one
    said = [msgspec.json.decode(line, type=Said) for line in lines]
    yield from judged(said, sources.around)
    yield from _unjudged(said, modules, code, seconds, room / "output")


def _asked(path: str, names: frozenset[str], tree: Path) -> dict[str, Any]:
    top, name = module_of(path, names)
    search = dict.fromkeys(str(tree / folder) for folder in (top, "src", ""))
    search = {folder: None for folder in search if os.path.isdir(folder)}
    return {"path": path, "file": str(tree / path), "name": name, "search": list(search)}


def module_of(path: str, names: frozenset[str]) -> tuple[str, str]:
    """The folder from which the file is imported, and its name there.

    Everything below `src` is imported from there, a package from the folder that holds it, and
    what is in no package from the root.
    """
    parts = path.removesuffix(".py").split("/")
    parts = parts[:-1] if parts[-1] == "__init__" else parts
    if parts[:1] == ["src"] and "src/__init__.py" not in names:
        return "src", ".".join(parts[1:])
    folders = ["/".join([*parts[:end], "__init__.py"]) for end in range(1, len(parts) + 1)]
    start = next((end for end, folder in enumerate(folders) if folder in names), 0)
    return "/".join(parts[:start]), ".".join(parts[start:])


def _code(sources: Sources, request: Path, output: Any, seconds: float) -> int | None:
    """The exit code of the child, or None where it had to be ended."""
    deadline = time.monotonic() + seconds
    with _started(sources, request, output) as child:
        while time.monotonic() < deadline and not sources.around.left.is_set():
            with suppress(subprocess.TimeoutExpired):
                return child.wait(_TICK)
    return None


@contextmanager
def _started(sources: Sources, request: Path, output: Any) -> Iterator[subprocess.Popen[bytes]]:
    """The child in a group of its own, which ends with it."""
    child = subprocess.Popen(
        [sys.executable, str(_RUNNER), str(request)],
        cwd=sources.around.tree,
        env=_environment(sources.around.tree),
        stdin=subprocess.PIPE,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        yield child
    finally:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        assert child.stdin
        child.stdin.close()


def _environment(tree: Path) -> dict[str, str]:
    """The user's own; PYTHONPATH=src is meant from the repository's root."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    if "PYTHONPATH" in kept:
        parts = [part for part in kept["PYTHONPATH"].split(os.pathsep) if part]
        kept["PYTHONPATH"] = os.pathsep.join(str(tree / part) for part in parts)
    return {**kept, "PYTHONDONTWRITEBYTECODE": "1"}


def _unjudged(
    said: Sequence[Said], modules: Sequence[Source], code: int | None, seconds: float, output: Path
) -> Iterator[Inconclusive]:
    """A doubt about the module at which the child ended before its time."""
    begun = [one.path for one in said if one.kind == "begin"]
    ended = {one.path for one in said if one.kind == "end"}
    if len(ended) == len(modules):
        return
    path = begun[-1] if begun else modules[0].path
    left = len(modules) - len(ended) - 1
    rest = f", and {left} more module{'s' if left != 1 else ''} had no turn" if left else ""
    if code is None:
        yield Inconclusive(
            f"the examples of {path} did not end within {seconds:g} seconds{rest}",
            "Give them more time with `timeout_seconds`, or mark slow ones: # doctest: +SKIP",
            Place(path),
        )
    else:
        how = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        yield Inconclusive(
            f"the examples of {path} ended the Python that ran them ({how}){rest}: {_last(output)}",
            f"See it with: python -m doctest {path}",
            Place(path),
        )


def _last(output: Path) -> str:
    lines = output.read_bytes()[-2000:].decode(errors="replace").split("\n")
    return next((line.strip()[:200] for line in reversed(lines) if line.strip()), "it said nothing")
