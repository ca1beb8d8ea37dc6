"""What a pattern of Python's `re` means to the engines of other tables, before it runs there.

Each rule was run on DuckDB, PostgreSQL and Spark beside Python: `tests/data/remote/portable_test.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from smokealarm.data.values.portable_rules import OF_CLASSES, OF_TOKENS, Engine, Note

WHERE: dict[Engine, str] = {
    "RE2": "DuckDB, BigQuery",
    "Java": "Spark, Databricks",
    "PostgreSQL": "PostgreSQL, Redshift",
}

# The pieces of a pattern: escapes, classes, the heads of groups, repeats, and single characters.
_TOKEN = re.compile(
    r"""
      \\(?:x[0-9a-fA-F]{2,}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|N\{[^}]*\}
           |0[0-7]{0,2}|[1-3][0-7]{2}|[1-9][0-9]?|.)
    | \[\^?\]?(?:\\.|[^\]\\])*\]
    | \(\?(?:P<\w+>|P=\w+\)|<=|<!|[=!>:]|\#[^)]*\)|\(\w+\)|[aiLmsux]*(?:-[imsx]+)?[:)])
    | \{\d*(?:,\d*)?\}[+?]?
    | \{\d+(?:,\d*)?
    | [*+?][+?]?
    | .
    """,
    re.VERBOSE | re.DOTALL,
)
_COUNT = re.compile(r"\{(\d*)(?:,(\d*))?\}[+?]?")
# Characters that are spelt out may lie beyond ASCII, where `(?i)` knows relatives of ASCII letters;
# PostgreSQL repeats no anchor and nothing that looks around; \B finds nothing in an empty text or all.
_DOUBTFUL = re.compile(r"[^ -~]|\\[BxuUN0-9]|\(\?<?[=!]|(?:[$^]|\\[AbZ])[*+?{]")


def notes(regex: str) -> list[Note]:
    """What is not portable about a pattern that Python takes, in its order, each once."""
    return list(dict.fromkeys(_notes(regex)))


def is_same(regex: str, engine: Engine) -> bool:
    """Whether an engine surely finds in printable ASCII what Python finds there."""
    if _DOUBTFUL.search(regex):
        return False
    return not any(engine in note.engines and not note.rarely for note in notes(regex))


def _notes(regex: str) -> Iterator[Note]:
    for token in _TOKEN.findall(regex):
        rules = OF_CLASSES if len(token) > 1 and token.startswith("[") else OF_TOKENS
        for rule in rules:
            if rule.token.search(token):
                yield rule.note
        if counts := _COUNT.fullmatch(token):
            yield from _repeats(max(int(count or 0) for count in counts.groups()))


def _repeats(count: int) -> Iterator[Note]:
    if count > 255:  # PostgreSQL's DUPMAX; RE2's kMaxRepeat is 1000
        engines: tuple[Engine, ...] = ("RE2", "PostgreSQL") if count > 1000 else ("PostgreSQL",)
        yield Note(
            f"a repeat of {count} is more than they count to",
            engines,
            "expect_column_value_lengths_to_be_between",
        )
