"""Which rules flake8 would apply here: a program of its own, run where flake8 would run.

It asks flake8 itself, because plug-ins change what is on, and it is a process of its own, because a
project's plug-ins are the project's code. What it prints is JSON: the rules, and the beginnings of
the rules of plug-ins, whose single rules nobody lists.
"""

from __future__ import annotations

import inspect
import json
import re
import sys

import pycodestyle  # type: ignore[import-untyped]  # it has no types
from flake8.options.parse_args import parse_args  # type: ignore[import-untyped]  # nor has it
from flake8.plugins.pyflakes import FLAKE8_PYFLAKES_CODES  # type: ignore[import-untyped]  # nor has it
from flake8.style_guide import Decision, DecisionEngine  # type: ignore[import-untyped]  # nor has it

_OF_FLAKE8 = {"E902", "E999"}
_OWN = {"C90", "E", "F", "W"}  # the names under which flake8 knows its own tools


def main() -> None:
    """Called with the options that flake8 itself would get."""
    plugins, options = parse_args(sys.argv[1:])
    decider = DecisionEngine(options)
    rules = set(re.findall(r"\b[EW][0-9]{3}\b", inspect.getsource(pycodestyle)))
    rules |= {*FLAKE8_PYFLAKES_CODES.values(), *_OF_FLAKE8}
    if options.max_complexity >= 0:
        rules.add("C901")
    on = [code for code in rules if decider.decision_for(code) is Decision.Selected]
    names = {plugin.entry_name for plugin in plugins.all_plugins()} - {*plugins.reporters}
    families = [name for name in names - _OWN if re.fullmatch("[A-Z]{1,8}[0-9]{0,8}", name)]
    print(json.dumps({"rules": sorted(on), "families": sorted(families)}))


if __name__ == "__main__":
    main()
