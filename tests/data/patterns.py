"""Patterns and texts that tell engines apart, and many on which all agree."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable

from hypothesis import strategies as st

from smokealarm.data.values.portable import is_same, notes
from smokealarm.data.values.portable_rules import Engine

PROBES: list[tuple[str, str]] = [
    (r"\d", '\u0663'),
    (r"\D", '\u0663'),
    (r"\w", '\xe4'),
    (r"^\W$", '\xe4'),
    (r"\s", '\x0b'),
    (r"\s", '\xa0'),
    (r"^\S$", '\xa0'),
    (r"[\d]", '\u0663'),
    (r"[^\s]", '\x0b'),
    (r"\u0041", 'A'),
    (r"\U00000041", 'A'),
    (r"\N{LATIN SMALL LETTER A}", 'a'),
    (r"\x41b", 'Ab'),
    (r"\x41", 'A'),
    (r"\v", '\n'),
    (r"\v", '\x0b'),
    (r"\bab", 'ab'),
    (r"a\Bb", 'ab'),
    (r"\bä", '\xe4'),
    (r"ä\b", 'a\xe4'),
    (r"ä\B", '\xe4a'),
    (r"a\Z", 'a'),
    (r"a\Z", 'a\n'),
    (r"a\Z", 'b'),
    (r"(.)\1", 'aa'),
    (r"(?P<a>.)(?P=a)", 'aa'),
    (r"(?P<a>.)", 'a'),
    (r"a(?=b)", 'ab'),
    (r"a(?!b)", 'ac'),
    (r"(?<=a)b", 'ab'),
    (r"(?<!a)b", 'b'),
    (r"(?>a+)b", 'aab'),
    (r"(a)?(?(1)b|c)", 'ab'),
    (r"(?#c)a", 'a'),
    (r"a++b", 'aab'),
    (r"a{1,2}+b", 'aab'),
    (r"^a{,2}$", 'aa'),
    (r"(?a)\d", '\u0663'),
    (r"(?a)\d", '3'),
    (r"(?u)a", 'a'),
    (r"(?a:a)", 'a'),
    (r"(?x)a b", 'ab'),
    (r"(?i:a)", 'A'),
    (r"(?i)a", 'A'),
    (r"(?m)^b.c", 'a\nb\nc'),
    (r"(?m)^b", 'a\nb'),
    (r"(?m)a[^x]b", 'a\nb'),
    (r"(?i)ä", '\xc4'),
    (r"(?i)ſ", 's'),
    (r"(?i)k", '\u212a'),
    (r"(?s)a.b", 'a\nb'),
    (r"(?-i:a)", 'a'),
    (r"(?i-s:a)", 'A'),
    (r"a$", 'a\n'),
    (r"a$", 'a\r'),
    (r"a.b", 'a\nb'),
    (r"a.b", 'a\rb'),
    (r"^a", 'b\na'),
    (r"[[:alpha:]]", 'x'),
    (r"[[:alpha:]]", ':]'),
    (r"[[a]b", '[b'),
    (r"[a&&b]", '&'),
    (r"[\b]", '\x08'),
    (r"[\[]", '['),
    (r"a{256}", 'a' * 256),
    (r"a{1001}", 'a' * 1001),
    (r"a{255}", 'a' * 255),
    (r"a|b", 'b'),
    (r"(|a)b", 'b'),
    (r"()", 'b'),
    (r"a{2,}", 'aa'),
    (r"a*?b", 'aab'),
    (r"a??b", 'ab'),
    (r"[^a]", 'b'),
    (r"[^a]", '\n'),
    (r"\.", '.'),
    (r"\-", '-'),
    (r"\_", '_'),
    (r"\/", '/'),
    (r"\ ", ' '),
    ('\\"', '"'),
    (r"\t", '\t'),
    (r"\n", '\n'),
    (r"\r", '\r'),
    (r"\f", '\x0c'),
    (r"\a", '\x07'),
    (r"\A", 'a'),
    (r"\Aa", 'a'),
    (r"\012", '\n'),
    (r"[]a]", ']'),
    (r"[^]a]", 'b'),
    (r"[a-]", '-'),
    (r"[-a]", '-'),
    (r"{", '{'),
    (r"a{", 'a{'),
    (r"a{x}", 'a{x}'),
    (r"a{1", 'a{1'),
    (r"}", '}'),
    (r"]", ']'),
    (r"ß", '\xdf'),
    (r"^.$", '\U0001f468'),
    (r"^.$", '\u65e5'),
    (r"(?:a)", 'a'),
    (r"[a-z--x]", 'x'),
    (r"[a||b]", '|'),
    (r"[a~~b]", '~'),
    (r"a^b", 'a^b'),
    (r"x*", 'y'),
    (r"(?i)ß", '\u1e9e'),
    (r"\@", '@'),
    (r"\<", '<'),
    (r"\>", '>'),
    (r"\'", "'"),
    (r"\`", '`'),
    (r"\#", '#'),
    (r"\&", '&'),
    (r"\~", '~'),
    (r"\!", '!'),
    (r"\:", ':'),
    (r"\;", ';'),
    (r"\=", '='),
    (r"\,", ','),
    (r"\%", '%'),
    (r"\é", '\xe9'),
    (r"[\w-]", '-'),
    (r"[\w.-]+@", 'a@'),
    (r"[+--]", '-'),
    (r"^$", ''),
    (r"^$", '\n'),
    (r"(a*)*b", 'aab'),
    (r"(?:a?)*", 'b'),
    (r"(a|ab)(c|bcd)$", 'abcd'),
    (r"[^\n]", '\n'),
    (r"[\x41-\x43]", 'B'),
    (r"[\u0041]", 'A'),
    (r"\101", 'A'),
    ('\\\\', '\\'),
    (r"(?i)[a-z]", '\xc9'),
    (r"(?i)[à-ý]", '\xc9'),
    (r"[\D]", '\u0663'),
    (r"a{0}", 'b'),
    (r"a{0,0}b", 'b'),
    (r"(^|b)a", 'a'),
    (r"a($|b)", 'a'),
    (r"\Ba", 'ba'),
    (r"\b$", 'a'),
    (r"\B", ''),
    (r"\B", 'ab'),
]  # fmt: skip


# Patterns made of pieces that engines are known to read, and of some that they read otherwise.
PIECES = (
    "a", "b", "ab", ".", "-", "1", " ", r"\.", r"\d", r"\w", r"\s", r"\S", r"\b", r"\B", "[ab]", "[^a]",
    "[a-c1]", r"[\w-]", r"[^\s.]", "(a|b)", "(?:ab)", "(|a)", "(?=a)", "(?!b)", "(?<=a)", "(?i:A)",
    "a|b", "^", "$",
)  # fmt: skip
REPEATS = ("", "", "", "", "*", "+", "?", "*?", "+?", "??", "{2}", "{1,2}", "{0,1}?", "{,2}")
MADE = st.lists(
    st.tuples(st.sampled_from(PIECES), st.sampled_from(REPEATS)).map("".join),
    min_size=1,
    max_size=5,
).map("".join)
PLAIN_TEXTS = st.text("aAbBc1 .-", max_size=5)


def misread(
    engine: Engine, found: Callable[[str, str], bool | None], regex: str, texts: list[str]
) -> list[str]:
    """The texts in which an engine finds a pattern otherwise than Python, though `is_same` denies it."""
    try:
        re.compile(regex)
    except re.error:
        return []
    if not is_same(regex, engine):
        return []
    return [text for text in texts if _differs((regex, text), found)]


def undeclared(engine: Engine, found: Callable[[str, str], bool | None]) -> list[tuple[str, str]]:
    """The probes on which an engine differs from Python, and no note says so.

    `found` is None where the engine refuses the pattern.
    """
    return [probe for probe in PROBES if _differs(probe, found) and engine not in _of(probe[0])]


def unproved(engine: Engine, found: Callable[[str, str], bool | None]) -> list[str]:
    """The patterns of which a note says that the engine differs on usual texts, and it never does."""
    differing = {regex for regex, text in PROBES if _differs((regex, text), found)}
    return [
        regex
        for regex, _ in PROBES
        if engine in _of(regex, rarely=False) and regex not in differing
    ]


def _differs(probe: tuple[str, str], found: Callable[[str, str], bool | None]) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # [[a] and [a&&b] may change in Python
        return found(*probe) is not bool(re.search(*probe))


def _of(regex: str, rarely: bool = True) -> set[str]:
    return {engine for note in notes(regex) if rarely or not note.rarely for engine in note.engines}
