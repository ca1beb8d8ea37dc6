"""Which lines are run by no test, and whether they are still those that were measured."""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from smokealarm.style.source import Source

_OF_TESTS = re.compile(r"(^|/)(tests?|testing)/|(^|/)(test_[^/]*|[^/]*_test|conftest)\.py$")
_OF_TOOLS = ("setup.py", "noxfile.py")
_NO_CODE = (ast.Pass, ast.Global, ast.Nonlocal)


def unrun(touched: Sequence[int], runs: Mapping[int, int]) -> Iterator[tuple[int, int]]:
    """The first and the last of every run of neighbours; what holds no code does not part them."""
    changed = set(touched)
    first, last = 0, 0
    for line in sorted(runs):
        if line in changed and not runs[line]:
            first, last = first or line, line
        elif first:
            yield first, last
            first = 0
    if first:
        yield first, last


def spread(source: Source, runs: Mapping[int, int]) -> dict[int, int]:
    """The same for every line of a statement: most tools tell of its first line only."""
    lines = source.lines
    spread_out = dict(runs)
    for node in _nodes(source):
        if isinstance(node, ast.stmt) and not hasattr(node, "body") and node.lineno in runs:
            for line in range(node.lineno + 1, (node.end_lineno or 0) + 1):
                if not _is_blank(lines[line - 1]):
                    spread_out.setdefault(line, runs[node.lineno])
    return spread_out


def is_stale(source: Source, runs: Mapping[int, int]) -> bool:
    """Whether it tells of a line where the file has no code: it was another file then."""
    lines = source.lines
    if not runs or not source.content.strip():
        return len(runs) > 1  # of an empty file, some tools tell its first line
    empty = {number for number, line in enumerate(lines, 1) if _is_blank(line)}
    beyond = max(runs) > len(lines)
    return beyond or not runs.keys().isdisjoint(empty | _within_texts(source))


def is_untold(source: Source, touched: Sequence[int], runs: Mapping[int, int]) -> bool:
    """Whether there is code on the changed lines and the record knows none of it."""
    if not runs.keys().isdisjoint(touched) or b"pragma: no cover" in source.content:
        return False
    changed = set(touched)
    return any(_is_code(node) and node.lineno in changed for node in _nodes(source, ast.stmt))


def is_of_interest(source: Source) -> bool:
    """Whether one would want to know: it is no test, and there is code in it."""
    if _OF_TESTS.search(source.path) or posixpath.basename(source.path) in _OF_TOOLS:
        return False
    return any(map(_is_code, _nodes(source, ast.stmt)))


def _nodes(source: Source, kind: type[ast.AST] = ast.AST) -> Iterator[Any]:
    """Those of the file; none where it is not Python, which other checks will tell."""
    with suppress(SyntaxError, ValueError, RecursionError):
        yield from (node for node in ast.walk(ast.parse(source.content)) if isinstance(node, kind))


def _is_code(node: ast.stmt) -> bool:
    """Whether something happens when it is run. A text, like a docstring, and `x: int` do nothing."""
    is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    is_declared = isinstance(node, ast.AnnAssign) and node.value is None
    return not (is_text or is_declared or isinstance(node, _NO_CODE))


def _is_blank(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith("#")


def _within_texts(source: Source) -> set[int]:
    """The lines inside of a string, where none but text can stand."""
    within: set[int] = set()
    for node in _nodes(source):
        if isinstance(node, ast.JoinedStr):
            node.values = []  # between its texts there may be code
        elif isinstance(node, ast.Constant) and isinstance(node.value, (str, bytes)):
            within |= set(range(node.lineno + 1, node.end_lineno or 0))
    return within
