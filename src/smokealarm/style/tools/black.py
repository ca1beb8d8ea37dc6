"""The check `black`."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from importlib.util import find_spec

from smokealarm.errors import Inconclusive, Place
from smokealarm.finding import Finding
from smokealarm.loading import load
from smokealarm.style.layout import layout
from smokealarm.style.source import Source, Sources, lines_of, quoted
from smokealarm.style.tools import running
from smokealarm.style.tools.tool import Lines, Tool

_MANUAL = "https://black.readthedocs.io/en/stable/the_black_code_style/current_style.html"
# black 24 and 25 say "cannot format PATH: Cannot parse: 3:0: x = (", newer ones "cannot parse: PATH:3:0".
_WHERE = (
    r"error: cannot format (?:\./)?{place}: (?=Cannot parse|.*encoding|.*codec)"
    r"|error: cannot parse.*?: (?:\./)?{place}:"
)
_OF_NOTEBOOK = r"error: cannot format (?:\./)?{place}: (?!INTERNAL ERROR)"
_POSITION = re.compile(r"(\d+):(\d+)")


def check(sources: Sources) -> Iterator[Finding]:
    """Black would leave changed Python files as they are.

        style:
          - files: ^src/
            checks:
              - black

    There are no options: black reads the nearest `pyproject.toml` with a section `[tool.black]`.
    Notebooks need the extra: `pip install 'smokealarm[notebooks]'`.
    """
    notebooks = sources.of("notebook")
    skipped: tuple[Source, ...] = ()
    if notebooks and not (find_spec("IPython") and find_spec("tokenize_rt")):
        skipped, notebooks = notebooks, ()
    for group in _by_configuration(sources, [*sources.of("python"), *notebooks]):
        for batch in running.batches(group):
            yield from _judge(sources, batch)
    if skipped:
        raise _without_jupyter(skipped)


def fixed(sources: Sources, lines: Lines | None) -> Iterator[tuple[str, bytes]]:
    """The files as black leaves them. Of lines alone it takes one file a run, and no notebook."""
    if lines is None:
        for group in _by_configuration(sources, sources.of("python", "notebook")):
            for batch in running.batches(group):
                yield from _written(sources, batch, [])
        return
    for source in sources.of("python"):
        if lines.get(source.path):  # without any range black would format the whole file
            yield from _written(sources, [source], _ranges(lines[source.path]))


def _written(
    sources: Sources, batch: Sequence[Source], ranges: Sequence[str]
) -> Iterator[tuple[str, bytes]]:
    said = running.run_module("black", ["--safe", *ranges, "--", *running.places(batch)], sources)
    if said.code not in (0, 123):  # what black cannot read or does not trust stays as it is
        raise running.failed("black", said)
    for source in batch:
        yield source.path, (sources.folder / source.place).read_bytes()


def _ranges(lines: Iterable[int]) -> list[str]:
    wanted = set(lines)
    firsts = sorted(line for line in wanted if line - 1 not in wanted)
    lasts = sorted(line for line in wanted if line + 1 not in wanted)
    return [f"--line-ranges={first}-{last}" for first, last in zip(firsts, lasts)]


TOOL = Tool(
    check=check,
    fixed=fixed,
    languages=("python", "notebook"),
    packages=("black", "ipython", "tokenize-rt"),
    configuration=("pyproject.toml",),
)


def _without_jupyter(notebooks: Sequence[Source]) -> Inconclusive:
    others = f" and {len(notebooks) - 1} more" if len(notebooks) > 1 else ""
    return Inconclusive(
        f"black did not judge {notebooks[0].path}{others}: its parts for notebooks are not installed",
        "Install them with: pip install 'smokealarm[notebooks]'; or leave notebooks out: exclude: [.]ipynb$",
        Place(notebooks[0].path),
    )


def _by_configuration(sources: Sources, files: Sequence[Source]) -> list[list[Source]]:
    """The files by the folder of their configuration, because black reads one file of it a run."""
    groups: dict[str, list[Source]] = {}
    for source in files:
        groups.setdefault(_home(sources, source.place), []).append(source)
    return list(groups.values())


def _home(sources: Sources, place: str) -> str:
    folder = posixpath.dirname(place)
    while folder:
        configuration = sources.folder / folder / "pyproject.toml"
        # More than black reads, perhaps: then it goes on upwards by itself, for these files alone.
        if configuration.is_file() and b"black" in configuration.read_bytes():
            return folder
        folder = posixpath.dirname(folder)
    return ""


def _judge(sources: Sources, batch: Sequence[Source]) -> Iterator[Finding]:
    """Black writes into the private folder, and the difference is what it would do."""
    # Verbose, for a configuration may make black quiet, and silence is what a crash says too.
    said = running.run_module("black", ["--verbose", "--", *running.places(batch)], sources)
    if said.code not in (0, 123) or said.out.strip() or not said.err.strip():
        raise running.failed("black", said)
    complaints = [line for line in said.err.split("\n") if line.startswith("error: cannot")]
    for source in batch:
        complaint = _about(source, complaints)
        after = (sources.folder / source.place).read_bytes()
        if complaint:
            complaints.remove(complaint)
            yield _syntax_error(source, complaint)
        elif source.content != after:
            yield _difference(source, source.content, after)
    if said.code == 123 and (complaints or "error:" not in said.err):
        raise running.failed("black", said)


def _about(source: Source, complaints: Sequence[str]) -> str:
    """The complaint that black cannot read this file; one about black itself is no finding."""
    return next((line for line in complaints if _where(source).match(line)), "")


def _where(source: Source) -> re.Pattern[str]:
    pattern = _OF_NOTEBOOK if source.file.language == "notebook" else _WHERE
    return re.compile(pattern.format(place=re.escape(source.place)))


def _syntax_error(source: Source, complaint: str) -> Finding:
    where = _where(source).match(complaint)
    detail = complaint[where.end() :] if where else complaint
    if source.file.language == "notebook":
        line = load("style.tools.notebook").line_of_mistake(source.content)
        return _unreadable(source, detail, line, None, "Run all of its cells")
    position = _POSITION.search(detail)
    line, column = (int(position[1]), int(position[2]) + 1) if position else (None, None)
    see = f"See it with: python -m py_compile {quoted(source.path)}"
    return _unreadable(source, detail, line, column, see)


def _unreadable(
    source: Source, detail: str, line: int | None, column: int | None, remedy: str
) -> Finding:
    return Finding(
        message=f"black cannot read this file: {detail.strip()}",
        path=source.path,
        line=line,
        column=column,
        evidence={"code": "syntax"},
        remedy=remedy,
        help_url=_MANUAL,
    )


def _difference(source: Source, before: bytes, after: bytes) -> Finding:
    """One finding a file: the command that mends it mends all of its places at once."""
    old, new = lines_of(before), lines_of(after)
    plain: Callable[[str], str] = str
    if source.file.language == "notebook":
        notebook = load("style.tools.notebook")
        old, plain = notebook.lines_as_written(before), notebook.code_of
    codes = SequenceMatcher(None, old, new).get_opcodes()
    places = [
        (range(code[1] + 1, max(code[2], code[1] + 1) + 1), _told(old, new, code, plain))
        for code in codes
        if code[0] != "equal"
    ]
    return layout(
        "black",
        source.path,
        places or [(range(1, 2), "line endings or the end of the file")],
        remedy=f"Run: black {quoted(source.path)}",
        help_url=_MANUAL,
    )


def _told(
    old: Sequence[str],
    new: Sequence[str],
    code: tuple[str, int, int, int, int],
    plain: Callable[[str], str],
) -> str:
    """The first line that differs, as it is and as it would be."""
    _, first, last, new_first, new_last = code
    was = next(filter(None, (plain(line).strip() for line in old[first:last])), "")
    will = next(filter(None, (plain(line).strip() for line in new[new_first:new_last])), "")
    if was and will and was != will:
        return f"`{_short(was)}` would be `{_short(will)}`"
    if was or will:
        return f"the layout of `{_short(was or will)}`"
    return f"{new_last - new_first} blank lines here, not {last - first}"


def _short(line: str) -> str:
    return line if len(line) <= 60 else f"{line[:57]}..."
