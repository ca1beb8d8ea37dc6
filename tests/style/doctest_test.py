from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from smokealarm import changes
from smokealarm.errors import Inconclusive
from smokealarm.finding import Finding
from smokealarm.stage import Case
from smokealarm.style import opened
from smokealarm.workspace import Workspace
from tests.repositories import commit, git, make_repository, stage, write
from tests.style.judging import HERE, ask, judged, told

GOOD = '''"""Sums.

>>> add(1, 2)
3
"""


def add(a, b):
    """Add two numbers.

    >>> add(2, 2)
    4
    """
    return a + b
'''
WRONG = GOOD.replace("    4\n", "    5\n")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    files = {"src/pkg/__init__.py": "", "src/pkg/helper.py": "ONE = 1\n", "src/pkg/sums.py": GOOD}
    return make_repository(tmp_path / "repository", files)


def test_examples_that_hold_are_fine(root: Path) -> None:
    stage(root, {"new.py": GOOD, "plain.py": "raise SystemExit('never imported')\n"})

    assert judged(root, ask("doctest")) == []


def test_a_failing_example_is_told_on_its_own_line(root: Path) -> None:
    stage(root, {"new.py": WRONG})

    (finding,) = judged(root, ask("doctest"))

    assert finding.message == "the example `add(2, 2)` gives `4`, not `5`"
    assert (finding.path, finding.line, finding.end_line) == ("new.py", 11, 11)
    assert finding.evidence == {"code": "doctest", "expected": "5\n", "got": "4\n"}
    assert finding.remedy == "See it with: python -m doctest new.py"
    assert finding.help_url


@pytest.mark.parametrize(
    ("example", "told_as"),
    [
        (">>> 1 / 0\n1", "raises ZeroDivisionError: division by zero"),
        (">>> raise SystemExit\n1", "raises SystemExit"),
        (">>> 1", "gives `1`, not nothing"),
        (">>> None\n1", "gives nothing, not `1`"),
        (">>> for i in range(2):\n...     print(i)\n0\n2", "gives `0 1`, not `0 2`"),
        (">>> 'é' * 100\n1", "gives `'" + "é" * 76 + "...`, not `1`"),
    ],
)
def test_what_an_example_does_instead(root: Path, example: str, told_as: str) -> None:
    stage(root, {"new.py": f'"""A module.\n\n{example}\n"""\n'})

    (finding,) = judged(root, ask("doctest"))

    assert finding.line == 3
    assert finding.message.endswith(told_as)


LAYOUTS = {
    "a package in src": "src/pkg/new.py",
    "a package at the root": "flat/new.py",
    "a package that is not at the root": "projects/one/src/mono/new.py",
    "a folder without __init__.py in a package": "flat/sub/new.py",
    "a folder that is no package": "tools/new.py",
    "a folder with the name of a module of Python": "test/new.py",
    "a package without __init__.py in src": "src/space/part/new.py",
    "a file that no import can name": "flat/new-er.py",
    "the package itself": "flat/__init__.py",
}
AROUND = {
    "flat/__init__.py": "",
    "flat/helper.py": "ONE = 1\n",
    "flat/sub/helper.py": "ONE = 1\n",
    "projects/one/src/mono/__init__.py": "",
    "projects/one/src/mono/helper.py": "ONE = 1\n",
    "tools/helper.py": "ONE = 1\n",
    "test/helper.py": "ONE = 1\n",
    "src/space/part/helper.py": "ONE = 1\n",
}
NEIGHBOUR = {
    "tools/new.py": "from helper import ONE",
    "test/new.py": "from helper import ONE",
    "flat/new-er.py": "from flat.helper import ONE",
}


@pytest.mark.parametrize("path", LAYOUTS.values(), ids=LAYOUTS)
def test_a_module_sees_its_neighbours(root: Path, path: str) -> None:
    line = NEIGHBOUR.get(path, "from .helper import ONE")
    stage(root, {**AROUND, path: f'"""A module.\n\n>>> ONE\n2\n"""\n\n{line}\n'})

    assert told(judged(root, ask("doctest"))) == [(path, 3, "doctest")]


def test_what_python_says_of_a_file_is_what_the_gate_says(root: Path) -> None:
    source = '''"""Examples of many kinds.

>>> 1
2
"""


def f(x):
    """
    >>> f(1)
    1
    >>> f(2)  # doctest: +ELLIPSIS
    <...>
    >>> f(3)  # doctest: +SKIP
    7
    """
    return x


class C:
    """
    >>> C().g(
    ...     2,
    ... )
    0
    """

    def g(self, x):
        r"""
        >>> print("a\\nb")
        c
        """
        return x


__test__ = {"more": """
>>> f(5)
6
"""}
'''
    stage(root, {"new.py": source})
    command = [sys.executable, "-m", "doctest", "new.py"]
    said = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=60).stdout

    found = judged(root, ask("doctest"))

    lines = {int(line) for line in re.findall(r'new\.py", line (\d+)', said)}
    assert len(found) == 5
    assert {one.line for one in found} >= lines >= {3, 12, 22, 30}


class TestWhatIsRun:
    def test_the_staged_blob_and_not_what_is_on_disk(self, root: Path) -> None:
        stage(root, {"src/pkg/sums.py": WRONG})
        write(root, {"src/pkg/sums.py": GOOD})

        assert told(judged(root, ask("doctest"))) == [("src/pkg/sums.py", 11, "doctest")]

    def test_other_modules_as_they_are_staged_too(self, root: Path) -> None:
        example = '"""\n>>> from pkg.helper import ONE\n>>> ONE\n1\n"""\n'
        stage(root, {"src/pkg/new.py": example})
        write(root, {"src/pkg/helper.py": "ONE = 2\n"})

        assert judged(root, ask("doctest")) == []

    def test_a_commit_that_is_not_checked_out(self, root: Path) -> None:
        git(root, "switch", "--quiet", "--create", "side")
        commit(root, {"src/pkg/helper.py": "ONE = 2\n"})
        commit(root, {"new.py": '"""\n>>> from pkg.helper import ONE\n>>> ONE\n1\n"""\n'})
        git(root, "switch", "--quiet", "main")

        found = judged(
            root, ask("doctest"), changed=lambda root: changes.between(root, "main", "side")
        )

        assert [one.message for one in found] == ["the example `ONE` gives `2`, not `1`"]

    def test_the_working_tree_where_that_is_meant(self, root: Path) -> None:
        write(root, {"new.py": WRONG, "src/pkg/sums.py": WRONG, "data.txt": "x"})

        found = judged(root, ask("doctest"), changed=changes.working_tree)

        assert told(found) == [("new.py", 11, "doctest"), ("src/pkg/sums.py", 11, "doctest")]

    def test_a_file_that_an_example_reads_is_there(self, root: Path) -> None:
        stage(root, {"data/a b.txt": "x", "new.py": '"""\n>>> open("data/a b.txt").read()\n"""\n'})

        (finding,) = judged(root, ask("doctest"))

        assert finding.message.endswith("gives `'x'`, not nothing")

    def test_an_editable_installation_means_the_copy(
        self, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        stage(root, {"lib/mine.py": "ONE = 1\n"})
        stage(root, {"new.py": '"""\n>>> from mine import ONE\n>>> ONE\n1\n"""\n'})
        write(root, {"lib/mine.py": "ONE = 2\n"})
        monkeypatch.setenv("PYTHONPATH", str(root / "lib"))

        assert judged(root, ask("doctest")) == []

    def test_nothing_is_written_to_the_repository(self, root: Path) -> None:
        stage(root, {"new.py": '"""\n>>> _ = open("made", "w").write("x")\n"""\n'})

        assert judged(root, ask("doctest")) == []
        assert git(root, "status", "--porcelain") == "A  new.py"


class TestScope:
    def test_an_example_that_failed_before_does_not_count(self, root: Path) -> None:
        commit(root, {"src/pkg/sums.py": WRONG})
        stage(root, {"src/pkg/sums.py": WRONG + "\n\nx = 1\n"})

        assert judged(root, ask("doctest")) == []
        assert len(judged(root, ask("doctest"), scope="files")) == 1

    def test_an_example_that_the_change_breaks_counts_though_it_was_not_edited(
        self, root: Path
    ) -> None:
        stage(root, {"src/pkg/sums.py": GOOD.replace("a + b", "a - b")})

        assert told(judged(root, ask("doctest"))) == [
            ("src/pkg/sums.py", 3, "doctest"),
            ("src/pkg/sums.py", 11, "doctest"),
        ]

    def test_an_example_that_failed_before_for_another_module_does_not_count(
        self, root: Path
    ) -> None:
        source = '"""\n>>> from pkg.helper import ONE\n>>> ONE\n7\n"""\n'
        commit(root, {"src/pkg/new.py": source})
        stage(root, {"src/pkg/new.py": source + "x = 1\n"})

        assert judged(root, ask("doctest")) == []


class TestFlags:
    SOURCE = '"""\n>>> list(range(9))\n[0, 1, ..., 8]\n"""\n'

    @pytest.mark.parametrize(
        ("name", "content"),
        [
            ("pytest.ini", "[pytest]\ndoctest_optionflags = NUMBER ELLIPSIS  # for dots\n"),
            (
                "setup.cfg",
                "[tool:pytest]\ndoctest_optionflags =\n    NUMBER\n    ELLIPSIS\nx = 1\n",
            ),
            ("tox.ini", "[pytest]\ndoctest_optionflags: ELLIPSIS\n"),
            ("pyproject.toml", "[tool.pytest.ini_options]\ndoctest_optionflags = 'ELLIPSIS'\n"),
            (
                "pyproject.toml",
                '[tool.pytest.ini_options]\ndoctest_optionflags = [\n  "NUMBER",\n  "ELLIPSIS",\n]\n',
            ),
        ],
    )
    def test_those_of_pytest_hold(self, root: Path, name: str, content: str) -> None:
        stage(root, {"new.py": self.SOURCE})
        assert len(judged(root, ask("doctest"))) == 1
        stage(root, {name: content})
        assert judged(root, ask("doctest")) == []

    def test_an_option_takes_their_place(self, root: Path) -> None:
        stage(root, {"new.py": self.SOURCE, "pytest.ini": "[pytest]\ndoctest_optionflags = SKIP\n"})

        assert judged(root, ask("doctest", flags=["ELLIPSIS"])) == []
        assert len(judged(root, ask("doctest", flags=[]))) == 1


class TestNoVerdict:
    @pytest.mark.parametrize(
        ("source", "reason"),
        [
            ('"""\n>>> 1\n1\n"""\nimport no_such_package\n', "need no_such_package, which is not"),
            (
                '"""\n>>> import no_such_package.x\n>>> no_such_package\n"""\n',
                "need no_such_package",
            ),
            ('"""\n>>> 1\n1\n"""\nraise RuntimeError("no GPU")\n', "RuntimeError: no GPU"),
            ('"""\n>>> 1\n1\n"""\nfrom . import x\n', "ImportError: attempted relative import"),
            ('"""\n>>> 1\n1\n"""\nraise SystemExit(0)\n', "cannot be imported here.*SystemExit"),
            ('"""\n>>> import os; os._exit(0)\n"""\n', r"ended the Python .*\(exit code 0\)"),
            ('"""\n>>> import os; os.abort()\n"""\n', r"ended the Python .*\(SIGABRT\)"),
            ('"""\n>>> 1  # doctest: +NO_SUCH\n"""\n', "cannot be read: .*NO_SUCH"),
            ('"""\n>>> 1.5  # doctest: +NUMBER\n1.4\n"""\n', "NUMBER is for pytest to judge"),
        ],
    )
    def test_a_module_that_cannot_run_here_is_inconclusive(
        self, root: Path, source: str, reason: str
    ) -> None:
        stage(root, {"new.py": source})

        with pytest.raises(Inconclusive, match=reason) as doubt:
            judged(root, ask("doctest"))
        assert doubt.value.place and doubt.value.place.path == "new.py"

    def test_other_modules_are_judged_all_the_same(self, root: Path) -> None:
        stage(root, {"a.py": '"""\n>>> 1\n"""\nimport no_such_package\n', "b.py": WRONG})

        assert told(seen_before_the_doubt(root)) == [("b.py", 11, "doctest")]

    def test_a_generated_module_that_git_ignores_is_nobodys_mistake(self, root: Path) -> None:
        stage(root, {".gitignore": "_version.py\n"})
        line = "from ._version import version\n"
        stage(root, {"src/pkg/new.py": f'"""\n>>> 1\n1\n"""\n{line}'})

        with pytest.raises(Inconclusive, match="cannot be imported here"):
            judged(root, ask("doctest"))

    def test_names_that_pytest_gives_are_for_pytest_to_judge(self, root: Path) -> None:
        stage(root, {"conftest.py": "def add(doctest_namespace):\n    pass\n"})
        stage(root, {"src/pkg/new.py": '"""\n>>> np.ones\n1\n"""\n'})

        with pytest.raises(Inconclusive, match="needs `np`, which pytest may give"):
            judged(root, ask("doctest"))

    def test_examples_that_do_not_end(self, root: Path, tmp_path: Path) -> None:
        mark = tmp_path / "pid"
        body = (
            f">>> import os, subprocess, time\n>>> _ = open({str(mark)!r}, 'w').write(str("
            "subprocess.Popen(['sleep', '300']).pid))\n>>> time.sleep(300)\n"
        )
        stage(root, {"new.py": f'"""\n{body}"""\n', "zebra.py": GOOD})

        reason = "new.py did not end within 2 seconds, and 1 more module had no turn"
        with pytest.raises(Inconclusive, match=reason):
            judged(root, ask("doctest", timeout_seconds=2))
        assert is_gone(int(mark.read_text()))


class TestABrokenImport:
    @pytest.mark.parametrize(
        ("line", "message"),
        [
            ("from .helper import TWO", "ImportError: cannot import name 'TWO'"),
            ("from .missing import TWO", "ModuleNotFoundError: No module named 'pkg.missing'"),
            ("x = (", "SyntaxError: '(' was never closed"),
            ("no_such_name", "NameError: name 'no_such_name' is not defined"),
        ],
    )
    def test_that_no_machine_could_do_is_told_on_its_line(
        self, root: Path, line: str, message: str
    ) -> None:
        stage(root, {"src/pkg/new.py": f'"""\n>>> 1\n1\n"""\n\n{line}\n'})

        (finding,) = judged(root, ask("doctest"))

        assert (finding.line, finding.evidence["code"]) == (6, "import")
        assert message in finding.message

    def test_in_another_module_is_told_where_it_was_led_to(self, root: Path) -> None:
        stage(root, {"src/pkg/helper.py": "no_such_name\n"})
        stage(root, {"src/pkg/new.py": '"""\n>>> 1\n1\n"""\n\nfrom . import helper\n'})

        (finding,) = judged(root, ask("doctest"))

        assert (finding.path, finding.line) == ("src/pkg/new.py", 6)
        assert finding.message.endswith(" in src/pkg/helper.py")


def test_nothing_runs_on_when_smokealarm_is_killed(root: Path, tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    body = f">>> import os, time\n>>> _ = open({str(mark)!r}, 'w').write(str(os.getpid()))\n"
    stage(root, {"new.py": f'"""\n{body}>>> time.sleep(300)\n"""\n'})
    process = started(root)
    wait_for(lambda: mark.exists() and mark.read_text() != "")

    process.send_signal(signal.SIGKILL)
    process.wait(20)

    assert is_gone(int(mark.read_text()))


def test_an_interrupt_ends_what_runs(root: Path, tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    body = f">>> import os, time\n>>> _ = open({str(mark)!r}, 'w').write(str(os.getpid()))\n"
    stage(root, {"new.py": f'"""\n{body}>>> time.sleep(300)\n"""\n'})
    process = started(root)
    wait_for(lambda: mark.exists() and mark.read_text() != "")

    process.send_signal(signal.SIGINT)

    assert process.wait(20) != 0
    assert is_gone(int(mark.read_text()))


def started(root: Path) -> subprocess.Popen[bytes]:
    write(root, {".smokealarm.yaml": "style:\n  - checks: [doctest]\n"})
    command = [sys.executable, "-m", "smokealarm", "check", "--staged", "--stage", "style"]
    return subprocess.Popen(command, cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def wait_for(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(0.05)


def is_gone(pid: int) -> bool:
    """Soon: the end of a process takes a moment, and nobody may wait for it afterwards."""

    def ended() -> bool:
        status = Path(f"/proc/{pid}/status")
        return not status.exists() or "State:\tZ" in status.read_text()

    wait_for(ended)
    return True


def seen_before_the_doubt(root: Path) -> list[Finding]:
    found = []
    case = Case(stage="style", name="all", place=HERE, asks=(ask("doctest"),))
    with opened(case, Workspace(root=root, changes=changes.staged(root))) as subject:
        with pytest.raises(Inconclusive, match="no_such_package"):
            for one in subject.ask(case.asks[0]):
                found.append(one)
    return [one for one in found if isinstance(one, Finding)]
