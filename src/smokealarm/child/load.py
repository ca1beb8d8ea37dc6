"""Find the user's function by its name: `package.module:function`."""

from __future__ import annotations

import difflib
import importlib
import pkgutil
import sys
from pathlib import Path
from typing import Any

from smokealarm.errors import FatalError


def loaded(target: str) -> Any:
    """What `package.module:name` stands for. Called in the child: it imports the user's code.

    Raises FatalError where there is no such module or name; an error inside the module is the
    user's, and passes through.
    """
    module_name, colon, name = target.partition(":")
    if not (module_name and colon and name):
        raise FatalError(
            f"`{target}` does not name a function",
            "Write it as `package.module:function`, as seen from the repository root.",
        )
    module = _imported(module_name)
    found: Any = module
    for part in name.split("."):
        if not hasattr(found, part):
            raise FatalError(f"there is no `{name}` in {module_name}", _meant(name, dir(module)))
        found = getattr(found, part)
    return found


def _imported(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{name}.".startswith(f"{error.name}."):
            raise
        raise FatalError(f"there is no module `{name}`", _no_module(name, error.name)) from None


def _no_module(name: str, missing: str) -> str:
    parent, _, last = missing.rpartition(".")
    path = sys.modules[parent].__path__ if parent in sys.modules else [str(Path.cwd())]
    if not parent and (Path("src") / last).exists():
        return "It is under src/: install the package (pip install -e .) where this check runs."
    return _meant(
        last, [module.name for module in pkgutil.iter_modules(path)], f"{parent}." if parent else ""
    )


def _meant(wrong: str, known: list[str], prefix: str = "") -> str:
    close = difflib.get_close_matches(wrong, [name for name in known if name[:2] != "__"], n=1)
    if close:
        return f"Did you mean `{prefix}{close[0]}`?"
    return "It is imported from the repository root: check the spelling, and that it is committed."
