"""Runs the examples of modules and writes down each that fails: `doctest_runner.py REQUEST`.

It stands alone, for in its process `smokealarm` may be the package whose examples are run.
"""

import os
import sys

# Not this folder, with a doctest.py that is not Python's own.
sys.path[:] = [entry for entry in sys.path if entry != os.path.dirname(__file__)]

import doctest  # noqa: E402 - not before the line above, nor any of these
import json  # noqa: E402
import signal  # noqa: E402
import threading  # noqa: E402
import traceback  # noqa: E402
from collections.abc import Callable  # noqa: E402
from importlib import import_module, util  # noqa: E402
from typing import Any  # noqa: E402

Say = Callable[..., None]
PYTESTS_OWN = ("ALLOW_UNICODE", "ALLOW_BYTES", "NUMBER")


def main(request: dict[str, Any]) -> None:
    """Run every module of the request, and write each word on its own line of the report."""
    end_with_parent()
    for name in PYTESTS_OWN:
        doctest.register_optionflag(name)
    usual = search_path(request["tree"], request["root"])
    with open(request["report"], "a", encoding="utf-8") as report:

        def say(**what: Any) -> None:
            report.write(json.dumps(what) + "\n")
            report.flush()

        for asked in request["modules"]:
            say(kind="begin", path=asked["path"])
            sys.path[:] = [*asked["search"], *usual, os.path.dirname(asked["file"])]
            examine(asked, request, say)
            say(kind="end", path=asked["path"])


def end_with_parent() -> None:
    """Standard input is a pipe that closes when nobody waits for the answer any longer."""
    pipe, nothing = os.dup(0), os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)

    def watch() -> None:
        os.read(pipe, 1)
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()


def search_path(tree: str, root: str) -> list[str]:
    """An entry below the repository, of an editable installation say, means its like in the copy."""
    path = []
    for entry in sys.path:
        copy = os.path.normpath(os.path.join(tree, os.path.relpath(entry, root)))
        is_copied = f"{entry}{os.sep}".startswith(f"{root}{os.sep}") and os.path.isdir(copy)
        path.append(copy if is_copied else entry)
    return path


def examine(asked: dict[str, Any], request: dict[str, Any], say: Say) -> None:
    """Import the module and run what its docstrings show."""
    path, file, tree = asked["path"], asked["file"], request["tree"]
    sys.argv[:] = [file]
    try:
        module = imported(asked["name"], file)
    except BaseException as error:
        say(kind="unimportable", path=path, **told(error, file, tree))
        return
    try:
        tests = doctest.DocTestFinder(exclude_empty=True).find(module)
    except Exception as error:  # an example that is not written as one
        say(kind="unreadable", path=path, text=str(error))
        return
    flags = sum({doctest.OPTIONFLAGS_BY_NAME[name] for name in request["flags"]})
    runner = Runner(path, file, tree, say, flags)
    for test in sorted(tests, key=lambda test: test.lineno or 0):
        runner.run(test, out=lambda text: None)


def imported(name: str, file: str) -> Any:
    """By its name; from its file, where the name means something else or cannot be written."""
    known = util.find_spec(name) if all(map(str.isidentifier, name.split("."))) else None
    if known and same(known.origin or "", file):
        return import_module(name)
    spec = util.spec_from_file_location(f"judged_{len(sys.modules)}", file)
    assert spec and spec.loader
    module = util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


class Runner(doctest.DocTestRunner):
    """Says each failure instead of printing it."""

    def __init__(self, path: str, file: str, tree: str, say: Say, flags: int) -> None:
        super().__init__(verbose=False, optionflags=flags)
        self.path, self.file, self.tree, self.say = path, file, tree, say

    def report_failure(self, out: Any, test: Any, example: Any, got: str) -> None:
        self.tell(test, example, got=got)

    def report_unexpected_exception(self, out: Any, test: Any, example: Any, exc_info: Any) -> None:
        self.tell(test, example, **told(exc_info[1], self.file, self.tree))

    def tell(self, test: Any, example: Any, **how: Any) -> None:
        flags = [name for name in PYTESTS_OWN if self.is_on(name)]
        line = line_of(test, example, self.file)
        source = example.source.rstrip("\n")
        where = {"path": self.path, "line": line, "end_line": line + source.count("\n")}
        what = {"source": source, "want": example.want, "test": test.name, "flags": flags}
        self.say(kind="failure", **what, **where, **how)

    def is_on(self, flag: str) -> bool:
        return bool(self.optionflags & doctest.OPTIONFLAGS_BY_NAME[flag])


def line_of(test: Any, example: Any, file: str) -> int:
    """Where the example stands; doctest cannot tell where a docstring is not plainly written."""
    if test.lineno is not None:
        return int(test.lineno + example.lineno + 1)
    first = ">>> " + example.source.split("\n")[0]
    with open(file, encoding="utf-8", errors="replace") as lines:
        return next((at for at, line in enumerate(lines, 1) if line.strip() == first), 1)


def told(error: BaseException, file: str, tree: str) -> dict[str, Any]:
    """The error, the line of the file that led to it, where it arose, and what it is about."""
    frames = traceback.extract_tb(error.__traceback__)
    leading = [frame.lineno for frame in frames if same(frame.filename, file)]
    arose = frames[-1].filename if frames else ""
    if isinstance(error, SyntaxError):
        arose = error.filename or ""
        leading = [error.lineno] if same(arose, file) else leading
    return {
        "error": type(error).__name__,
        "text": str(error),
        "name": str(getattr(error, "name", None) or ""),
        "leading": leading[-1] if leading else 1,
        "arose": in_tree(arose, tree),
        "about": in_tree(str(getattr(error, "path", None) or ""), tree),
    }


def in_tree(file: str, tree: str) -> str:
    """The path in the tree, or "" where the file is not in it."""
    file, tree = os.path.realpath(file), os.path.realpath(tree)
    is_in_it = file.startswith(tree + os.sep) and os.path.isfile(file)
    return os.path.relpath(file, tree) if is_in_it else ""


def same(one: str, other: str) -> bool:
    return os.path.realpath(one) == os.path.realpath(other)


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as asked_for:
        wanted = json.load(asked_for)
    main(wanted)
