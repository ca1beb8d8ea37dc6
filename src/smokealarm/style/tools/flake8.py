"""The check `flake8`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from smokealarm.errors import FatalError, Inconclusive
from smokealarm.finding import Finding
from smokealarm.loading import load
from smokealarm.style.source import Source, Sources
from smokealarm.style.tools import running
from smokealarm.style.tools.tool import Contents, Tool

# A format of our own: the default one is ambiguous for a file name with a colon in it.
_FORMAT = "\x1e%(row)d\x1f%(col)d\x1f%(code)s\x1f%(path)s\x1f%(text)s\x1d"
_RECORD = re.compile("\x1e(\\d+)\x1f(\\d+)\x1f([^\x1f]*)\x1f([^\x1f]*)\x1f([^\x1d]*)\x1d")
_UNREADABLE = ("FileNotFoundError", "PermissionError", "IsADirectoryError", "OSError")

_PYCODESTYLE = "https://pycodestyle.pycqa.org/en/latest/intro.html#error-codes"
_FLAKE8 = "https://flake8.pycqa.org/en/latest/user/error-codes.html"


def check(
    sources: Sources,
    *,
    select: list[str] | None = None,
    ignore: list[str] | None = None,
    extend_ignore: list[str] | None = None,
    max_line_length: int | None = None,
    max_complexity: int | None = None,
) -> Iterator[Finding]:
    """Changed Python files keep flake8's rules.

        style:
          - files: ^src/
            checks:
              - flake8: {select: [E9, F]}

    The project's own configuration (`setup.cfg`, `tox.ini` or `.flake8` at the root) holds; what is
    written here refines it, as the same words would on flake8's command line:

    - `select`: the rules, or beginnings of rules, that count
    - `ignore`: those that do not count, in place of flake8's own list
    - `extend_ignore`: those that do not count either
    - `max_line_length`: in characters
    - `max_complexity`: the cyclomatic complexity (McCabe) that a function may have

    What is a syntax error depends on the version of Python that runs flake8.
    """
    options = {
        "select": select,
        "ignore": ignore,
        "extend-ignore": extend_ignore,
        "max-line-length": max_line_length,
        "max-complexity": max_complexity,
    }
    for name in ("select", "ignore", "extend-ignore"):
        _insist_on_rules(name, options[name])
    arguments = [
        f"--{name}={_written(value)}" for name, value in options.items() if value is not None
    ]
    for batch in running.batches(sources.of("python")):
        yield from _judge(sources, batch, arguments)


_WORTH_A_POOL = 300_000  # bytes; for less, its processes cost more than they save beside black's
_CONFIGURATION = ("setup.cfg", "tox.ini", ".flake8")


def _plugin_folders(configuration: Contents) -> Iterator[str]:
    """Where the project keeps plug-ins of its own."""
    for name in _CONFIGURATION:
        if b"[flake8:local-plugins]" in configuration.get(name, b""):
            yield from load("style.tools.local_plugins").folders(configuration[name])


def _plugins(source: Source, companions: Contents) -> Iterable[str]:
    return (place for place in companions if place.endswith(".py"))


TOOL = Tool(
    check=check,
    languages=("python",),
    packages=("flake8", "pycodestyle", "pyflakes", "mccabe"),
    plugins="flake8.extension",
    configuration=(*_CONFIGURATION, "pyproject.toml"),  # the last is read by a plug-in
    told_to_read=_plugin_folders,
    companions=_plugins,
)


def _insist_on_rules(option: str, rules: object) -> None:
    """flake8 takes any word, and one that names no rule would silence it without a sign."""
    for rule in rules if isinstance(rules, list) else ():
        if not re.fullmatch(r"[A-Z]{1,3}[0-9]{0,3}", rule):
            raise FatalError(
                f"`{option.replace('-', '_')}`: {rule!r} is not the name of a rule of flake8, "
                "nor the beginning of one",
                "Names are one to three capitals and up to three digits, such as E9 or F401.",
            )


def _written(value: list[str] | int) -> str:
    return ",".join(value) if isinstance(value, list) else str(value)


def _judge(sources: Sources, batch: Sequence[Source], options: list[str]) -> Iterator[Finding]:
    report = sources.folder / ".git" / "flake8.txt"
    report.unlink(missing_ok=True)  # of the batch before
    ours = [f"--format={_FORMAT}", f"--output-file={report}", "--color=never", "--no-show-source"]
    # Where the root says nothing that flake8 can read, it looks in the folders above: no further.
    (sources.folder.parent / ".flake8").write_text("[flake8]\n")
    if sum(len(source.content) for source in batch) < _WORTH_A_POOL:
        ours.append("--jobs=1")
    said = running.run_module("flake8", [*ours, *options, *running.places(batch)], sources)
    if said.code not in (0, 1) or not report.exists():
        raise running.failed("flake8", said)
    records = _RECORD.findall(report.read_text("utf-8", "replace"))
    if said.code == 1 and not records:
        raise running.failed("flake8", said)
    for row, column, code, place, text in records:
        if code == "E902" and text.startswith(_UNREADABLE):
            raise Inconclusive(f"flake8 could not read {place}: {text}")
        yield _finding(sources.paths[place.removeprefix("./")], int(row), int(column), code, text)


def _finding(path: str, row: int, column: int, code: str, text: str) -> Finding:
    return Finding(
        message=f"{code} {text}",
        path=path,
        line=max(row, 1),
        column=max(column, 1),
        evidence={"code": code},
        remedy=f"Mend the line, or excuse it with a reason beside it: # noqa: {code}",
        help_url=_manual(code),
    )


def _manual(code: str) -> str:
    """The page of flake8's own rules; a plug-in's rules are in its own manual."""
    if re.fullmatch(r"[EW]\d{3}", code) and code not in ("E902", "E999"):
        return _PYCODESTYLE
    return _FLAKE8 if re.fullmatch(r"F\d{3}|E902|E999|C901", code) else ""
