from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from smokealarm.style.adopting.adoption import File, Moment, curve, shares
from smokealarm.style.record import parse
from tests.repositories import clone, commit, git, make_repository
from tests.style.verbs import document, rows, smokealarm

STATUS = ("status", "--budget", "0")
DAY = date(2026, 6, 1)


def moment(record: str, *files: tuple[str, str, int], day: date = DAY) -> Moment:
    return Moment(day, parse(record.encode()), tuple(File(*file) for file in files))


def curves(results: dict[str, Any]) -> list[dict[str, Any]]:
    found = [p for outcome in results.get("outcomes", ()) for p in outcome.get("pictures", ())]
    return [picture for picture in found if picture["type"] == "curve"]


def findings(results: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for outcome in results.get("outcomes", ()) for one in outcome.get("findings", ())]


def test_a_repository_without_a_record_is_told_how_to_begin(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "r", {"a.py": "x = 1\n"})
    done = smokealarm(root, *STATUS)
    assert done.returncode == 0, done.stderr
    assert "nothing is adopted yet" in done.stdout and "smokealarm suggest style" in done.stdout


def test_the_share_is_of_the_files_and_lines_that_the_tool_looks_at() -> None:
    now = moment(
        "black * src/ keep\nblack * src/core/ strict\nshellcheck * . new\n",
        ("src/a.py", "python", 10),
        ("src/core/b.py", "python", 30),
        ("tests/c.py", "python", 60),
        ("run.sh", "shell", 7),
        ("data.bin", "", 1000),
    )
    found = shares(now, [("black", "*"), ("shellcheck", "*")])
    assert found["black", "*"] == (3, 100, 2, 40, 1, 30)
    assert found["shellcheck", "*"] == (1, 7, 1, 7, 0, 0)


def test_a_line_about_a_single_file_is_about_no_other() -> None:
    now = moment("flake8 F src/a.py strict\n", ("src/a.py", "python", 1), ("src/b.py", "python", 1))
    assert shares(now, [("flake8", "F")])["flake8", "F"].strict == 50.0


def test_files_at_the_root_are_kept_by_the_line_of_the_whole_repository_alone() -> None:
    files = ("a.py", "python", 1), ("b.py", "python", 1)
    assert shares(moment("flake8 F . new\n", *files), [("flake8", "F")])["flake8", "F"].kept == 100
    assert shares(moment("flake8 F x/ new\n", *files), [("flake8", "F")])["flake8", "F"].kept == 0


def test_what_is_waived_on_the_day_is_not_kept_on_it() -> None:
    record = "flake8 F . strict\nwaive flake8 F src/ until 2026-06-30: later\n"
    files = ("src/a.py", "python", 1), ("b.py", "python", 1)
    during, after = (moment(record, *files, day=day) for day in (DAY, date(2026, 7, 1)))
    assert shares(during, [("flake8", "F")])["flake8", "F"].strict == 50.0
    assert shares(after, [("flake8", "F")])["flake8", "F"].strict == 100.0


def test_rules_that_were_adopted_together_are_one_series() -> None:
    record = "".join(f"flake8 F{number} . strict\n" for number in range(401, 420))
    before, now = moment("", ("a.py", "python", 1)), moment(record, ("a.py", "python", 1))
    found = curve([before, now], [("flake8", f"F{number}") for number in range(401, 420)])
    assert found.series == {"flake8 F401, F402 and 17 more strict": [0.0, 100.0]}


def test_more_than_eight_series_are_seven_and_the_mean_of_the_rest() -> None:
    files = [(f"f{number}/a.py", "python", 1) for number in range(10)]
    lines = [f"flake8 F{number} f{other}/ new\n" for number in range(10) for other in range(number)]
    found = curve([moment("".join(lines), *files)], [("flake8", f"F{n}") for n in range(1, 10)])
    assert len(found.series) == 8
    assert found.series["2 others (mean)"] == [15.0]


def test_the_history_is_shown_as_a_curve_and_the_present_as_a_table(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "r")
    days = ["2026-01-01T00:00:00Z", "2026-01-11T00:00:00Z", "2026-03-02T00:00:00Z"]
    records = ["", "black * src/ keep\n", "black * . strict\n"]
    files = {"src/a.py": "x = 1\n", "b.py": "y = 1\n" * 3}
    for record in records:
        commit(root, {**files, ".smokealarm-style": record})
    date_all(root, days)

    results = document(root, *STATUS, "--points", "3", "--since", "2026-01-01")

    (shown,) = curves(results)
    assert shown["x"] == [-60.0, -30.0, 0.0]
    assert shown["series"] == {
        "black keep": [0.0, 25.0, 100.0],
        "black strict": [0.0, 0.0, 100.0],
    }
    assert rows(results, "adoption") == [["black", "2 of 2", "100.0 %", "2 of 2", "100.0 %"]]


def date_all(root: Path, days: list[str]) -> None:
    """Give the commits of HEAD these days, the oldest first."""
    script = "\n".join(
        f'if [ "$GIT_COMMIT" = {name} ]; then export GIT_COMMITTER_DATE={day}; fi'
        for name, day in zip(git(root, "rev-list", "--reverse", "HEAD").split(), days)
    )
    git(root, "filter-branch", "--env-filter", script)


def test_people_see_the_curve(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "r", {"a.py": "x = 1\n"})
    commit(root, {".smokealarm-style": "black * . strict\n"})
    said = smokealarm(root, *STATUS).stdout
    assert "Share of lines that keep a rule" in said and "100.0 %" in said


def test_a_line_of_an_old_record_that_cannot_be_read_is_passed_over(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "r", {"a.py": "x = 1\n", ".smokealarm-style": "nonsense\n"})
    commit(root, {".smokealarm-style": "black * . strict\n"})
    assert rows(document(root, *STATUS), "adoption")


def test_a_commit_that_blame_is_to_ignore_and_that_is_in_the_history_is_no_finding(
    tmp_path: Path,
) -> None:
    root = make_repository(tmp_path / "r", {"a.py": "x = 1\n"})
    commit(root, {".git-blame-ignore-revs": git(root, "rev-parse", "HEAD")})
    assert findings(document(root, *STATUS)) == []


def test_a_squashed_commit_that_blame_is_to_ignore_is_told(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "r", {"a.py": "x = 1\n"})
    commit(root, {".git-blame-ignore-revs": f"# formatted\n{'1' * 40}\n"})
    (found,) = findings(document(root, *STATUS))
    assert (found["path"], found["line"]) == (".git-blame-ignore-revs", 2)
    assert "squashed or rebased" in found["remedy"]


def test_in_a_shallow_clone_the_commit_may_only_be_older(tmp_path: Path) -> None:
    source = make_repository(tmp_path / "source", {"a.py": "x = 1\n"})
    commit(source, {".git-blame-ignore-revs": git(source, "rev-parse", "HEAD")})
    root = clone(source, tmp_path / "shallow", "--depth", "1")
    (found,) = findings(document(root, *STATUS))
    assert "git fetch --unshallow" in found["remedy"]


def test_a_kept_rule_that_people_suppress_is_listed_as_a_false_alarm(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "r", {".smokealarm-style": "flake8 F . new\n"})
    excused = "".join(f"import m{n}  # noqa: F401\n" for n in range(5))
    commit(root, {f"{name}.py": excused for name in "abc"})
    results = document(root, "status")
    (found,) = findings(results)
    assert "people suppress flake8 F401 more often than they mend it: 15 of 15" in found["message"]
    assert rows(results, "suppressed") == [["flake8 F401", 15, 3, 0, "100%", "not proposed"]]


@pytest.mark.parametrize(
    "options, said",
    [
        (("--since", "yesterday"), "'yesterday' is no date"),
        (("--points", "0"), "expected 1 to 1000"),
    ],
)
def test_an_option_that_makes_no_sense_is_told(
    tmp_path: Path, options: tuple[str, ...], said: str
) -> None:
    root = make_repository(tmp_path / "r", {"a.py": "x = 1\n"})
    done = smokealarm(root, *STATUS, *options)
    assert done.returncode == 2 and said in done.stderr


def test_without_a_commit_there_is_no_status(tmp_path: Path) -> None:
    done = smokealarm(make_repository(tmp_path / "r"), *STATUS)
    assert done.returncode == 2 and "there is no commit yet" in done.stderr
