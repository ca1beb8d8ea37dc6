"""Where the user's code stood: stacks from tracebacks and from faulthandler's dumps."""

from __future__ import annotations

import re
import sys
import traceback
from functools import lru_cache
from pathlib import Path
from types import TracebackType

from smokealarm.child.endings import Frame, innermost
from smokealarm.errors import Place

DEEPEST = 100
OWN = Path(__file__).resolve().parents[1]
_PACKAGES = {"site-packages", "dist-packages"}
_SECTION = re.compile(r"^(?=(?:Current t|T)hread 0x)", re.MULTILINE)
_LINE = re.compile(r'^  File "(.*)", line (\d+) in (.*)$', re.MULTILINE)


def frame_at(filename: str, line: int, function: str, root: Path) -> Frame:
    """A frame; its path is relative to the root where the file is the user's, not installed."""
    path = _in_repository(filename, root.absolute())
    return Frame(path or filename, line, function, path is not None)


@lru_cache(maxsize=4096)
def _in_repository(filename: str, root: Path) -> str | None:
    """The path from the root, of a file of the user's. Kept: the same frames are met at every step."""
    path, root = (root / filename).resolve(), root.resolve()
    return path.relative_to(root).as_posix() if _is_inside(path, root) else None


def users_line(root: Path) -> Place | None:
    """The innermost line of the repository on the stack right now."""
    frame = sys._getframe(1)
    while frame is not None:
        code = frame.f_code
        seen = frame_at(code.co_filename, frame.f_lineno, code.co_name, root)
        if seen.in_repository:
            return Place(seen.path, seen.line)
        frame = frame.f_back  # type: ignore[assignment]  # the outermost has none
    return None


def _is_inside(path: Path, root: Path) -> bool:
    installed = _PACKAGES.intersection(path.parts) or OWN in path.parents
    environment = Path(sys.prefix).resolve()
    in_environment = (
        environment != root and environment in path.parents and root in environment.parents
    )
    return root in path.parents and not installed and not in_environment and path.name[:1] != "<"


def of_error(error: BaseException, root: Path) -> list[Frame]:
    """The stack of an exception, most recent call last; a syntax error's own line ends it."""
    frames = of_traceback(error.__traceback__, root)
    if isinstance(error, SyntaxError) and error.filename:
        frames.append(frame_at(error.filename, error.lineno or 1, "<syntax>", root))
    return frames


def of_traceback(trace: TracebackType | None, root: Path) -> list[Frame]:
    found = [
        frame_at(frame.f_code.co_filename, line, frame.f_code.co_name, root)
        for frame, line in traceback.walk_tb(trace)
    ]
    return found[-DEEPEST:]


def place_in_dump(dump: str, root: Path) -> Place | None:
    """The user's innermost line in a dump: the thread that was running first, then the oldest."""
    sections = _SECTION.split(dump)[::-1]
    sections.sort(key=lambda section: not section.startswith("Current"))
    for section in sections:
        frames = [
            frame_at(_unescaped(path), int(line), function, root)
            for path, line, function in _LINE.findall(section)
        ]
        if place := innermost(frames[::-1]):
            return place
    return None


def _unescaped(path: str) -> str:
    r"""faulthandler writes what is not ASCII as \xe9, \u20ac or \U0001f525."""
    code = re.compile(r"\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8}))")
    return code.sub(lambda match: chr(int(match[1] or match[2] or match[3], 16)), path)
