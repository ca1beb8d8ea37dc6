"""flake8 on the changed Python files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from smokealarm.finding import Finding
from smokealarm.style import tool
from smokealarm.style.novelty import added
from smokealarm.style.sources import Sources

# Separators that no path and no message holds, so that nothing is ambiguous.
FIELD, RECORD = "\x1f", "\x1e"
FORMAT = FIELD.join(["%(path)s", "%(row)d", "%(col)d", "%(code)s", "%(text)s"]) + RECORD
CONFIGURATIONS = ("setup.cfg", "tox.ini", ".flake8")
MANUALS = {
    "F": "https://flake8.pycqa.org/en/latest/user/error-codes.html",
    "E": "https://pycodestyle.pycqa.org/en/latest/intro.html#error-codes",
    "W": "https://pycodestyle.pycqa.org/en/latest/intro.html#error-codes",
    "C9": "https://github.com/PyCQA/mccabe",
}


def check(
    sources: Sources,
    *,
    select: list[str] | None = None,
    ignore: list[str] | None = None,
    max_line_length: int | None = None,
) -> Iterable[Finding]:
    """flake8 has nothing new to say of the changed Python files.

    The project's own configuration (`.flake8`, `setup.cfg`, `tox.ini`) holds; options refine it:

        style:
          - files: ^src/
            checks:
              - flake8: {select: [E9, F]}

    select: the rules that may speak, by the beginning of their name (flake8's `--select`).
    ignore: the rules that may not (flake8's `--ignore`).
    max_line_length: in characters (flake8's `--max-line-length`).

    The verdict of some rules depends on the Python that runs flake8. Manual:
    https://flake8.pycqa.org
    """
    options = []
    options += [f"--select={','.join(select)}"] if select is not None else []
    options += [f"--ignore={','.join(ignore)}"] if ignore is not None else []
    options += [f"--max-line-length={max_line_length}"] if max_line_length is not None else []
    command = [*tool.module("flake8"), f"--format={FORMAT}", *options]

    def lint(folder: Path, paths: Sequence[str]) -> Iterator[Finding]:
        return _findings(command, folder, paths)

    return added(sources, sources.of("python"), lint)


def _findings(command: Sequence[str], folder: Path, paths: Sequence[str]) -> Iterator[Finding]:
    configured = any((folder / name).exists() for name in CONFIGURATIONS)
    isolated = [] if configured else ["--isolated"]  # no stranger's file above our private folder
    whole = [*command, *isolated, "--", *(f"./{path}" for path in paths)]
    done = tool.run(whole, folder, fine=(0, 1))
    records = done.stdout.split(RECORD)[:-1]
    if done.returncode and not records:
        raise tool.failed(whole, done)
    for record in records:
        yield _finding(record.removeprefix("\n"))


def _finding(record: str) -> Finding:
    path, row, column, code, text = record.split(FIELD)
    path = path.removeprefix("./")
    return Finding(
        message=f"{code} {text}",
        path=path,
        line=max(1, int(row)),
        column=max(1, int(column)),
        evidence={"code": code},
        remedy=f"Mend the line, or say why not with `# noqa: {code}` and a reason.",
        help_url=next((url for start, url in MANUALS.items() if code.startswith(start)), ""),
    )
