"""Which language a file is in: by its extension, else by the first line of its content."""

from __future__ import annotations

import posixpath

_EXTENSIONS = {
    ".py": "python",
    ".pyi": "python",
    ".ipynb": "notebook",
    ".sh": "shell",
    ".bash": "shell",
    ".dash": "shell",
    ".ksh": "shell",
    ".bats": "shell",
}
_INTERPRETERS = {
    "python": "python",
    "pypy": "python",
    "sh": "shell",
    "ash": "shell",
    "bash": "shell",
    "dash": "shell",
    "ksh": "shell",
    "bats": "shell",
}


def needs_content(path: str) -> bool:
    """Whether the name alone does not tell: no extension, or one that several shells share."""
    extension = posixpath.splitext(path)[1]
    return not extension or _EXTENSIONS.get(extension) == "shell"


def language(path: str, content: bytes) -> str:
    """ "python", "notebook", "shell", or "" for everything else.

    The shebang of a script decides between shells, executable or not: shellcheck knows no zsh or
    fish, so a zsh script is in no language of ours even when its name ends in `.sh`.
    """
    extension = posixpath.splitext(path)[1]
    named = _EXTENSIONS.get(extension, "")
    if not needs_content(path):
        return named
    interpreter = _interpreter(content)
    return _INTERPRETERS.get(interpreter, "") if interpreter else named


def _interpreter(content: bytes) -> str:
    """The program that the shebang names, without its folder and version: `python`, `zsh`."""
    if not content.startswith(b"#!"):
        return ""
    words = content.split(b"\n", 1)[0][2:].decode(errors="replace").split()
    if words and posixpath.basename(words[0]) == "env":
        words = [word for word in words[1:] if not word.startswith("-") and "=" not in word]
    return posixpath.basename(words[0]).rstrip("0123456789.") if words else ""
