"""The names of a CSV file's columns, as pandas makes them."""

from __future__ import annotations

import csv

from smokealarm.data.sources.files import Part
from smokealarm.data.sources.looking import unreadable
from smokealarm.data.sources.text_files import complaint, records, text


def blank_lines_before(part: Part) -> int:
    """How many lines stand above the header."""
    with text(part) as file:
        return next((at for at, line in enumerate(file) if line.strip("\r\n")), 0)


def header(part: Part) -> list[str]:
    """The first record that is not blank; a second `a` is `a.1`, one without a name `Unnamed: 0`."""
    try:
        with text(part) as file:
            names = next((record for record in records(file, part) if record), [])
    except csv.Error as error:
        raise unreadable(part, "CSV", complaint(part) or str(error)) from None
    return unique([name or f"Unnamed: {at}" for at, name in enumerate(names)])


def unique(names: list[str]) -> list[str]:
    """The names, with numbers after those that were there before and are not taken otherwise."""
    taken, seen, found = set(names), dict[str, int](), list[str]()
    for name in names:
        number, free = seen.get(name, 0), name
        while number and (free := f"{name}.{number}") in taken:
            number += 1
        seen[name] = number + 1
        taken.add(free)
        found.append(free)
    return found
