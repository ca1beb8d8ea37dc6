"""The option flags that a project's pytest gives to the examples in docstrings."""

from __future__ import annotations

import re
from pathlib import Path

_FILES = ("pytest.ini", ".pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg")
# A list or a string of TOML, or an ini value with its indented lines.
_OPTION = re.compile(
    r"""^[ \t]*doctest_optionflags[ \t]*[=:][ \t]*"""
    r"""(\[[^]]*\]|"[^"\n]*"|'[^'\n]*'|[^\n]*(?:\n[ \t]+[^\n]*)*)""",
    re.MULTILINE,
)
_KNOWN = (
    "ALLOW_BYTES ALLOW_UNICODE DONT_ACCEPT_BLANKLINE DONT_ACCEPT_TRUE_FOR_1 ELLIPSIS "
    "IGNORE_EXCEPTION_DETAIL NORMALIZE_WHITESPACE NUMBER SKIP"
).split()


def flags_of_pytest(root: Path) -> list[str]:
    """Those in the first of pytest's files that names any; what does not decide is left out."""
    for name in _FILES:
        path = root / name
        text = path.read_text("utf-8", "replace") if path.is_file() else ""
        if found := _OPTION.search(text):
            words = re.findall(r"\w+", re.sub(r"[#;].*", "", found[1]))
            return [word for word in words if word in _KNOWN]
    return []
