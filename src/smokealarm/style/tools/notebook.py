"""Where in the file of a notebook the code stands that black speaks of."""

from __future__ import annotations

import json
import tokenize
from io import StringIO
from typing import Any

from smokealarm.style.source import lines_of


def lines_as_written(content: bytes) -> list[str]:
    """Its lines, indented as black would, so that only code differs from what black makes of it.

    The numbers stay those of the file. A notebook that is laid out otherwise, on one long line for
    example, is left as it is.
    """
    lines = lines_of(content)
    try:
        written = json.dumps(json.loads(content), ensure_ascii=False, indent=1).split("\n")
    except (ValueError, RecursionError):  # black says what is wrong with it
        return lines
    return written if len(written) == len(lines) else lines


def code_of(line: str) -> str:
    """The line of code that is a string in a line of a notebook."""
    text = line.strip().removesuffix(",")
    try:
        code = json.loads(text)
    except ValueError:
        return line
    return code.rstrip("\n") if isinstance(code, str) else line


def line_of_mistake(content: bytes) -> int:
    """Where the notebook cannot be read: in its JSON, else in the first cell that does not end."""
    try:
        cells = json.loads(content)["cells"]
        at = next(at for at, cell in enumerate(cells) if _is_endless(cell))
    except json.JSONDecodeError as error:
        return error.lineno
    except (ValueError, TypeError, LookupError, AttributeError, StopIteration, RecursionError):
        return 1
    return _line_of_cell(content, at)


def _is_endless(cell: dict[str, Any]) -> bool:
    """Whether a bracket or a text is not closed, which is as far as black reads what is no Python."""
    if cell["cell_type"] != "code":
        return False
    try:
        list(tokenize.generate_tokens(StringIO("".join(cell["source"])).readline))
    except (tokenize.TokenError, SyntaxError):
        return True
    return False


def _line_of_cell(content: bytes, at: int) -> int:
    """Where its code begins, in a notebook that is laid out as usual; else the first line."""
    notebook, mark = json.loads(content), "\ue000"
    source = notebook["cells"][at]["source"]
    notebook["cells"][at]["source"] = [mark, *source[1:]] if isinstance(source, list) else mark
    marked = json.dumps(notebook, ensure_ascii=False, indent=1).split("\n")
    line = next(number for number, line in enumerate(marked, 1) if mark in line)
    return line if len(marked) == len(lines_of(content)) else 1
