"""Agreement with the cases that great_expectations publishes for its own expectations, as Markdown.

    python benchmarks/data_published_cases.py /path/to/a/checkout/of/great_expectations

Its folder tests/test_definitions holds tables, options and the outcome that every engine must give. Each
case meant for pandas (or for PostgreSQL, where an expectation has none for pandas) is written as a Parquet
file (JSONL where a column holds several kinds of values), asked by a suite of one expectation, and
compared: success, the values and rows that are unexpected, and the observed value where we tell it.
`--differences` lists every case that does not agree; `published_reasons.py` says why some do so on purpose.
"""

from __future__ import annotations

import argparse
import json
import math
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from dateutil.parser import ParserError, parse
from msgspec import Struct
from published_reasons import REASONS
from published_tables import written

from smokealarm import data
from smokealarm.data.questions import Faulty, FaultyRecord
from smokealarm.data.subject import Answered
from smokealarm.errors import FatalError, FatalErrors, Inconclusive, Place
from smokealarm.finding import Finding
from smokealarm.stage import Ask, Case
from smokealarm.workspace import Changes, Workspace

SQL = ("sqlalchemy", "postgresql")
FRAMES = ("pandas", "pandas_v3_api", "pandas>=024")


class Published(Struct, frozen=True):
    """One case: a table, the options, and the outcome."""

    kind: str
    title: str
    columns: Mapping[str, Sequence[Any]]
    schema: Mapping[str, str]
    others: Mapping[str, Any]
    options: dict[str, Any]
    outcome: Mapping[str, Any]
    raises: bool
    tolerance: float


class Said(Struct, frozen=True):
    """What we say of it. `rows` count from 0."""

    success: bool | None  # None: too few rows to tell
    rows: tuple[int, ...] | None = None
    observed: Any = None
    message: str = ""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkout", type=Path)
    parser.add_argument("--differences", action="store_true")
    arguments = parser.parse_args()
    cases = list(published(arguments.checkout / "tests" / "test_definitions"))
    counts: dict[str, Counter[str]] = {}
    for case in cases:
        with tempfile.TemporaryDirectory() as folder:
            complaint = disagreement(case, said(case, Path(folder)))
        reason = next((why for key, why in REASONS.items() if re.fullmatch(key, _key(case))), "")
        how = "agree" if not complaint else "explained" if reason else "differ"
        counts.setdefault(case.kind, Counter())[how] += 1
        if complaint and arguments.differences:
            print(f"{how}: {_key(case)}: {complaint} {reason}", file=sys.stderr)
    _print(counts)
    return 1 if any(count["differ"] for count in counts.values()) else 0


def _key(case: Published) -> str:
    return f"{case.kind}:{case.title}"


def _print(counts: Mapping[str, Counter[str]]) -> None:
    total: Counter[str] = Counter()
    print("| expectation | cases | agree | differ on purpose | differ |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for kind, count in sorted(counts.items()):
        total.update(count)
        print(_row(kind, count))
    print(_row("all", total))


def _row(name: str, count: Counter[str]) -> str:
    numbers = (sum(count.values()), count["agree"], count["explained"], count["differ"])
    return f"| {name} | {' | '.join(map(str, numbers))} |"


def published(folder: Path) -> Iterator[Published]:
    """The cases of every file for pandas, or else for PostgreSQL."""
    for path in sorted(folder.rglob("*.json")):
        definition = json.loads(path.read_text())
        if definition["expectation_type"] in data.CHECKS:
            yield from list(_cases(definition, FRAMES)) or _cases(definition, SQL)


def _cases(definition: Mapping[str, Any], engines: Sequence[str]) -> Iterator[Published]:
    for dataset in definition["datasets"]:
        if not _meant(dataset, engines):
            continue
        first, *others = dataset["data"] if isinstance(dataset["data"], list) else [dataset]
        schemas = first.get("schemas") or {}
        schema = schemas.get("pandas", {}) if engines is FRAMES else {}
        for test in dataset["tests"]:
            if _meant(test, engines) and isinstance(test["in"], dict):
                yield Published(
                    kind=definition["expectation_type"],
                    title=test["title"],
                    columns=first["data"],
                    schema=schema,
                    others={other["dataset_name"]: other["data"] for other in others},
                    options=test["in"],
                    outcome={**test["out"].get("result", {}), **test["out"]},
                    raises="error" in test or "traceback_substring" in test["out"],
                    tolerance=test.get("tolerance", 1e-6),
                )


def _meant(what: Mapping[str, Any], engines: Sequence[str]) -> bool:
    """Whether a set of cases, or one, is meant for one of these engines."""
    only, never = (_list(what.get(key)) for key in ("only_for", "suppress_test_for"))
    return (not only or any(name in only for name in engines)) and not set(never) & set(engines)


def _list(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value or [])


def said(case: Published, folder: Path) -> Said:
    """Our answer, through a suite of one expectation."""
    for name, columns in case.others.items():
        (folder / written(folder, columns, {}, "")).rename(folder / f"{name}.parquet")
    table = written(folder, case.columns, case.schema, json.dumps(case.options))
    options = {**case.options}
    if "other_table_name" in options:
        options["other_table_name"] += ".parquet"
    suite = {"name": "s", "expectations": [{"type": case.kind, "kwargs": options}]}
    (folder / "suite.json").write_text(json.dumps(suite))
    try:
        return _asked(folder, table)
    except Inconclusive as doubt:
        return Said(success=None, message=doubt.message)
    except FatalErrors as several:
        return Said(success=False, message="; ".join(error.message for error in several.errors))
    except FatalError as error:
        return Said(success=False, message=f"refused: {error.message}")


def _asked(folder: Path, table: str) -> Said:
    ask = Ask(check="suite", place=Place("s.yaml", 3), options={"file": "suite.json"})
    case = Case(
        stage="data",
        name="case",
        place=Place("s.yaml", 1),
        places={"table": Place("s.yaml", 2)},
        settings={"table": table},
        asks=(ask,),
    )
    workspace = Workspace(root=folder, changes=Changes())
    with data.opened(case, workspace, table=table) as subject:
        findings = [seen for seen in subject.ask(ask) if isinstance(seen, Finding)]
        rows = _rows(subject) if isinstance(subject, Answered) else None
    evidence = findings[0].evidence if findings else {}
    message = findings[0].message if findings else ""
    return Said(not findings, rows, evidence.get("observed_value"), message)


def _rows(subject: Answered) -> tuple[int, ...] | None:
    for known in subject.planned:
        for question in known.expectation.questions:
            if isinstance(question, (Faulty, FaultyRecord)):
                found = subject.answers.examples(question, at_most=1_000_000)
                return tuple(example.row - 1 for example in found)
    return None


def disagreement(case: Published, mine: Said) -> str:
    """What differs, or nothing."""
    if case.raises:  # whatever is no success is heard
        return "it raises, we pass" if mine.success else ""
    expected = case.outcome
    if "success" in expected and mine.success != bool(expected["success"]):
        return f"success {expected['success']}, ours {mine.success}: {mine.message}"
    if mine.rows is not None and "unexpected_list" in expected:
        values = [_unexpected(case, row) for row in mine.rows]
        if _sorted(values) != _sorted(expected["unexpected_list"]):
            return f"unexpected {expected['unexpected_list']}, ours {values}: {mine.message}"
    index = expected.get("unexpected_index_list")
    if mine.rows is not None and index and isinstance(index[0], dict):
        at = tuple(sorted(each["pk_index"] for each in index))
        if at != mine.rows:
            return f"rows {at}, ours {mine.rows}"
    if mine.observed is not None and "observed_value" in expected:
        if not _same(expected["observed_value"], mine.observed, case.tolerance):
            return f"observed {expected['observed_value']}, ours {mine.observed}"
    return ""


def _unexpected(case: Published, row: int) -> Any:
    names = case.options.get("column_list")
    pair = [case.options[key] for key in ("column_A", "column_B") if key in case.options]
    if names:
        return {name: case.columns[name][row] for name in names}
    if pair:
        return [case.columns[name][row] for name in pair]
    return case.columns[case.options["column"]][row]


def _sorted(values: Sequence[Any]) -> list[str]:
    return sorted(json.dumps(value, sort_keys=True) for value in map(_plain, values))


def _plain(value: Any) -> Any:
    """1.0 as 1."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _same(theirs: Any, mine: Any, tolerance: float) -> bool:
    if isinstance(theirs, (int, float)) and isinstance(mine, (int, float)):
        return math.isclose(theirs, mine, rel_tol=tolerance, abs_tol=1e-9)
    if isinstance(theirs, dict):  # of two tables: its own rows come first
        return _same(next(iter(theirs.values())), mine, tolerance)
    if isinstance(theirs, list):
        return ", ".join(map(repr, theirs)) == str(mine)
    return theirs == mine or str(theirs).split()[0] == str(mine) or _same_time(theirs, mine)


def _same_time(theirs: Any, mine: Any) -> bool:
    try:
        return parse(str(theirs)) == parse(str(mine))
    except (ParserError, OverflowError):
        return False


if __name__ == "__main__":
    sys.exit(main())
