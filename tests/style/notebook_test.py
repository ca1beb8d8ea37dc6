"""black on notebooks. Needs what `black[jupyter]` installs, and fails where it is not there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from smokealarm.errors import Inconclusive
from smokealarm.finding import Level
from tests.repositories import commit, make_repository, stage
from tests.style.judging import ask, judged, told


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_repository(tmp_path / "repository", {"README.md": ""})


def notebook(*cells: str, **layout: Any) -> str:
    """A notebook with cells of code, laid out as Jupyter does or as is wanted."""
    told_of: dict[str, Any] = {"execution_count": None, "metadata": {}, "outputs": []}
    made = [
        {"cell_type": "code", "id": f"cell-{number}", **told_of, "source": cell.splitlines(True)}
        for number, cell in enumerate(cells)
    ]
    whole = {"cells": made, "metadata": {"language_info": {"name": "python"}}}
    numbers = {"nbformat": 4, "nbformat_minor": 5}
    return json.dumps({**whole, **numbers}, **{"indent": 1, **layout}) + "\n"


def at(text: str, code: str) -> int:
    """The line of the file on which the code stands."""
    return next(number for number, line in enumerate(text.split("\n"), 1) if code in line)


def test_formatted_notebooks_are_fine(root: Path) -> None:
    stage(root, {"a.ipynb": notebook("x = 1", "%matplotlib inline\n!ls -l\nx", "f(x);")})

    assert judged(root, ask("black")) == []


@pytest.mark.parametrize("indent", [1, 2, 4, "\t"])
def test_a_finding_stands_on_the_code_in_the_file(root: Path, indent: Any) -> None:
    text = notebook("x = 1", "y = 1\nz=2\na = 3", "b=1", indent=indent)
    stage(root, {"a.ipynb": text})

    (finding,) = judged(root, ask("black"))

    assert (finding.path, finding.line, finding.level) == (
        "a.ipynb",
        at(text, "z=2"),
        Level.FAILURE,
    )
    assert finding.evidence["lines"] == ",".join(
        f"{line}-{line}" for line in (at(text, "z=2"), at(text, "b=1"))
    )
    assert finding.message == "black would change 2 places, first: `z=2` would be `z = 2`"
    assert finding.remedy == "Run: black a.ipynb"


def test_a_cell_that_is_one_text_is_found_too(root: Path) -> None:
    text = notebook("x = 1", "y=1\n").replace('[\n    "y=1\\n"\n   ]', '"y=1\\n"')
    stage(root, {"a.ipynb": text})

    (finding,) = judged(root, ask("black"))

    assert finding.line == at(text, "y=1")


def test_a_notebook_on_one_line_is_told_on_that_line(root: Path) -> None:
    stage(root, {"a.ipynb": notebook("x=1", indent=None)})

    assert told(judged(root, ask("black"))) == [("a.ipynb", 1, "black")]


def test_an_edit_of_a_notebook_that_was_never_formatted_is_a_notice(root: Path) -> None:
    commit(root, {"a.ipynb": notebook("x=1", "y = 1")})
    stage(root, {"a.ipynb": notebook("x=1", "y=1")})

    (finding,) = judged(root, ask("black"))

    assert finding.level is Level.NOTICE


def test_output_that_is_new_is_no_matter_of_black(root: Path) -> None:
    commit(root, {"a.ipynb": notebook("x=1")})
    stage(root, {"a.ipynb": notebook("x=1").replace("null", "7")})

    assert judged(root, ask("black")) == []


@pytest.mark.parametrize("indent", [1, 2])
def test_a_cell_that_does_not_end_is_told_where_it_begins(root: Path, indent: int) -> None:
    text = notebook("x = 1", "y = 1\nz = (\n", indent=indent)
    stage(root, {"a.ipynb": text, "b.ipynb": notebook("x=1")})

    broken, other = judged(root, ask("black"))

    assert (broken.path, broken.line) == ("a.ipynb", at(text, "y = 1"))
    assert broken.evidence == {"code": "syntax"}
    assert other.path == "b.ipynb"


@pytest.mark.parametrize(
    ("content", "line"), [("{", 1), ("{\n,}", 2), ("[]", 1), ('{"cells": 1}', 1)]
)
def test_a_file_that_is_no_notebook_is_told(root: Path, content: str, line: int) -> None:
    stage(root, {"a.ipynb": content})

    assert told(judged(root, ask("black"))) == [("a.ipynb", line, "syntax")]


def test_an_empty_file_is_fine(root: Path) -> None:
    stage(root, {"a.ipynb": ""})

    assert judged(root, ask("black")) == []


@pytest.mark.parametrize("name", ["-dash", "with space", "new\nline", os.fsdecode(b"caf\xe9")])
def test_an_odd_name_is_judged_like_any_other(root: Path, name: str) -> None:
    stage(root, {f"{name}.ipynb": notebook("x=1")})

    assert [one.path for one in judged(root, ask("black"))] == [f"{name}.ipynb"]


@pytest.mark.parametrize("length", [40, 200])
def test_the_gate_says_what_black_says(root: Path, length: int) -> None:
    cells = [
        "f(aaaaaaaaaaaaa, bbbbbbbbbbbbbb, cccccccccccccccc)",
        "%%bash\nls  |  wc",
        "x = ?f",
        "?f",
    ]
    files = {f"{number}.ipynb": notebook(cell) for number, cell in enumerate(cells)}
    files["r.ipynb"] = notebook("x=1").replace('"python"', '"R"')
    files["markdown.ipynb"] = notebook("x=1").replace('"code"', '"markdown"')
    stage(root, {**files, "pyproject.toml": f"[tool.black]\nline-length = {length}\n"})
    command = [sys.executable, "-m", "black", "--check", *files]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=120)

    found = {one.path for one in judged(root, ask("black"))}

    assert found == {name for name in files if f"would reformat {name}" in done.stderr}
    assert found == ({"0.ipynb"} if length == 40 else set())


def test_without_jupyters_parts_of_black_there_is_no_verdict_on_notebooks(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "IPython", None)  # what Python holds to be absent
    stage(root, {"a.ipynb": notebook("x = 1"), "b.ipynb": notebook("x=1"), "c.py": "x = 1\n"})

    with pytest.raises(Inconclusive, match="black did not judge a.ipynb and 1 more") as doubt:
        judged(root, ask("black"))
    assert "pip install 'smokealarm[notebooks]'" in doubt.value.remedy
    assert judged(root, ask("black"), exclude="[.]ipynb$") == []
