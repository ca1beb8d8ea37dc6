"""The differences between Python's `re` and other engines, as rules about the pieces of a pattern."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

Engine = Literal["RE2", "Java", "PostgreSQL"]

EVERY: tuple[Engine, ...] = ("RE2", "Java", "PostgreSQL")


class Note(NamedTuple):
    """A part of a pattern that some engines refuse, or read otherwise.

    `rarely` is true where only unusual texts show it: beyond ASCII, or with line breaks.
    """

    what: str
    engines: tuple[Engine, ...]
    portable: str
    rarely: bool = False


class Rule(NamedTuple):
    """The note of a token that the pattern matches as a whole."""

    token: re.Pattern[str]
    note: Note


def _rule(
    token: str, what: str, engines: tuple[Engine, ...], portable: str, rarely: bool = False
) -> Rule:
    return Rule(re.compile(token, re.DOTALL), Note(what, engines, portable, rarely))


_ASCII = "is about ASCII there, and about every script in Python"
_SHORTHANDS = (
    _rule(r"\\[dD]", rf"\d {_ASCII}", EVERY, "[0-9]", rarely=True),
    _rule(r"\\[wW]", rf"\w {_ASCII}", EVERY, "[A-Za-z0-9_]", rarely=True),
    _rule(r"\\[sS]", r"\s knows fewer blanks there", EVERY, r"[ \t\n\r]", rarely=True),
)
_ESCAPES = (
    _rule(r"\\u", r"\u is no escape there", ("RE2",), "the character itself"),
    _rule(r"\\U", r"\U is no escape there", ("RE2", "Java"), "the character itself"),
    _rule(r"\\N", r"\N is no escape there, or another", ("RE2", "PostgreSQL"), "the character"),
    _rule(
        r"\\x..[0-9a-fA-F]",
        r"\x takes all hexadecimal digits that follow",
        ("PostgreSQL",),
        "the character",
    ),
    _rule(r"^\\(0$|[1-3][0-7]{2})", "an octal escape is another there", ("Java",), r"\x41"),
    _rule(r"^\\[^\x00-\x7f]", "this escape is refused there", ("RE2",), "the character itself"),
    _rule(r"\\v", r"\v is every vertical blank there", ("Java",), "the character", rarely=True),
)
OF_TOKENS = (
    *_SHORTHANDS,
    *_ESCAPES,
    _rule(
        r"^\\b",
        r"\b is a backspace there, and matches nothing",
        ("PostgreSQL",),
        "(^|[^A-Za-z0-9_])",
    ),
    _rule(r"^\\B", r"\B is a backslash there", ("PostgreSQL",), "[A-Za-z0-9_] on both sides"),
    _rule(
        r"^\\B", r"\B is found in an empty text there", ("Java",), "texts that are not empty", True
    ),
    _rule(r"^\\[bB]", rf"\b {_ASCII}", ("RE2",), "(^|[^A-Za-z0-9_])", rarely=True),
    _rule(r"^\\Z", r"\Z is refused there", ("RE2",), "$"),
    _rule(r"^\\Z", r"\Z also matches before a last line break", ("Java",), "$", rarely=True),
    _rule(
        r"^\\[1-9][0-9]?$", "a backreference is refused there", ("RE2",), "a check in SQL or Python"
    ),
    _rule(r"^\(\?P=", "a named backreference is refused there", EVERY, "a check in SQL or Python"),
    _rule(
        r"^\(\?P<",
        "this name of a group is refused there",
        ("Java", "PostgreSQL"),
        "( without a name",
    ),
    _rule(
        r"^\(\?<?[=!]",
        "lookaround is refused there",
        ("RE2",),
        "two checks: one pattern to match, one not to",
    ),
    _rule(r"^\(\?>", "an atomic group is refused there", ("RE2", "PostgreSQL"), "(?:"),
    _rule(r"^\(\?\(", "a condition is refused there", EVERY, "a|b"),
    _rule(r"^\(\?#", "a comment is refused there", ("RE2", "Java"), "no comment"),
    _rule(
        r"^([*+?]|\{.*\})\+$",
        "a possessive repeat is refused there",
        ("RE2", "PostgreSQL"),
        "the repeat without its +",
    ),
    _rule(r"^\{\}?$", "a { that repeats nothing is refused there", ("Java",), r"\{"),
    _rule(
        r"^\{\d[\d,]*$", "a { that repeats nothing is refused there", ("Java", "PostgreSQL"), r"\{"
    ),
    _rule(r"^\{,", "{,n} is no repeat there", EVERY, "{0,n}"),
    _rule(r"^\(\?[imsux]*a", "the flag a is refused there", EVERY, "classes such as [0-9]"),
    _rule(
        r"^\(\?[imsx]*u",
        "the flag u is refused there",
        ("RE2", "PostgreSQL"),
        "no flag: it is Python's default",
    ),
    _rule(r"^\(\?\w*x", "the flag x is refused there", ("RE2",), "the pattern on one line"),
    _rule(
        r"^\(\?[imsx-]+:",
        "flags of a group are refused there",
        ("PostgreSQL",),
        "the flag at the start of all",
    ),
    _rule(
        r"^\(\?\w*m\w*\)",
        "(?m) lets neither . nor [^a] match a line break there",
        ("PostgreSQL",),
        "one line per value",
        rarely=True,
    ),
    _rule(
        r"^\(\?\w*i",
        "(?i) is about ASCII there",
        ("Java", "PostgreSQL"),
        "classes such as [Aa]",
        rarely=True,
    ),
    _rule(
        r"^\$$",
        "$ does not match before a last line break there",
        ("RE2", "PostgreSQL"),
        r"\n?$ or values without line breaks",
        rarely=True,
    ),
    _rule(
        r"^\$$",
        "$ also matches before a last \\r or other line end",
        ("Java",),
        "values without line breaks",
        rarely=True,
    ),
    _rule(
        r"^\.$",
        ". matches a line feed there",
        ("PostgreSQL",),
        "values without line breaks",
        rarely=True,
    ),
    _rule(
        r"^\.$",
        ". does not match a \\r or other line end there",
        ("Java",),
        "values without line breaks",
        rarely=True,
    ),
)
OF_CLASSES = (
    *_SHORTHANDS,
    *_ESCAPES,
    _rule(
        r"\[:\w+:",
        "[:alpha:] is a class of its own there, and six characters in Python",
        ("RE2", "PostgreSQL"),
        "[A-Za-z]",
    ),
    _rule(r"^\[.*(?<!\\)\[(?!:)", "a [ in a class opens another one there", ("Java",), r"\["),
    _rule(r"^\[.+--[^\]]", "-- is refused there", ("PostgreSQL",), r"\-"),
    _rule(r"^\[.+&&", "&& means what two classes share there", ("Java",), "one &"),
    _rule(r"^\[[^]]*\\b", r"[\b] is refused there", ("RE2", "Java"), r"\x08"),
)
