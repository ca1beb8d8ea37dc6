from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from smokealarm.config import cases_of, read
from smokealarm.errors import FatalError, Place
from smokealarm.finding import Level
from tests.config.toy_stage import load

HEALTHY = b"""\
data:
  - table: a.parquet
    rows: 5
    checks:
      - small
      - between: {column: x, mostly: 1, level: warning}
  - name: b
    table: b.parquet
    files: ^b
    checks:
      - small: {skip: "known to be large, see #3"}
"""


def test_a_healthy_configuration_becomes_cases_with_the_place_of_each_check() -> None:
    first, second = cases_of(HEALTHY, ".smokealarm.yaml", load)
    assert (first.stage, first.name, first.settings) == (
        "data",
        "a.parquet",
        {"table": "a.parquet", "rows": 5},
    )
    assert [ask.check for ask in first.asks] == ["small", "between"]
    assert first.asks[1].place == Place(".smokealarm.yaml", 6, 9)
    assert first.asks[1].options == {"column": "x", "mostly": 1.0}
    assert first.asks[1].level is Level.WARNING
    assert first.places["rows"] == Place(".smokealarm.yaml", 3, 11)
    assert (second.name, second.files) == ("b", "^b")
    assert second.asks[0].skip == "known to be large, see #3"


def choosy(name: str) -> object:
    """The toy stage, with a choice of its own."""
    stage = load(name)
    return SimpleNamespace(CHECKS=stage.CHECKS, opened=stage.opened, DEFAULTS=("small",))


@pytest.mark.parametrize(
    ("checks", "asked"),
    [
        ("", [("small", {}, 2)]),
        ("    checks: [defaults]\n", [("small", {}, 3)]),
        (
            "    checks:\n      - defaults\n      - small: {skip: slow}\n",
            [("small", {}, 5)],
        ),
        (
            "    checks:\n      - defaults\n      - between: {column: x}\n",
            [("between", {"column": "x"}, 5), ("small", {}, 4)],
        ),
    ],
    ids=["no checks", "the word", "one of them written out", "one more"],
)
def test_a_stage_with_a_choice_of_its_own(checks: str, asked: list[Any]) -> None:
    text = f"data:\n  - table: t\n{checks}".encode()
    [case] = cases_of(text, "c.yaml", choosy)  # type: ignore[arg-type]  # a toy
    assert [(ask.check, dict(ask.options), ask.place.line) for ask in case.asks] == asked


def test_only_the_wanted_stages_are_loaded() -> None:
    loaded: list[str] = []

    def counting(name: str) -> object:
        loaded.append(name)
        return load(name)

    both = HEALTHY + b"style:\n  - table: x\n    checks: [small]\n"
    cases = cases_of(both, "c.yaml", counting, ["style"])  # type: ignore[arg-type]  # a toy
    assert loaded == ["style"]
    assert [case.name for case in cases] == ["x"]


CASE = "data:\n  - table: t\n    checks:\n      - small\n"

COMPLAINTS = {
    "an unknown stage": ("dta: []\n", "1:1: the configuration has no key `dta`", "`data`"),
    "an unknown setting": (CASE + "    row: 3\n", "5:5: a data case has no key `row`", "`rows`"),
    "a missing setting": ("data:\n  - checks: [small]\n", "2:5: a data case needs `table:`", ""),
    "no checks": ("data:\n  - table: t\n", "2:5: a data case has no `checks:`", "between, small"),
    "a setting of a wrong type": (CASE + "    rows: 3.5\n", "5:11: `rows`: expected `int`", "3.5"),
    "a word not on offer": (CASE + "    device: gpu\n", "5:13: `device`:", "one of cpu, cuda"),
    "an unknown check": (CASE + "      - smal\n", "5:9: `checks:` has no check `smal`", "`small`"),
    "an unknown option": (
        CASE + "      - between: {colum: x}\n",
        "5:19: the check `between` has no option `colum`",
        "Did you mean `column`?",
    ),
    "a missing option": (
        CASE + "      - between\n",
        "5:9: the check `between` needs `column:`",
        "",
    ),
    "an option of a wrong type": (
        CASE + "      - between: {column: x, mostly: most}\n",
        "5:38: `mostly`: expected `float`, got `str`: 'most'",
        "",
    ),
    "one wrong item of a list": (
        CASE + "      - between: {column: x, values: [1, b]}\n",
        "5:42: `values`: expected `int`, got `str`: 'b'",
        "",
    ),
    "options that are not a mapping": (
        CASE + "      - between: 3\n",
        "5:18: expected `key: value` lines for the check `between`, not 3",
        "",
    ),
    "two names of one check": (
        CASE + "      - {small: , between: }\n",
        "5:9: expected the",
        "name",
    ),
    "checks that are not a list": ("data:\n  - table: t\n    checks: small\n", "3:13:", "list"),
    "a case that is not a mapping": ("data:\n  - 3\n", "2:5: expected `key: value`", "not 3"),
    "two cases of one name": (CASE + CASE[6:], "5:5: two data cases are called 't'", "line 2"),
    "a bad pattern": (CASE + "    files: '('\n", "5:12: `files`: '('", "regular expression"),
    "a bad level": (CASE + "      - small: {level: loud}\n", "5:24:", "notice, warning, failure"),
    "nothing at all": ("", "1:1: the configuration is empty", "for instance"),
    "only comments": ("# soon\n", "1:1: the configuration is empty", "for instance"),
    "no YAML": ("data: [\n", "2:1: this is not YAML", ""),
    "a tab": ("data:\n\t- x\n", "2:1: this is not YAML", "Indent with spaces"),
    "one key twice": ("data: []\ndata: []\n", "2:1: `data` is written twice, first on", "line 1"),
    "a merge key": ("data:\n  - <<: {a: 1}\n", "2:5: merge keys", "Write the keys out"),
    "a Python object": ("data: !!python/object:os.x 1\n", "1:7: the tag", "is not read"),
    "nesting that crashes parsers": ("data: " + "[" * 100_000, "1:", "levels deep"),
    "an alias to itself": ("data: &a [*a]\n", "1:7: this is nested", "levels deep"),
    "a control character": ("data: \x00\n", "1:7: this is not YAML", "control characters"),
}


@pytest.mark.parametrize(("text", "where_and_what", "more"), COMPLAINTS.values(), ids=COMPLAINTS)
def test_it_complains_with_place_and_remedy_of(text: str, where_and_what: str, more: str) -> None:
    with pytest.raises(FatalError) as met:
        cases_of(text.encode(), ".smokealarm.yaml", load)
    assert f".smokealarm.yaml:{where_and_what}" in str(met.value)
    assert more in str(met.value)


def test_a_small_file_that_grows_without_bound_is_refused() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    with pytest.raises(FatalError, match="more than 20,000 values"):
        cases_of("\n".join(lines).encode(), "bomb.yaml", load)


def test_a_file_that_is_far_too_large_is_refused_unread(tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_bytes(b"# " + b"x" * 300_000)
    with pytest.raises(FatalError, match="more than the 262,144 that are read"):
        read(tmp_path, "c.yaml", load)


def test_bytes_that_are_not_utf8_are_located() -> None:
    with pytest.raises(FatalError, match=r"c.yaml:2:5: byte 0xff is not UTF-8"):
        cases_of(b"a: 1\nb: x\xff\n", "c.yaml", load)


def test_a_missing_file_shows_how_one_looks(tmp_path: Path) -> None:
    with pytest.raises(FatalError, match="there is no .smokealarm.yaml here") as met:
        read(tmp_path, ".smokealarm.yaml", load)
    assert "checks:" in met.value.remedy


def test_a_folder_in_its_place_is_said(tmp_path: Path) -> None:
    (tmp_path / ".smokealarm.yaml").mkdir()
    with pytest.raises(FatalError, match="cannot read .smokealarm.yaml: Is a directory"):
        read(tmp_path, ".smokealarm.yaml", load)


def test_all_complaints_come_at_once_in_the_order_of_the_file() -> None:
    text = b"data:\n  - tabel: t\n    checks: [smal]\nstyl: []\n"
    with pytest.raises(FatalError) as met:
        cases_of(text, "c.yaml", load)
    places = [line.split(": ")[0] for line in str(met.value).splitlines() if "c.yaml" in line]
    assert places == ["c.yaml:2:5", "c.yaml:3:14", "c.yaml:4:1"]


def test_an_extra_that_is_missing_is_named_at_the_stage(tmp_path: Path) -> None:
    def refuse(name: str) -> object:
        raise FatalError(
            "data needs duckdb, which is not installed", "pip install 'smokealarm[data]'"
        )

    with pytest.raises(FatalError, match=r"c.yaml:2:3: data needs duckdb"):
        cases_of(CASE.encode(), "c.yaml", refuse)  # type: ignore[arg-type]  # a toy
