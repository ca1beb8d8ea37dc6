"""The model's own process: load it once, ask it everything, send the answers batch by batch."""

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from smokealarm.child import loaded
from smokealarm.errors import FatalError, Inconclusive
from smokealarm.regress.outputs import Unfit, answers_of, kind

Send = Callable[[Any], None]


def serve(argument: dict[str, Any], send: Send) -> None:
    """Answer `inputs`, a file of one JSON a line, with the `model`, in batches of `batch_size`.

    `elsewhere` is set where the working directory is a copy of another commit: none of the code
    may come from there, or a model would be compared with itself.
    """
    if argument["elsewhere"]:
        _prefer_own_source(argument["model"])
    predict = _predict_of(loaded(argument["model"])(), argument["model"])
    if argument["elsewhere"]:
        _refuse_code_from(Path(argument["elsewhere"]))
    for batch in _batches(Path(argument["inputs"]), argument["batch_size"]):
        try:
            send({"answers": answers_of(predict(batch), len(batch))})
        except Unfit as unfit:
            send({"unfit": str(unfit), "at": _definition(predict)})
            return


def _predict_of(model: Any, target: str) -> Callable[[Sequence[Any]], Any]:
    predict = getattr(model, "predict", model)
    if callable(predict):
        return predict  # type: ignore[no-any-return]  # callable() narrows Any to a callable of Any
    raise FatalError(
        f"`{target}` returned {kind(model)}, which has no `predict` and cannot be called",
        "Return an object with `predict(batch)`, or a function of a batch.",
    )


def _batches(inputs: Path, size: int) -> Iterator[list[Any]]:
    with inputs.open("rb") as lines:
        while batch := [json.loads(line) for line in islice(lines, size)]:
            yield batch


def _definition(predict: Callable[..., Any]) -> tuple[str, int] | None:
    """The file and the line where the user wrote `predict`, if it can be told."""
    function = inspect.unwrap(predict)
    for candidate in (function, getattr(type(function), "__call__", None)):
        code = getattr(candidate, "__code__", None)
        if code is not None:
            return code.co_filename, code.co_firstlineno
    return None


def _prefer_own_source(target: str) -> None:
    """Under a src/ layout, an editable installation would lead to the working tree's package."""
    package = target.partition(":")[0].partition(".")[0]
    source = Path.cwd() / "src"
    if any((source / name).exists() for name in (package, f"{package}.py")):
        sys.path.insert(0, str(source))


def _refuse_code_from(working_tree: Path) -> None:
    for name, module in list(sys.modules.items()):
        path = Path(getattr(module, "__file__", None) or "/")
        ours = name.partition(".")[0] == "smokealarm"
        if not ours and working_tree in path.parents and not _is_installed(path, working_tree):
            raise Inconclusive(
                f"the module `{name}` of the baseline came from the working tree, not from the base"
                " commit: the model would have been compared with itself",
                "Is it on PYTHONPATH, or installed with `pip install -e`? Let `model:` name a module"
                " that stands at the repository root or under src/.",
            )


def _is_installed(path: Path, working_tree: Path) -> bool:
    """Whether it belongs to an environment that happens to lie inside the working tree."""
    parts = path.relative_to(working_tree).parts
    return bool({"site-packages", "dist-packages"}.intersection(parts)) or (
        Path(sys.prefix) != working_tree and Path(sys.prefix) in path.parents
    )
