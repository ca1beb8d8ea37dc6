"""JSON as a tree that remembers where each thing was written, read within limits."""

from __future__ import annotations

import re
from bisect import bisect_right
from json import JSONDecodeError, decoder
from typing import Any

from smokealarm.errors import FatalError, Place
from smokealarm.tree import Node

MAX_DEPTH = 50
_scanstring: Any = getattr(decoder, "scanstring")  # the stubs do not know it
_BLANK = re.compile(r"[ \t\n\r]*")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,400})(\.\d{1,400})?([eE][+-]?\d{1,4})?(?![\w.])")
_WORDS = {"true": True, "false": False, "null": None, "NaN": float("nan")}
_WORDS |= {"Infinity": float("inf"), "-Infinity": float("-inf")}
_WORD = re.compile(r"-?[A-Za-z]+")


def parse(text: str, path: str) -> Node:
    """The document as a tree. Raises FatalError with the place of what is not JSON."""
    reader = _Reader(text, path)
    node = reader.value(0)
    if reader.skip() < len(text):
        raise reader.wrong("the document should end here")
    return node


class _Reader:
    """Reads one value after the other; `at` is where it stands."""

    def __init__(self, text: str, path: str) -> None:
        self.text = text
        self.path = path
        self.at = 0
        self.lines = [0, *(found.end() for found in re.finditer("\n", text))]

    def skip(self) -> int:
        found = _BLANK.match(self.text, self.at)
        self.at = found.end() if found else self.at
        return self.at

    def place(self, at: int) -> Place:
        line = bisect_right(self.lines, at)
        return Place(self.path, line, at - self.lines[line - 1] + 1)

    def wrong(self, why: str, at: int | None = None) -> FatalError:
        place = self.place(self.at if at is None else at)
        return FatalError(f"this is not JSON: {why}", "Mend the file, or write it again.", place)

    def value(self, depth: int) -> Node:
        place, sign = self.place(self.skip()), self.text[self.at : self.at + 1]
        if depth > MAX_DEPTH:
            why = f"this is nested more than {MAX_DEPTH} levels deep"
            raise FatalError(
                why, "A suite of great_expectations is not: look what wrote it.", place
            )
        if sign == "{":
            return self.mapping(place, depth)
        if sign == "[":
            return self.sequence(place, depth)
        return Node(self.string() if sign == '"' else self.plain(), place)

    def string(self) -> str:
        try:
            text: str
            text, self.at = _scanstring(self.text, self.at + 1, True)
        except JSONDecodeError as error:
            raise self.wrong(error.msg.lower(), error.pos) from None
        return text

    def plain(self) -> Any:
        if number := _NUMBER.match(self.text, self.at):
            self.at = number.end()
            return float(number[0]) if number[1] or number[2] else int(number[0])
        word = _WORD.match(self.text, self.at)
        if word is None or word[0] not in _WORDS:
            raise self.wrong("a value belongs here")
        self.at = word.end()
        return _WORDS[word[0]]

    def took(self, sign: str) -> bool:
        found = self.text[self.skip() : self.at + 1] == sign
        self.at += found
        return found

    def sequence(self, place: Place, depth: int) -> Node:
        self.at += 1
        items: list[Node] = []
        if self.took("]"):
            return Node(items, place)
        while True:
            items.append(self.value(depth + 1))
            if self.took("]"):
                return Node(items, place)
            if not self.took(","):
                raise self.wrong("a comma or ] belongs here")

    def mapping(self, place: Place, depth: int) -> Node:
        self.at += 1
        value: dict[str, Node] = {}
        key_places: dict[str, Place] = {}
        if self.took("}"):
            return Node(value, place)
        while True:
            key, key_place = self.key(key_places)
            if not self.took(":"):
                raise self.wrong("a colon belongs here")
            value[key], key_places[key] = self.value(depth + 1), key_place
            if self.took("}"):
                return Node(value, place, key_places)
            if not self.took(","):
                raise self.wrong("a comma or } belongs here")

    def key(self, known: dict[str, Place]) -> tuple[str, Place]:
        place = self.place(self.skip())
        if self.text[self.at : self.at + 1] != '"':
            raise self.wrong('a key in "quotes" belongs here')
        key = self.string()
        if key in known:
            first = known[key].line
            why = f"`{key}` is written twice, first on line {first}"
            raise FatalError(why, "Take one of the two out.", place)
        return key, place
