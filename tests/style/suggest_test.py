from __future__ import annotations

import os
from pathlib import Path

import pytest

from smokealarm.style.record import parse
from smokealarm.style.suggest import shortened
from tests.repositories import commit, git, make_repository, write
from tests.style.verbs import document, rows, smokealarm, without_jupyter

CLEAN = "x = 1\n"
UNUSED = "import os\n"
MANY_UNUSED = "".join(f"import module_{number}\n" for number in range(12))
SUGGEST = ("suggest", "style", "--budget", "0")


@pytest.fixture(scope="module")
def shared_memory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a tool said of a file in one test is remembered in the others, as it is for a user."""
    return tmp_path_factory.mktemp("remembered")


@pytest.fixture(autouse=True)
def remembered(
    plain_environment: None, shared_memory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SMOKEALARM_CACHE", str(shared_memory))


def proposed(root: Path, *options: str) -> list[str]:
    return [row[0] for row in rows(document(root, *SUGGEST, *options), "suggest")]


def written(root: Path) -> str:
    return (root / ".smokealarm-style").read_text()


def test_a_clean_repository_can_opt_into_everything_for_free(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "r", {"src/a.py": CLEAN, "run.sh": "#!/bin/sh\ntrue\n"})

    assert proposed(root) == [
        "flake8 E9 . strict",
        "flake8 F . strict",
        "flake8 E4 . strict",
        "flake8 E71 . strict",
        "flake8 E72 . strict",
        "flake8 E731 . strict",
        "flake8 E74 . strict",
        "flake8 W605 . strict",
        "shellcheck * . strict",
        "black * . strict",
    ]


def test_without_files_to_judge_nothing_is_proposed(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "r", {"README.md": "hello\n"})
    assert proposed(root) == []
    assert "nothing to add" in smokealarm(root, *SUGGEST).stdout


def test_a_repository_without_a_commit_is_surveyed_as_it_is_staged(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "r")
    write(root, {"a.py": UNUSED})
    git(root, "add", "a.py")
    assert "flake8 F . new" in [
        row[0] for row in rows(document(root, "suggest", "style"), "suggest")
    ]


def test_a_rule_that_is_broken_is_proposed_as_new_and_the_others_of_its_kind_as_strict(
    tmp_path: Path,
) -> None:
    root = make_repository(tmp_path / "r", {"src/a.py": UNUSED})

    lines = proposed(root)

    assert "flake8 F . new" in lines and "flake8 F . strict" not in lines
    assert {"flake8 F402 . strict", "flake8 F8 . strict"} <= set(lines)
    assert "flake8 F401 . strict" not in lines


def test_a_folder_that_keeps_a_costly_rule_gets_a_line_of_its_own(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "r", {"lib/a.py": MANY_UNUSED, "src/a.py": CLEAN})

    lines = proposed(root)

    assert "flake8 F src/ strict" in lines
    assert not [line for line in lines if " lib/ " in line]


def test_a_rule_that_is_nearly_free_comes_with_the_lines_to_mend(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "r", {"lib/a.py": UNUSED, "src/a.py": CLEAN})

    results = document(root, *SUGGEST)

    (fix,) = [f for outcome in results["outcomes"] for f in outcome.get("findings", ())]
    assert (fix["path"], fix["line"], fix["level"]) == ("lib/a.py", 1, "notice")
    assert "mend 1 line and flake8 F401 is free" in fix["message"]
    assert not [row for row in rows(results, "suggest") if " src/ " in row[0]]


def test_what_fails_is_counted_by_rule_and_folder_with_the_lines_to_change(tmp_path: Path) -> None:
    files = {"lib/a.py": "import os, sys\n", "src/a.py": UNUSED, "top.py": "x=1\n"}
    root = make_repository(tmp_path / "r", files)

    found = {row[0]: row[3:] for row in rows(document(root, *SUGGEST), "today")}

    assert found["flake8 F401"] == [3, 2, 2, "lib/ 2, src/ 1"]
    assert found["black"] == [1, 1, 1, ". 1"]
    assert found["flake8 E225"] == [1, 1, 1, ". 1"]


def test_the_length_of_lines_is_never_proposed(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "r", {"a.py": f"x = '{'a' * 100}'\n"})
    lines = proposed(root, "--layout")
    assert lines and not [
        line for line in lines if line.split()[1] in ("*", "E", "E5", "E501") and "flake8" in line
    ]


@pytest.mark.parametrize("rule", ["E203", "E701", "W503"])
def test_what_black_would_break_is_never_proposed(tmp_path: Path, rule: str) -> None:
    files = {"a.py": CLEAN, ".flake8": "[flake8]\nignore = E999\n"}
    root = make_repository(tmp_path / "r", files)
    meant = [line.split()[1] for line in proposed(root, "--layout") if line.startswith("flake8")]
    assert meant and not any(rule.startswith(start) for start in meant)


def test_a_rule_that_the_project_ignores_is_not_proposed(tmp_path: Path) -> None:
    files = {"a.py": CLEAN, "setup.cfg": "[flake8]\nextend-ignore = W605\n"}
    root = make_repository(tmp_path / "r", files)
    assert "flake8 W605 . strict" not in proposed(root)


def test_black_is_not_proposed_where_another_formatter_is_at_work(tmp_path: Path) -> None:
    files = {f"{name}.py": "x  = {'a' : 1}\n" for name in "abc"}
    root = make_repository(tmp_path / "r", files)
    assert not [line for line in proposed(root) if line.startswith("black")]
    commit(root, {"pyproject.toml": "[tool.black]\n"})
    assert "black * . keep" in proposed(root)


def test_notebooks_that_black_cannot_judge_here_do_not_keep_it_from_being_proposed(
    tmp_path: Path,
) -> None:
    root = make_repository(tmp_path / "r", {"a.py": CLEAN, "n.ipynb": "{}"})
    done = smokealarm(root, *SUGGEST, **without_jupyter(tmp_path / "site"))
    assert done.returncode == 3
    assert "black * . strict" in done.stdout and "could not tell" in done.stdout


def test_layout_is_left_to_the_formatter_unless_it_is_asked_for(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "r", {f"{name}.py": "x  = {'a' : 1}\n" for name in "abc"})
    layout = {"flake8 E1 . strict", "flake8 E3 . strict"}
    assert not layout & set(proposed(root))
    assert layout <= set(proposed(root, "--layout"))


def test_a_rule_that_people_suppress_is_not_proposed(tmp_path: Path) -> None:
    excused = "".join(f"import module_{number}  # noqa: F401\n" for number in range(6))
    root = make_repository(tmp_path / "r", {"a.py": CLEAN})
    commit(root, {f"{name}.py": excused for name in "bcd"})

    results = document(root, "suggest", "style")

    assert rows(results, "suppressed") == [["flake8 F401", 18, 3, 0, "100%", "not proposed"]]
    lines = [row[0] for row in rows(results, "suggest")]
    assert "flake8 F402 . strict" in lines
    assert not {"flake8 F . strict", "flake8 F4 . strict", "flake8 F401 . strict"} & set(lines)


def test_nothing_is_written_unless_it_is_asked_for(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "r", {"a.py": CLEAN})
    done = smokealarm(root, *SUGGEST)
    assert (done.returncode, git(root, "status", "--porcelain")) == (0, "")
    assert "smokealarm suggest style --write" in done.stdout


def test_write_opts_in_and_the_record_is_read_and_merges_by_union(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "r", {"a.py": UNUSED})

    done = smokealarm(root, *SUGGEST, "--write")

    assert done.returncode == 0, done.stderr
    assert "+flake8 F . new" in done.stdout
    assert parse(written(root).encode()).lines
    assert (root / ".gitattributes").read_text() == ".smokealarm-style merge=union\n"
    assert (root / ".smokealarm.yaml").read_text() == (
        "style:\n  - record: .smokealarm-style\n    checks: [black, flake8, record]\n"
    )
    git(root, "add", ".")
    commit(root)
    assert smokealarm(root, "check", "--base", "HEAD~1").returncode == 0


def test_writing_twice_changes_nothing(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "r", {"a.py": UNUSED})
    smokealarm(root, *SUGGEST, "--write")
    git(root, "add", ".")
    commit(root)
    done = smokealarm(root, *SUGGEST, "--write")
    assert "nothing to add" in done.stdout
    assert git(root, "status", "--porcelain") == ""


def test_an_existing_record_is_only_tightened(tmp_path: Path) -> None:
    record = (
        "# ours\nblack * . strict\nflake8 F401 . strict\nwaive flake8 E4 . until 2030-01-01: x\n"
    )
    files = {"a.py": UNUSED, ".smokealarm-style": record}
    root = make_repository(tmp_path / "r", files)

    smokealarm(root, *SUGGEST, "--write")

    now = written(root)
    assert now.startswith("# ours\n")
    assert {*record.splitlines()} <= {*now.splitlines()}
    assert "flake8 F401 . new" not in now and "black * . keep" not in now


def test_the_configuration_keeps_every_byte_that_it_had(tmp_path: Path) -> None:
    yaml = "# mine\r\ndata:   # tables\r\n  - table: t.csv\r\n    checks: []"
    attributes = "*.png binary"
    files = {"a.py": CLEAN, ".smokealarm.yaml": yaml, ".gitattributes": attributes}
    root = make_repository(tmp_path / "r", files)

    smokealarm(root, *SUGGEST, "--write")

    now = (root / ".smokealarm.yaml").read_bytes().decode()
    assert now.startswith(yaml) and "style:\r\n  - record: .smokealarm-style\r\n" in now
    assert (root / ".gitattributes").read_text() == (
        "*.png binary\n.smokealarm-style merge=union\n"
    )


@pytest.mark.parametrize(
    "yaml", ["style:\n  - checks: [black]\n", "{data: [{table: t.csv, checks: []}]}\n"]
)
def test_a_configuration_that_cannot_be_continued_is_left_and_the_case_is_shown(
    tmp_path: Path, yaml: str
) -> None:
    root = make_repository(tmp_path / "r", {"a.py": CLEAN, ".smokealarm.yaml": yaml})
    done = smokealarm(root, *SUGGEST, "--write")
    assert (root / ".smokealarm.yaml").read_text() == yaml
    assert "by hand" in done.stdout and "record: .smokealarm-style" in done.stdout


@pytest.mark.parametrize(
    "name, content, place",
    [
        (".smokealarm-style", "flake8 F . strickt\n", ".smokealarm-style:1:12: "),
        (".smokealarm.yaml", "style: [\n", ".smokealarm.yaml:2:1: "),
    ],
)
def test_a_file_that_cannot_be_read_is_told_with_its_place_and_nothing_is_written(
    tmp_path: Path, name: str, content: str, place: str
) -> None:
    root = make_repository(tmp_path / "r", {"a.py": CLEAN, name: content})
    done = smokealarm(root, *SUGGEST, "--write")
    assert done.returncode == 2
    assert place in done.stderr
    assert git(root, "status", "--porcelain") == ""


def test_a_link_is_not_replaced_by_a_file(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "r", {"a.py": CLEAN, "real": ""})
    (root / ".smokealarm-style").symlink_to("real")
    done = smokealarm(root, *SUGGEST, "--write")
    assert done.returncode == 2 and "no ordinary file" in done.stderr
    assert (root / ".smokealarm-style").is_symlink()


@pytest.mark.parametrize("folder", ["with space", "new\nline", "-dash", "ü", os.fsdecode(b"\xe9")])
def test_a_folder_with_an_odd_name_is_written_so_that_the_record_reads_it(
    tmp_path: Path, folder: str
) -> None:
    root = make_repository(tmp_path / "r", {"lib/a.py": MANY_UNUSED, f"{folder}/a.py": CLEAN})
    done = smokealarm(root, *SUGGEST, "--write")
    assert done.returncode == 0, done.stderr
    paths = {line.region.path for line in parse(written(root).encode()).lines}
    assert f"{folder}/" in paths


def test_programs_get_the_document_alone(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "r", {"a.py": UNUSED})
    assert document(root, *SUGGEST, "--write")["version"] == 1


@pytest.mark.parametrize(
    "wanted, others, short",
    [
        ({"F401", "F402"}, {"E501"}, {"F"}),
        ({"F401"}, {"E501"}, {"F401"}),
        ({"F402", "F811"}, {"F401"}, {"F402", "F811"}),
        ({"E901", "E902", "E401"}, {"E501"}, {"E9", "E401"}),
        ({"B"}, {"B006"}, set()),
        (set(), {"E501"}, set()),
    ],
)
def test_rules_are_named_by_the_fewest_beginnings_that_mean_no_other(
    wanted: set[str], others: set[str], short: set[str]
) -> None:
    assert set(shortened(wanted, others)) == short
