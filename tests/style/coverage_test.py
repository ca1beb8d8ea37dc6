from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from smokealarm.errors import Inconclusive
from smokealarm.finding import Finding, Level
from tests.repositories import make_repository, stage, write
from tests.style.judging import ask, judged

Lines = Mapping[str, Mapping[int, int]]
MODULE = "import os\n\n\ndef f(x):\n    if x:\n        y = 1\n        return y\n    return 2\n"
RUNS = {1: 1, 4: 1, 5: 1, 6: 0, 7: 0, 8: 1}


def cobertura(files: Lines, *sources: str) -> str:
    """In the manner of coverage.py 7: its comment, its attributes, a method list that is empty."""
    classes = "".join(
        f'<class name="x" filename="{name}" line-rate="1"><methods/><lines>'
        + "".join(f'<line number="{line}" hits="{hits}"/>' for line, hits in runs.items())
        + "</lines></class>"
        for name, runs in files.items()
    )
    told = "".join(f"<source>{source}</source>" for source in sources)
    return (
        '<?xml version="1.0" ?>\n<coverage version="7.6" timestamp="1">\n<!-- Generated -->'
        f"<sources>{told}</sources><packages><package><classes>{classes}</classes></package>"
        "</packages></coverage>\n"
    )


def coverage_json(files: Lines) -> str:
    told = {
        name: {
            "executed_lines": [line for line, hits in runs.items() if hits],
            "missing_lines": [line for line, hits in runs.items() if not hits],
            "excluded_lines": [],
            "summary": {"percent_covered": 1.0},
        }
        for name, runs in files.items()
    }
    return json.dumps({"meta": {"format": 3, "version": "7.6"}, "files": told, "totals": {}})


def lcov(files: Lines) -> str:
    return "".join(
        f"TN:\nSF:{name}\n"
        + "".join(f"DA:{line},{hits}\n" for line, hits in runs.items())
        + "LF:6\nLH:4\nend_of_record\n"
        for name, runs in files.items()
    )


FORMATS: dict[str, Callable[[Lines], str]] = {
    "coverage.xml": cobertura,
    "coverage.json": coverage_json,
    "coverage.lcov": lcov,
    "lcov.info": lcov,
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_repository(tmp_path / "repository", {"README.md": ""})


def told(findings: list[Finding]) -> list[tuple[str | None, int | None, str]]:
    assert all(one.level is Level.NOTICE for one in findings)
    return [(one.path, one.line, one.message) for one in findings]


@pytest.mark.parametrize("name", FORMATS)
def test_changed_lines_that_a_test_runs_are_fine(root: Path, name: str) -> None:
    stage(root, {"a.py": MODULE})
    write(root, {name: FORMATS[name]({"a.py": dict.fromkeys(RUNS, 1)})})

    assert judged(root, ask("coverage")) == []


@pytest.mark.parametrize("name", FORMATS)
def test_neighbours_that_no_test_runs_are_one_notice(root: Path, name: str) -> None:
    stage(root, {"a.py": MODULE})
    write(root, {name: FORMATS[name]({"a.py": RUNS})})

    (finding,) = judged(root, ask("coverage"))

    assert finding.message == "lines 6 to 7 are run by no test"
    assert (finding.path, finding.line, finding.end_line) == ("a.py", 6, 7)
    assert finding.level is Level.NOTICE
    assert finding.evidence == {"code": "coverage", "file": name}
    assert "# pragma: no cover" in finding.remedy and finding.help_url


@pytest.mark.parametrize("scope", ["new", "files", "lines"])
def test_lines_that_the_change_does_not_touch_do_not_count(root: Path, scope: str) -> None:
    before = MODULE.replace("y = 1", "y = 0")
    root = make_repository(root.parent / "other", {"a.py": before})
    stage(root, {"a.py": MODULE})
    write(root, {"coverage.xml": cobertura({"a.py": RUNS})})

    found = judged(root, ask("coverage"), scope=scope)

    assert told(found) == [("a.py", 6, "line 6 is run by no test")]


def test_lines_without_code_do_not_part_neighbours_and_a_line_that_runs_does(root: Path) -> None:
    stage(root, {"a.py": "x = 1\n# why\n\ny = 1\nz = 1\na = 1\n"})
    write(root, {"coverage.xml": cobertura({"a.py": {1: 0, 4: 0, 5: 1, 6: 0}})})

    found = judged(root, ask("coverage"))

    assert [(one.line, one.end_line) for one in found] == [(1, 4), (6, 6)]


def test_a_statement_on_several_lines_is_run_or_not_as_a_whole(root: Path) -> None:
    before = "x = [\n    1,\n    2,\n]\n"
    root = make_repository(root.parent / "other", {"a.py": before})
    stage(root, {"a.py": before.replace("2", "3")})
    write(root, {"coverage.xml": cobertura({"a.py": {1: 0}})})

    assert told(judged(root, ask("coverage"))) == [("a.py", 3, "line 3 is run by no test")]


def test_a_file_of_the_users_choice_is_read(root: Path) -> None:
    stage(root, {"a.py": MODULE})
    write(root, {"build/out.xml": cobertura({"a.py": RUNS}), "coverage.xml": cobertura({})})

    assert len(judged(root, ask("coverage", file="build/out.xml"))) == 1


def test_what_several_classes_of_a_file_say_is_added_up(root: Path) -> None:
    stage(root, {"a.py": MODULE})
    twice = cobertura({"a.py": RUNS}).replace(
        "</classes>", '<class filename="a.py"><line number="6" hits="2"/></class></classes>'
    )
    write(root, {"coverage.xml": twice})

    assert told(judged(root, ask("coverage"))) == [("a.py", 7, "line 7 is run by no test")]


class TestWhichFileIsMeant:
    @pytest.mark.parametrize(
        ("name", "source"),
        [
            ("src/pkg/a.py", ""),
            ("pkg/a.py", ""),
            ("a.py", "/home/runner/work/repo/repo/src/pkg"),
            ("pkg/a.py", "/home/runner/work/repo/repo/src"),
            ("src/pkg/a.py", "/app"),
            ("/home/runner/work/repo/repo/src/pkg/a.py", ""),
            ("src\\pkg\\a.py", "C:\\repo"),
            ("./src/pkg/a.py", ""),
        ],
    )
    def test_the_one_that_most_folders_agree_on(self, root: Path, name: str, source: str) -> None:
        others = {"pkg/b.py": "x = 1\n", "src/other/a.py": MODULE, "src/pkg/a.py": MODULE}
        stage(root, others)
        write(root, {"coverage.xml": cobertura({name: RUNS}, *filter(None, [source]))})

        found = judged(root, ask("coverage"), files="^src/pkg/")

        assert told(found) == [("src/pkg/a.py", 6, "lines 6 to 7 are run by no test")]

    def test_one_that_could_be_several_is_left_out_and_that_is_said(self, root: Path) -> None:
        stage(root, {"one/a.py": MODULE, "two/a.py": MODULE, "tests/test_a.py": MODULE})
        write(root, {"coverage.xml": cobertura({"a.py": RUNS})})

        found = told(judged(root, ask("coverage")))

        assert found == [("one/a.py", 1, "coverage.xml says nothing of this file, nor of two/a.py")]

    def test_one_that_is_known_twice_is_left_out(self, root: Path) -> None:
        stage(root, {"src/a.py": MODULE})
        write(root, {"coverage.xml": cobertura({"/x/src/a.py": RUNS, "/y/src/a.py": RUNS})})

        found = told(judged(root, ask("coverage")))

        assert found == [("src/a.py", 1, "coverage.xml says nothing of this file")]

    def test_a_file_without_code_is_not_missed(self, root: Path) -> None:
        stage(root, {"pkg/__init__.py": '"""A package."""\n', "a.py": MODULE})
        write(root, {"coverage.xml": cobertura({"a.py": dict.fromkeys(RUNS, 1)})})

        assert judged(root, ask("coverage")) == []


class TestNoVerdict:
    def test_without_a_file(self, root: Path) -> None:
        stage(root, {"a.py": MODULE})

        with pytest.raises(Inconclusive, match="there is no coverage file: none of") as doubt:
            judged(root, ask("coverage"))
        assert "coverage xml" in doubt.value.remedy

    def test_without_a_change_of_python_no_file_is_needed(self, root: Path) -> None:
        stage(root, {"a.txt": "x"})

        assert judged(root, ask("coverage")) == []

    @pytest.mark.parametrize(
        "now",
        [
            MODULE[:-15],
            MODULE.replace("def f", "\n\n\ndef f"),
            MODULE.replace("import os\n", "import os\n\n"),
            MODULE.replace("import os", '"""A module.\n\nOf\nlines.\n"""\nimport os'),
            "# it is gone\n",
            "",
        ],
    )
    def test_a_file_that_was_made_before_the_change(self, root: Path, now: str) -> None:
        stage(root, {"a.py": now})
        write(root, {"coverage.xml": cobertura({"a.py": RUNS})})

        with pytest.raises(Inconclusive, match="coverage.xml was made before this change.* a.py"):
            judged(root, ask("coverage"))

    def test_new_code_at_the_end_that_the_file_does_not_know_is_told(self, root: Path) -> None:
        root = make_repository(root.parent / "other", {"a.py": MODULE})
        stage(root, {"a.py": MODULE + "\n\ndef g():\n    return 1\n"})
        write(root, {"coverage.xml": cobertura({"a.py": dict.fromkeys(RUNS, 1)})})

        ((path, line, message),) = told(judged(root, ask("coverage")))

        assert (path, line) == ("a.py", 9)
        assert (
            message == "coverage.xml says nothing of the changed lines, though it knows this file"
        )

    @pytest.mark.parametrize(
        ("name", "content", "reason"),
        [
            ("coverage.xml", "", "no element found"),
            ("coverage.xml", "<coverage", "unclosed token"),
            ("coverage.xml", "<html/>", "its first element is <html>, not <coverage>"),
            ("coverage.xml", "<coverage/>", "it speaks of no file"),
            ("coverage.xml", "<coverage><class/></coverage>", "no attribute 'filename'"),
            (
                "coverage.xml",
                cobertura({"a.py": RUNS}).replace('number="1"', 'number="one"'),
                "invalid literal",
            ),
            (
                "coverage.xml",
                '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><coverage>&b;</coverage>',
                "it declares the entity a",
            ),
            (
                "coverage.xml",
                '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><coverage>&a;</coverage>',
                "it declares the entity a",
            ),
            ("coverage.json", "", "truncated"),
            ("coverage.json", "[]", "Expected `object`"),
            ("coverage.json", '{"files": {}}', "it speaks of no file"),
            ("coverage.json", '{"files": {"a.py": {"executed_lines": "x"}}}', "Expected `array`"),
            ("lcov.info", "", "it speaks of no file"),
            ("lcov.info", "SF:a.py\nDA:one,1\n", "invalid literal"),
            ("lcov.info", "SF:a.py\nDA:1\n", "not enough values"),
        ],
    )
    def test_a_file_that_is_none(self, root: Path, name: str, content: str, reason: str) -> None:
        stage(root, {"a.py": MODULE})
        write(root, {name: content})

        with pytest.raises(Inconclusive, match=f"{name} is not a coverage file.*{reason}"):
            judged(root, ask("coverage"))

    def test_a_doctype_as_other_tools_write_it_does_no_harm(self, root: Path) -> None:
        stage(root, {"a.py": MODULE})
        doctype = (
            '<!DOCTYPE coverage SYSTEM "http://cobertura.sourceforge.net/xml/coverage-04.dtd">'
        )
        written = cobertura({"a.py": RUNS}).replace("\n<coverage", f"\n{doctype}\n<coverage")
        write(root, {"coverage.xml": written})

        assert len(judged(root, ask("coverage"))) == 1

    def test_a_file_in_a_name_that_is_a_folder(self, root: Path) -> None:
        stage(root, {"a.py": MODULE})
        write(root, {"coverage/x": ""})

        with pytest.raises(Inconclusive, match="Is a directory"):
            judged(root, ask("coverage", file="coverage"))
