"""The check `doctest`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from smokealarm.errors import Inconclusive
from smokealarm.finding import Finding
from smokealarm.loading import load
from smokealarm.style.source import Source, Sources, quoted
from smokealarm.style.tools.tool import Tool

Flag = Literal[
    "DONT_ACCEPT_BLANKLINE",
    "DONT_ACCEPT_TRUE_FOR_1",
    "ELLIPSIS",
    "IGNORE_EXCEPTION_DETAIL",
    "NORMALIZE_WHITESPACE",
    "SKIP",
]
_MANUAL = "https://docs.python.org/3/library/doctest.html"


def check(
    sources: Sources, *, flags: list[Flag] | None = None, timeout_seconds: float = 120
) -> Iterator[Finding]:
    """The examples in the docstrings of changed Python modules still hold.

        style:
          - files: ^src/
            checks:
              - doctest: {timeout_seconds: 60}

    Every changed module with a `>>>` in it is imported and its examples are run, as
    `python -m doctest` would, from a private copy of the repository as it will be committed. This
    runs the code of the change, with your rights, in the Python that runs smokealarm: that Python
    needs the packages that your modules import.

    - `flags`: option flags for every example, in place of the `doctest_optionflags` of the
      project's pytest configuration
    - `timeout_seconds`: for all examples together; what did not end by then is inconclusive

    Where the import of a module fails for want of a package, the check is inconclusive.
    """
    with_examples = [source for source in sources.of("python") if _has_examples(source)]
    if not with_examples:
        return
    doubts: list[Inconclusive] = []
    for seen in load("style.tools.doctest_run").run(sources, with_examples, flags, timeout_seconds):
        if isinstance(seen, Inconclusive):
            doubts.append(seen)
        else:
            yield _finding(seen)
    if doubts:
        raise _together(doubts)


def _has_examples(source: Source) -> bool:
    return b">>>" in source.content and source.path.endswith(".py")


def _finding(failure: Any) -> Finding:
    return Finding(
        message=failure.message,
        path=failure.path,
        line=failure.line,
        end_line=failure.end_line,
        column=1,
        evidence={"code": failure.code, **failure.evidence},
        remedy=f"See it with: python -m doctest {quoted(failure.path)}",
        help_url=_MANUAL,
    )


def _together(doubts: list[Inconclusive]) -> Inconclusive:
    first, others = doubts[0], len(doubts) - 1
    more = f" (and {others} more doubt{'s' if others > 1 else ''} like this)" if others else ""
    return Inconclusive(f"{first.message}{more}", first.remedy, first.place)


TOOL = Tool(check=check, languages=("python",), remembered=False)
