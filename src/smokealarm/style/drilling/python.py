"""Places in a Python file where lines may be added, and what a function takes along when it moves."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from functools import lru_cache
from random import Random
from typing import NamedTuple

from smokealarm.style.drilling.edit import Copy


class Spot(NamedTuple):
    """Before the line of this index, with this indentation."""

    at: int
    indent: str = ""


def is_fit(text: str) -> bool:
    """Whether a copy can be edited by whole lines: it can be read, and ends its lines like most."""
    return "\r" not in text and "\f" not in text and parsed(text) is not None


@lru_cache(maxsize=64)
def parsed(text: str) -> ast.Module | None:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def inside(copy: Copy, rng: Random) -> Spot | None:
    """A place between two statements in one of the functions."""
    spots = [
        _spot(statement, copy.text.split("\n"))
        for function in _functions(copy.text)
        for statement in function.body[1:]
    ]
    known = [spot for spot in spots if spot]
    return rng.choice(known) if known else None


def planted(text: str, spot: Spot, snippet: str) -> str:
    """The text with the snippet's lines at the spot."""
    if not snippet:
        return text
    lines = text.split("\n")
    lines[spot.at : spot.at] = indented(snippet, spot.indent).split("\n")
    return "\n".join(lines)


def indented(snippet: str, indent: str) -> str:
    """Every line that is not empty, further in."""
    return "\n".join(indent + line if line else "" for line in snippet.split("\n"))


def wrapped(snippet: str, name: str) -> str:
    """A function with the snippet as its body."""
    return f"def {name}():\n{indented(snippet or 'print()', '    ')}\n"


def ended(text: str) -> str:
    """The text without blank lines at its end, and with a newline, so that more may follow."""
    return text.rstrip("\n") + "\n" if text.strip() else ""


def appended(text: str, function: str) -> str:
    """The text with the function at its end."""
    return f"{ended(text)}\n\n{function}" if text.strip() else function


def top_functions(text: str) -> list[range]:
    """The lines, as indexes, of each function that stands in no other thing, with its decorators."""
    tree = parsed(text)
    found = [] if tree is None else [node for node in tree.body if _is_function(node)]
    return [range(_start(node), node.end_lineno or node.lineno) for node in found]


def simple_statements(text: str) -> list[ast.stmt]:
    """Those in functions that fill one whole line each."""
    lines = text.split("\n")
    return [
        statement
        for function in _functions(text)
        for statement in function.body
        if statement.lineno == statement.end_lineno
        and isinstance(statement, (ast.Expr, ast.Assign, ast.AugAssign))
        and _spot(statement, lines)
    ]


def without(text: str, gone: range) -> str:
    """The text without these lines and the blank ones after them."""
    lines = text.split("\n")
    after = lines[gone.stop :]
    while after and not after[0].strip():
        after.pop(0)
    return "\n".join([*lines[: gone.start], *(after or [""])])


def _functions(text: str) -> Sequence[ast.FunctionDef | ast.AsyncFunctionDef]:
    tree = parsed(text)
    nodes = ast.walk(tree) if tree else ()
    return [node for node in nodes if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]


def _spot(statement: ast.stmt, lines: Sequence[str]) -> Spot | None:
    """Before the statement; none where it shares its line, or where the lines above belong to it."""
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return None
    line = lines[statement.lineno - 1]
    indent = line[: len(line) - len(line.lstrip())]
    above = lines[statement.lineno - 2] if statement.lineno > 1 else ""
    alone = len(indent.encode()) == statement.col_offset and not above.rstrip().endswith("\\")
    return Spot(statement.lineno - 1, indent) if alone and indent.strip(" ") == "" else None


def _is_function(node: ast.stmt) -> bool:
    return isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))


def _start(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(one.lineno for one in decorators)]) - 1
