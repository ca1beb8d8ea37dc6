from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import great_expectations as gx
import pandas as pd
import pytest
import yaml
from great_expectations.core.suite_parameters import parse_suite_parameter
from great_expectations.expectations.registry import get_expectation_impl
from great_expectations.expectations.row_conditions import Column

from smokealarm.data.suites.parameters import filled_in
from smokealarm.errors import FatalError, FatalErrors, Place
from smokealarm.finding import Finding, Level
from tests.data.peer import Peer
from tests.data.tables import ask, table, text

COLUMNS = {
    "id": [1, 2, 3, 4, 5, 5],
    "age": [20, None, -1, 35, 132, 60],
    "kind": ["a", "b", "c", None, "a", "x"],
    "end": [2, 3, 4, 5, 6, 0],
}


def expectation(kind: str, **options: Any) -> Any:
    """An expectation of the peer's."""
    return get_expectation_impl(kind)(**options)


EXPECTATIONS = [
    expectation("expect_column_to_exist", column="id"),
    expectation("expect_column_to_exist", column="identity"),
    expectation(
        "expect_column_values_to_not_be_null", column="age", mostly=0.9, notes="some are missing"
    ),
    expectation(
        "expect_column_values_to_not_be_null", column="age", mostly={"$PARAMETER": "share"}
    ),
    expectation(
        "expect_column_values_to_be_between",
        column="age",
        min_value=0,
        max_value={"$PARAMETER": "old"},
    ),
    expectation(
        "expect_column_values_to_be_between", column="age", max_value={"$PARAMETER": "old * 2 + 1"}
    ),
    expectation(
        "expect_column_values_to_be_in_set",
        column="kind",
        value_set=["a", "b", "c"],
        severity="warning",
    ),
    expectation(
        "expect_column_values_to_be_unique", column="id", severity="info", meta={"owner": "me"}
    ),
    expectation("expect_column_values_to_be_unique", column="id", row_condition=Column("id") < 5),
    expectation(
        "expect_column_values_to_not_be_null",
        column="kind",
        row_condition='col("age").notnull()',
        condition_parser="great_expectations",
    ),
    expectation("expect_compound_columns_to_be_unique", column_list=["id", "kind"]),
    expectation("expect_column_pair_values_a_to_be_greater_than_b", column_A="end", column_B="id"),
    expectation("expect_table_row_count_to_be_between", min_value=1, max_value=5),
    expectation("expect_column_values_to_match_regex", column="kind", regex="^[a-c]$", mostly=0.5),
]
PARAMETERS = {"share": 0.5, "old": 100}


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a table and the suite as the peer itself writes it."""
    root = tmp_path_factory.mktemp("project")
    table(root, COLUMNS)
    context = gx.get_context(mode="file", project_root_dir=root)
    context.suites.add(gx.ExpectationSuite(name="train", expectations=EXPECTATIONS))
    return root


FILE = "gx/expectations/train.json"


def before_1_0(file: Path) -> dict[str, Any]:
    """The suite as great_expectations 0.18 wrote it."""
    suite = json.loads(file.read_text())
    return {
        "data_asset_type": None,
        "expectation_suite_name": suite["name"],
        "ge_cloud_id": None,
        "evaluation_parameters": PARAMETERS,
        "expectations": [
            {
                "expectation_type": each["type"],
                "kwargs": {**each["kwargs"], "result_format": "BASIC", "catch_exceptions": False},
                "meta": {},
            }
            for each in suite["expectations"]
        ],
        "meta": {"great_expectations_version": "0.18.22"},
    }


def verdicts(peer: Peer, root: Path, file: str) -> list[tuple[str, bool]]:
    """What the peer says of every expectation of the file, in its order."""
    suite = json.loads((root / file).read_text())
    frame = pd.read_parquet(root / "table.parquet")
    said = peer.runs(frame, suite["expectations"], PARAMETERS)
    kinds = [each["type"] for each in suite["expectations"]]
    return list(zip(kinds, said))


def alarms(findings: list[Finding]) -> Iterator[tuple[str, int]]:
    for finding in findings:
        yield str(finding.evidence["expectation"]), finding.line or 0


def lines(file: Path, key: str) -> list[int]:
    """The lines on which the expectations name their types."""
    return [
        number
        for number, line in enumerate(file.read_text().splitlines(), start=1)
        if f'"{key}": "expect_' in line
    ]


def test_each_expectation_of_the_peers_own_file_has_the_peers_verdict_on_its_line(
    written: Path, peer: Peer
) -> None:
    findings = ask(written, "table.parquet", "suite", file=FILE, parameters=PARAMETERS)
    said = verdicts(peer, written, FILE)
    assert [success for _, success in said].count(False) >= 5
    expected = [
        (kind, line)
        for (kind, success), line in zip(said, lines(written / FILE, "type"))
        if not success
    ]
    assert list(alarms(findings)) == expected
    assert {finding.path for finding in findings} == {FILE}


@pytest.mark.parametrize("ending", ["json", "yaml"])
def test_the_older_format_says_the_same(written: Path, ending: str) -> None:
    old, name = before_1_0(written / FILE), f"old.{ending}"
    content = json.dumps(old, indent=1) if ending == "json" else yaml.safe_dump(old)
    text(written, name, content)
    new = ask(written, "table.parquet", "suite", file=FILE, parameters=PARAMETERS)
    found = ask(written, "table.parquet", "suite", file=name)
    assert [each.message for each in found] == [each.message for each in new]
    key = '"expectation_type"' if ending == "json" else "expectation_type"
    written_lines = (written / name).read_text().splitlines()
    for each in found:
        assert each.line and key in written_lines[each.line - 1]


def test_severity_becomes_the_level(written: Path) -> None:
    findings = ask(written, "table.parquet", "suite", file=FILE, parameters=PARAMETERS)
    levels = {each.evidence["expectation"]: each.level for each in findings}
    assert levels["expect_column_values_to_be_in_set"] is Level.WARNING
    assert levels["expect_column_values_to_be_unique"] is Level.NOTICE
    assert levels["expect_column_pair_values_a_to_be_greater_than_b"] is Level.FAILURE


def one(kind: str, **kwargs: Any) -> str:
    return json.dumps({"name": "s", "expectations": [{"type": kind, "kwargs": kwargs}]})


BETWEEN = "expect_column_values_to_be_between"
URN = "urn:great_expectations:validations:a.default:expect_x.result.observed_value:column=b"


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        pytest.param(b"", "a value belongs here", id="an empty file"),
        pytest.param(b"{", 's.json:1:2: this is not JSON: a key in "quotes"', id="cut short"),
        pytest.param(b'{"a": 1,}', 's.json:1:9: .*a key in "quotes"', id="a comma too many"),
        pytest.param(b'{"a": "\n"}', "invalid control character", id="a line break in a text"),
        pytest.param(b"[1] 2", "s.json:1:5: .*should end here", id="two documents"),
        pytest.param(b'{"a": 1,\n "a": 2}', "s.json:2:2: `a` is written twice", id="a key twice"),
        pytest.param(b'{"a": "\xff"}', "s.json:1:8: byte 0xff is not UTF-8", id="Latin 1"),
        pytest.param(b"[" * 100_000, "nested more than 50", id="nested deeply"),
        pytest.param(b"[" + b"9" * 100_000 + b"]", "belongs here", id="a number of 100,000 digits"),
        pytest.param(b"null", "this is no suite", id="null"),
        pytest.param(b'{"expectations": {}}', "this is no suite", id="no list"),
        pytest.param(b'{"expectations": []}', "holds no expectations", id="an empty suite"),
        pytest.param(b'{"expectations": [5]}', "s.json:1:19: this is no expectation", id="a five"),
        pytest.param(b'{"expectations": [{}]}', "has no `type`", id="no type"),
        pytest.param(
            one("expect_column_to_exists"), "Did you mean `expect_column_to_exist`", id="?"
        ),
        pytest.param(one("suite", file="s.json"), "no check `suite`", id="a suite of suites"),
        pytest.param(one(BETWEEN), "needs `column`", id="an option is missing"),
        pytest.param(one(BETWEEN, column=5), "`column`: expected `str`", id="of a wrong type"),
        pytest.param(one(BETWEEN, column="x", min=1), "has no option `min`", id="not known"),
        pytest.param(
            one(BETWEEN, column="x", min_value={"$PARAMETER": "low"}),
            "the parameter `low` has no value",
            id="a parameter without a value",
        ),
        pytest.param(
            one(BETWEEN, column="x", min_value={"$PARAMETER": f"trunc(0.9 * {URN})"}),
            "takes the result of another validation: urn:great_expectations",
            id="the result of another validation",
        ),
        pytest.param(
            one(BETWEEN, column="x", min_value={"$PARAMETER": "9^9^9^9"}),
            "the power is too large",
            id="a power beyond reason",
        ),
        pytest.param(
            one(BETWEEN, column="x", min_value={"$PARAMETER": "__import__('os')"}),
            r"__import__\(\) is not known",
            id="a call",
        ),
        pytest.param(
            one(BETWEEN, column="x", min_value=0, row_condition="x +", condition_parser="pandas"),
            "row condition is not understood at character",
            id="a condition",
        ),
    ],
)
def test_what_is_wrong_is_told_once_with_its_place(
    tmp_path: Path, content: str | bytes, wrong: str
) -> None:
    text(tmp_path, "s.json", content)
    name = table(tmp_path, {"x": [1]})
    with pytest.raises(FatalErrors, match=wrong) as told:
        ask(tmp_path, name, "suite", file="s.json")
    (error,) = told.value.errors
    assert error.place and error.place.path == "s.json"


def test_everything_wrong_is_told_at_once(tmp_path: Path) -> None:
    listed = [{"type": "no_such"}, {"type": BETWEEN, "kwargs": {"column": 1, "low": 2}}]
    text(tmp_path, "s.json", json.dumps({"expectations": listed}))
    with pytest.raises(FatalErrors) as told:
        ask(tmp_path, table(tmp_path, {"x": [1]}), "suite", file="s.json")
    assert len(told.value.errors) == 3


@pytest.mark.parametrize(
    ("name", "content", "wrong"),
    [
        ("s.txt", "{}", "of no known kind"),
        ("none.json", None, "cannot be read: No such file"),
        ("../s.json", None, "outside the repository"),
        ("folder", None, "is no file"),
        ("big.json", b"[" + b"1," * 6_000_000 + b"1]", "more than the 10,000,000 bytes"),
        ("bomb.yaml", "a: &a [x,x,x,x,x,x,x,x,x,x]\n", "more than 500,000 values"),
    ],
)
def test_files_that_are_no_suites(tmp_path: Path, name: str, content: Any, wrong: str) -> None:
    (tmp_path / "folder").mkdir()
    if name == "bomb.yaml":
        last = "a"
        for level in "bcdefgh":
            content = f"{content!s}{level}: &{level} [{','.join([f'*{last}'] * 10)}]\n"
            last = level
    if content is not None:
        text(tmp_path, name, content)
    with pytest.raises(FatalError, match=wrong):
        ask(tmp_path, table(tmp_path, {"x": [1]}), "suite", file=name)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("low", 2),
        ("low * (3 - 1) / 4", 1.0),
        ("2 ^ 3 ^ 2", 512),
        ("round(low * 1.26)", 3),
        ("-low + abs(-5)", 3),
        ("datetime(2026, 1, 31) + timedelta(days=1)", "2026-02-01T00:00:00"),
        ("day - timedelta(hours=12)", "2026-01-30T12:00:00"),
    ],
)
def test_parameters_are_computed_as_the_peer_computes_them(expression: str, value: object) -> None:
    given = {"low": 2, "day": "2026-01-31"}
    assert parse_suite_parameter(expression, given) == value
    assert filled_in({"$PARAMETER": expression}, given, Place("s.json")) == value


def test_the_result_of_another_validation_can_be_given(tmp_path: Path) -> None:
    name = table(tmp_path, {"x": [1]})
    text(tmp_path, "s.json", one(BETWEEN, column="x", min_value={"$PARAMETER": URN}))
    assert not ask(tmp_path, name, "suite", file="s.json", parameters={URN: 1})
    assert len(ask(tmp_path, name, "suite", file="s.json", parameters={URN: 2})) == 1
