"""How to see the same at home; only with names that cannot be anything but names."""

from __future__ import annotations

import re

from smokealarm.results import Environment

_COMMIT = re.compile(r"[0-9a-f]{7,64}")
_VERSION = re.compile(r"[0-9][0-9a-zA-Z.+]{0,30}")


def commands(environment: Environment) -> list[str]:
    """What to type, line by line."""
    version = environment.smokealarm if _VERSION.fullmatch(environment.smokealarm) else ""
    typed = [f"pip install 'smokealarm=={version}'"] if version else ["pip install smokealarm"]
    if _COMMIT.fullmatch(environment.commit):
        typed.append(f"git switch --detach {environment.commit}")
    base = environment.base if _COMMIT.fullmatch(environment.base) else ""
    return [*typed, f"smokealarm check --base {base}" if base else "smokealarm check"]
