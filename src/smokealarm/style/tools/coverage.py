"""The check `coverage`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from smokealarm import git
from smokealarm.errors import Inconclusive
from smokealarm.finding import Finding, Level
from smokealarm.loading import load
from smokealarm.style.pair import hunks
from smokealarm.style.source import Source, Sources, lines_of
from smokealarm.style.tools.tool import Tool

_FILES = ("coverage.xml", "coverage.json", "coverage.lcov", "lcov.info")
_MAKE = "Make one with: coverage run -m pytest && coverage xml"
_MANUAL = "https://coverage.readthedocs.io/en/latest/cmd.html"


def check(sources: Sources, *, file: str = "") -> Iterator[Finding]:
    """Some test runs every changed line of Python, as far as a coverage file tells.

        style:
          - files: ^src/
            checks:
              - coverage: {file: build/coverage.xml}

    It reads the coverage file that your tests left in the work tree, and runs nothing itself. What
    it says is a notice, never a failure, and there is no percentage to reach.

    - `file`: Cobertura's XML, coverage.py's JSON or lcov's `.info`, relative to the root; where it
      is not given, the first of `coverage.xml`, `coverage.json`, `coverage.lcov` and `lcov.info`
      at the root

    A coverage file that speaks of lines where the changed file has no code was made before the
    change: then the check is inconclusive. An edit that leaves every line in its place is not seen.
    Changed files that it does not speak of are named once, those of tests not at all. Of a
    statement on several lines, the first one tells.
    """
    files = [source for source in sources.of("python") if source.path.endswith(".py")]
    if not files:
        return
    name = file or _present(sources)
    record = load("style.tools.coverage_record").read(sources.around.root / name, name)
    known = load("style.tools.coverage_paths").located(record, sources.around.names)
    told_of = [source for source in files if source.path in known]
    lines = load("style.tools.coverage_lines")
    if stale := [one.path for one in told_of if lines.is_stale(one, known[one.path])]:
        raise _outdated(name, stale)
    touched = {source: sorted(numbers) for source, numbers in _touched(sources, files)}
    for source in filter(touched.__contains__, told_of):
        runs = lines.spread(source, known[source.path])
        if lines.is_untold(source, touched[source], runs):
            yield _untold(source, touched[source], name)
        for first, last in lines.unrun(touched[source], runs):
            yield _unrun(source, first, last, name)
    missing = [
        source for source in touched if source not in told_of and lines.is_of_interest(source)
    ]
    if missing:
        yield _unknown(missing, touched[missing[0]], name)


TOOL = Tool(check=check, languages=("python",), remembered=False, touched_only=True)


def _present(sources: Sources) -> str:
    """The coverage file on disk: it is made, not committed, so no commit has it."""
    found = next((name for name in _FILES if (sources.around.root / name).is_file()), "")
    if not found:
        raise Inconclusive(f"there is no coverage file: none of {', '.join(_FILES)}", _MAKE)
    return found


def _touched(sources: Sources, files: Sequence[Source]) -> Iterator[tuple[Source, set[int]]]:
    """The lines of each file that the change adds or edits."""
    bases = {source.file.base_blob for source in files if source.file.base_blob}
    contents = git.contents(sources.around.root, bases)
    for source in files:
        base = source.file.base_blob
        old = lines_of(contents[base]) if base else []
        numbers = {line for _, new in hunks(old, source.lines) for line in new}
        if numbers:
            yield source, numbers


def _unrun(source: Source, first: int, last: int, name: str) -> Finding:
    which = f"line {first} is" if first == last else f"lines {first} to {last} are"
    return Finding(
        message=f"{which} run by no test",
        path=source.path,
        line=first,
        end_line=last,
        column=1,
        level=Level.NOTICE,
        evidence={"code": "coverage", "file": name},
        remedy="Write a test that runs them, or leave them out with a reason: # pragma: no cover",
        help_url=_MANUAL,
    )


def _untold(source: Source, numbers: Sequence[int], name: str) -> Finding:
    return Finding(
        message=f"{name} says nothing of the changed lines, though it knows this file",
        path=source.path,
        line=numbers[0],
        column=1,
        level=Level.NOTICE,
        remedy="It is older than the change, or told to leave them out. Run the tests again.",
        help_url="https://coverage.readthedocs.io/en/latest/excluding.html",
    )


def _unknown(missing: Sequence[Source], numbers: Sequence[int], name: str) -> Finding:
    others = [source.path for source in missing[1:]]
    shown = ", ".join(others[:5]) + (f" and {len(others) - 5} more" if len(others) > 5 else "")
    return Finding(
        message=f"{name} says nothing of this file" + (f", nor of {shown}" if others else ""),
        path=missing[0].path,
        line=numbers[0],
        column=1,
        level=Level.NOTICE,
        remedy="If a test runs it, measure it too: see `source` in the configuration of coverage.",
        help_url="https://coverage.readthedocs.io/en/latest/source.html",
    )


def _outdated(name: str, stale: Sequence[str]) -> Inconclusive:
    more = f" and {len(stale) - 1} more" if len(stale) > 1 else ""
    return Inconclusive(
        f"{name} was made before this change: it tells of lines of {stale[0]}{more} that hold no "
        "code now",
        "Run the tests again: coverage run -m pytest && coverage xml",
    )
