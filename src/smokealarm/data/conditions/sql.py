"""Conditions as Spark's `filter` takes them: a part of SQL, where a missing value makes nothing true."""

from __future__ import annotations

import re
from typing import NamedTuple

from smokealarm.data.conditions.certain import certainly
from smokealarm.data.conditions.trouble import MAX_DEPTH, not_understood, refuse_size
from smokealarm.data.conditions.where import (
    Absent,
    Among,
    Compared,
    Condition,
    Every,
    Literally,
    Not,
    Of,
    Operand,
    Sign,
    Some,
)
from smokealarm.errors import FatalError

UNDERSTOOD = (
    "age > 5, age = 5, age <> 5, name = 'a', `my column` >= 1, age > other_column, age IN (1, 2), "
    "age NOT IN (1, 2), age BETWEEN 1 AND 5, age IS NULL, age IS NOT NULL, flag, DATE '2026-01-31', "
    "AND, OR, NOT, and parentheses."
)
_TOKEN = re.compile(
    r"""(?P<text>'(?:[^'\\]|''|\\.)*'|"(?:[^"\\]|\\.)*")|`(?P<quoted>(?:[^`]|``)*)`"""
    r"|(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w.]))|(?P<word>[^\W\d]\w*)"
    r"|(?P<sign><>|!=|<=|>=|==|[=<>(),+-])|(?P<bad>\S)",
    re.S,
)
SIGNS: dict[str, Sign] = {
    "=": "==", "==": "==", "<>": "!=", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">=",
}  # fmt: skip
TURNED: dict[Sign, Sign] = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
RESERVED = ("AND", "OR", "NOT", "IN", "IS", "NULL", "BETWEEN", "LIKE", "CASE")


class Token(NamedTuple):
    kind: str
    text: str
    at: int


def parsed(text: str) -> Condition:
    """The condition. Raises FatalError with the place that is not understood."""
    refuse_size(text, UNDERSTOOD)
    reader = _Reader(text)
    found = reader.either(0)
    if reader.now.kind != "end":
        raise reader.wrong("the condition should end here")
    return certainly(found)


class _Reader:
    """One token after the other; each method reads what it is named for."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.tokens = [
            Token(str(found.lastgroup), str(found[str(found.lastgroup)]), found.start())
            for found in _TOKEN.finditer(source)
        ]
        self.tokens.append(Token("end", "", len(source)))
        self.position = 0

    @property
    def now(self) -> Token:
        return self.tokens[self.position]

    def took(self, *words: str) -> bool:
        """Whether these words or signs come next; if so they are behind us."""
        coming = self.tokens[self.position : self.position + len(words)]
        if [t.text.upper() if t.kind in ("word", "sign") else "" for t in coming] != list(words):
            return False
        self.position += len(words)
        return True

    def need(self, word: str) -> None:
        if not self.took(word):
            raise self.wrong(f"{word} belongs here")

    def either(self, depth: int) -> Condition:
        parts = [self.both(depth)]
        while self.took("OR"):
            parts.append(self.both(depth))
        return parts[0] if len(parts) == 1 else Some(tuple(parts))

    def both(self, depth: int) -> Condition:
        parts = [self.one(depth)]
        while self.took("AND"):
            parts.append(self.one(depth))
        return parts[0] if len(parts) == 1 else Every(tuple(parts))

    def one(self, depth: int) -> Condition:
        if depth > MAX_DEPTH:
            raise self.wrong(f"it is nested more than {MAX_DEPTH} levels deep")
        if self.took("NOT"):
            return Not(self.one(depth + 1))
        if self.took("("):
            found = self.either(depth + 1)
            self.need(")")
            return found
        return self.tested()

    def tested(self) -> Condition:
        start = self.now
        left = self.operand()
        if self.now.text in SIGNS and self.now.kind == "sign":
            return self.compared(start, left)
        if not isinstance(left, Of):
            raise self.wrong("a column belongs here", start)
        if self.took("IS", "NOT", "NULL"):
            return Absent(left.column, negated=True)
        if self.took("IS", "NULL"):
            return Absent(left.column)
        negated = self.took("NOT")
        if self.took("IN"):
            return Among(left.column, self.literals(), negated)
        if self.took("BETWEEN"):
            between = self.between(left.column)
            return Not(between) if negated else between
        if negated:
            raise self.wrong("IN or BETWEEN belongs here")
        return Compared(left.column, "==", True)

    def compared(self, start: Token, left: Operand) -> Condition:
        sign = SIGNS[self.now.text]
        self.position += 1
        right = self.operand()
        if isinstance(left, Of):
            return Compared(left.column, sign, right)
        if isinstance(right, Of):
            return Compared(right.column, TURNED[sign], left)
        raise self.wrong("neither side of this comparison is a column", start)

    def between(self, column: str) -> Condition:
        low = self.operand()
        self.need("AND")
        return Every((Compared(column, ">=", low), Compared(column, "<=", self.operand())))

    def literals(self) -> tuple[Literally, ...]:
        self.need("(")
        found = [self.literal()]
        while self.took(","):
            found.append(self.literal())
        self.need(")")
        return tuple(found)

    def literal(self) -> Literally:
        start = self.now
        found = self.operand()
        if isinstance(found, Of):
            raise self.wrong("a list holds values, not columns", start)
        return found

    def operand(self) -> Operand:
        if self.took("-"):
            number = self.operand()
            if isinstance(number, (int, float)) and not isinstance(number, bool):
                return -number
            raise self.wrong("a number belongs here")
        token = self.now
        self.position += token.kind != "end"
        if token.kind == "quoted":
            return Of(token.text.replace("``", "`"))
        if token.kind == "text":
            return _unquoted(token.text)
        if token.kind == "number":
            return int(token.text) if token.text.isdigit() else float(token.text)
        if token.kind == "word":
            return self.word(token)
        raise self.wrong("a column or a value belongs here", token)

    def word(self, token: Token) -> Operand:
        word = token.text.upper()
        if word in ("TRUE", "FALSE"):
            return word == "TRUE"
        if word in ("DATE", "TIMESTAMP") and self.now.kind == "text":
            return self.operand()
        if word in RESERVED:
            raise self.wrong("a column or a value belongs here", token)
        if self.now.text == "(" and self.now.kind == "sign":
            raise self.wrong(f"the function {token.text} is not known", token)
        return Of(token.text)

    def wrong(self, why: str, token: Token | None = None) -> FatalError:
        return not_understood(self.source, (token or self.now).at, why, UNDERSTOOD)


def _unquoted(text: str) -> str:
    inside = text[1:-1].replace("''", "'") if text[0] == "'" else text[1:-1]
    return re.sub(r"\\(.)", r"\1", inside, flags=re.S)
