"""What is said of examples: which failure is one of the change, and which only of this machine."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from msgspec import Struct

from smokealarm.errors import Inconclusive, Place
from smokealarm.style.surroundings import Surroundings

_MISSING = re.compile(r"cannot import name '(\w+)'")
_INSTALL = (
    "Run smokealarm in the environment of your project: a local hook with `language: system` "
    "does, or `additional_dependencies` in the hook's configuration."
)


class Said(Struct, kw_only=True):
    """A line of the runner's report."""

    kind: str
    path: str
    line: int = 1
    end_line: int = 1
    source: str = ""
    want: str = ""
    test: str = ""
    flags: list[str] = []
    got: str = ""
    error: str = ""
    text: str = ""
    name: str = ""
    leading: int = 1
    arose: str = ""
    about: str = ""


class Failure(Struct, frozen=True):
    """An example that does not hold, or a module that no longer can be imported."""

    path: str
    line: int
    end_line: int
    code: str
    message: str
    evidence: dict[str, str]


def judged(said: Iterable[Said], around: Surroundings) -> Iterator[Failure | Inconclusive]:
    """The failures; where one cannot be judged, neither can what follows in the same docstring."""
    doubtful: set[tuple[str, str]] = set()
    for one in said:
        if one.kind == "unimportable":
            yield _unimportable(one, around)
        elif one.kind == "unreadable":
            yield Inconclusive(
                f"the examples of {one.path} cannot be read: {one.text}",
                "Mend the docstring, or excuse the example: # doctest: +SKIP",
                Place(one.path),
            )
        elif one.kind == "failure" and (one.path, one.test) not in doubtful:
            verdict = _failure(one, around)
            if isinstance(verdict, Inconclusive):
                doubtful.add((one.path, one.test))
            yield verdict


def _failure(one: Said, around: Surroundings) -> Failure | Inconclusive:
    place = Place(one.path, one.line)
    if one.error == "ModuleNotFoundError" and not _is_own(one.name, around):
        return _not_installed(one, place)
    if one.error == "NameError" and _names_come_from_pytest(one.path, around):
        return Inconclusive(
            f"the example `{_short(one.source)}` needs `{one.name}`, which pytest may give to it",
            "A conftest.py uses `doctest_namespace`: have pytest run these, with --doctest-modules.",
            place,
        )
    if one.flags and not one.error:
        return Inconclusive(
            f"the example `{_short(one.source)}` fails, but {one.flags[0]} is for pytest to judge",
            "Have pytest run it, with --doctest-modules.",
            place,
        )
    if one.error:
        how = f"raises {one.error}: {_short(one.text)}" if one.text else f"raises {one.error}"
        got = f"{one.error}: {one.text}"
    else:
        how = f"gives {_quoted(one.got)}, not {_quoted(one.want)}"
        got = one.got
    message = f"the example `{_short(one.source)}` {how}"
    evidence = {"expected": one.want[:500], "got": got[:500]}
    return Failure(one.path, one.line, one.end_line, "doctest", message, evidence)


def _unimportable(one: Said, around: Surroundings) -> Failure | Inconclusive:
    """The change is to blame only where no other machine could import it either."""
    place = Place(one.path, one.leading)
    what = f"{one.error}: {_short(one.text)}"
    elsewhere = f" in {one.arose}" if one.arose and one.arose != one.path else ""
    if _is_broken(one, around):
        message = f"this module cannot be imported, nor its examples run: {what}{elsewhere}"
        return Failure(one.path, one.leading, one.leading, "import", message, {})
    if one.error == "ModuleNotFoundError" and not _is_own(one.name, around):
        return _not_installed(one, place)
    return Inconclusive(
        f"{one.path} cannot be imported here, so its examples did not run: {what}{elsewhere}",
        f"See it with: python -m doctest {one.path}",
        place,
    )


def _is_broken(one: Said, around: Surroundings) -> bool:
    if one.error in ("SyntaxError", "IndentationError", "TabError", "NameError"):
        return bool(one.arose)
    if one.error == "ModuleNotFoundError":
        return _is_own(one.name, around) and not _is_made(one.name.split("."), around)
    missing = _MISSING.search(one.text)
    if one.error == "ImportError" and missing and one.about in around.names:
        folder = PurePosixPath(one.about).parent.parts
        return not _is_made([*folder, missing[1]], around)
    return False


def _is_own(module: str, around: Surroundings) -> bool:
    """Whether the repository has the package in which the module is missing."""
    top = module.partition(".")[0]
    package, alone = f"{top}/__init__.py", f"{top}.py"
    return any(name in (package, f"src/{package}", alone, f"src/{alone}") for name in around.names)


def _is_made(parts: list[str], around: Surroundings) -> bool:
    """Whether git ignores the module, as it does what a build makes: it is nobody's mistake."""
    stem = "/".join(parts)
    ends = (".py", ".so", ".pyd", "_pb2.py")
    paths = "".join(f"{top}{stem}{end}\0" for top in ("", "src/") for end in ends)
    # Not through our own `git`: this command does not go with its --literal-pathspecs.
    command = ["git", "check-ignore", "--stdin", "-z"]
    asked = paths.encode("utf-8", "surrogateescape")
    return (
        subprocess.run(command, cwd=around.root, input=asked, capture_output=True).returncode == 0
    )


def _names_come_from_pytest(path: str, around: Surroundings) -> bool:
    return any(
        str(folder / "conftest.py") in around.names
        and b"doctest_namespace" in (around.tree / folder / "conftest.py").read_bytes()
        for folder in PurePosixPath(path).parents
    )


def _not_installed(one: Said, place: Place) -> Inconclusive:
    return Inconclusive(
        f"the examples of {one.path} need {one.name}, which is not installed here", _INSTALL, place
    )


def _quoted(text: str) -> str:
    return f"`{_short(text)}`" if text.strip() else "nothing"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 80 else f"{line[:77]}..."
