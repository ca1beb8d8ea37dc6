"""The documents say what is so: examples run, lists are complete, the schema is today's."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import msgspec
import pytest
import yaml

from smokealarm.cli import VERBS
from smokealarm.config import cases_of
from smokealarm.config.schema import schema
from smokealarm.loading import load
from smokealarm.results import Results
from smokealarm.stage import NAMES

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
CHECKS = [(stage, name) for stage in NAMES for name in load(stage).CHECKS]


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def test_the_readme_names_every_check_that_exists_and_no_other() -> None:
    listed = README.partition("<!-- checks:")[2].partition("<!-- end of checks -->")[0]
    names = {
        stage: re.findall(r"`(\w+)`", text)
        for stage, text in re.findall(
            r"^- (\w+): (.*?)(?=^- |\Z)", listed, re.DOTALL | re.MULTILINE
        )
    }
    assert {stage: sorted(found) for stage, found in names.items()} == {
        stage: sorted(load(stage).CHECKS) for stage in NAMES
    }


def test_the_readme_s_configurations_are_right_ones() -> None:
    first, *others = [block for block in blocks("yaml") if "checks:" in block]
    assert {case.stage for case in cases_of(first.encode(), "README.md", load)} == set(NAMES)
    assert [len(cases_of(other.encode(), "README.md", load)) for other in others] == [1]


def test_the_readme_s_verbs_are_the_verbs_that_exist() -> None:
    told = set(re.findall(r"^\$ smokealarm (\w+)", README, re.MULTILINE))
    assert told <= set(VERBS)
    assert told >= {"check", "config", "suggest", "adopt", "status", "drill"}


def test_the_readme_s_hooks_are_the_hooks_that_exist() -> None:
    (text,) = [block for block in blocks("yaml") if "repos:" in block]
    told = {hook["id"] for hook in yaml.safe_load(text)["repos"][0]["hooks"]}
    offered = {hook["id"] for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())}
    assert told == offered


def test_the_readme_s_workflow_uses_inputs_that_exist() -> None:
    (text,) = [block for block in blocks("yaml") if "jobs:" in block]
    step = yaml.safe_load(text)["jobs"]["smokealarm"]["steps"][-1]
    assert step["with"].keys() <= yaml.safe_load((ROOT / "action.yml").read_text())["inputs"].keys()


@pytest.mark.parametrize(
    ("stage", "name"), CHECKS, ids=[f"{stage}/{name}" for stage, name in CHECKS]
)
def test_the_manual_page_of_a_check_has_an_example_that_is_read(stage: str, name: str) -> None:
    page = inspect.getdoc(load(stage).CHECKS[name]) or ""
    example = re.search(rf"^    {stage}:\n(?:    .*\n|\n)+", page + "\n", re.MULTILINE)
    assert example, f"{stage}/{name} has no example that begins with `{stage}:`"
    cases = cases_of(dedent(example[0]).encode(), name, load)
    assert name in {ask.check for case in cases for ask in case.asks}


SCHEMAS = {"smokealarm": schema(load), "results": msgspec.json.schema(Results)}


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_schema_in_the_documents_is_today_s(name: str) -> None:
    written = msgspec.json.decode((ROOT / "docs" / f"{name}.schema.json").read_bytes())
    today = msgspec.json.decode(msgspec.json.encode(SCHEMAS[name]))
    assert written == today, "write it again with: make schema"


@pytest.mark.parametrize("path", ["examples/digits/.smokealarm.yaml", ".smokealarm.yaml"])
def test_the_schema_for_editors_allows_a_real_configuration(path: str) -> None:
    done = validated(ROOT / path)
    assert done.returncode == 0, done.stdout


def test_the_schema_for_editors_refuses_a_wrong_option(tmp_path: Path) -> None:
    wrong = "regress:\n  - model: a:b\n    suite: c\n    checks: [{no_worse: {byy: 1}}]\n"
    (tmp_path / "wrong.yaml").write_text(wrong)
    done = validated(tmp_path / "wrong.yaml")
    assert done.returncode == 1
    assert "byy" in done.stdout


def validated(path: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "check_jsonschema", "--schemafile"]
    command += [str(ROOT / "docs" / "smokealarm.schema.json"), str(path)]
    return subprocess.run(command, capture_output=True, text=True)
