"""What a check may ask of a table of images, and of whatever else is judged row by row."""

from __future__ import annotations

from typing import Any

from smokealarm.data.questions import Question


class Records(Question[tuple[tuple[Any, ...], ...]], frozen=True):
    """The values of these columns in every row, in their order: for tables that are small, as of files."""

    names: tuple[str, ...]
