"""The documents say what is so: examples run, lists are complete, the schema is today's."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from collections.abc import Iterator
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
DATA = (ROOT / "docs" / "data.md").read_text(encoding="utf-8")
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("examples/**/*.md")])


def blocks(language: str, text: str = README) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def configurations() -> Iterator[tuple[str, str]]:
    for page in PAGES:
        for block in blocks("yaml", page.read_text(encoding="utf-8")):
            if re.search(rf"^({'|'.join(NAMES)}):", block, re.MULTILINE):
                yield page.relative_to(ROOT).as_posix(), block


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
    first = next(block for block in blocks("yaml") if "checks:" in block)
    assert {case.stage for case in cases_of(first.encode(), "README.md", load)} == set(NAMES)


EXAMPLES = list(configurations())


@pytest.mark.parametrize(
    ("page", "text"),
    EXAMPLES,
    ids=[f"{page} {number}" for number, (page, _) in enumerate(EXAMPLES)],
)
def test_a_configuration_in_a_document_is_understood_with_all_its_options(
    page: str, text: str
) -> None:
    cases = cases_of(text.encode(), page, load)
    asks = [(case.stage, ask) for case in cases for ask in case.asks]
    assert asks
    for stage, ask in asks:
        if stage == "data":  # where an option may be a pattern, a condition or a span
            load(stage).CHECKS[ask.check](**ask.options)


def test_the_manual_of_data_says_of_every_check_what_its_docstring_says() -> None:
    told = dict(re.findall(r"^\| \[`(\w+)`\]\(\S+\) \| (.*) \|$", DATA, re.MULTILINE))
    checks = load("data").CHECKS
    assert told == {name: (inspect.getdoc(checks[name]) or "").splitlines()[0] for name in checks}


def test_the_manual_of_data_names_every_setting_and_every_ending() -> None:
    settings = inspect.signature(load("data").opened).parameters.values()
    names = [one.name for one in settings if one.kind is one.KEYWORD_ONLY]
    told = DATA.partition("## Sources")[0]
    assert [name for name in names if f"`{name}`" not in told] == []
    endings = [*load("data.sources.formats").ENDINGS, *load("data.sources.formats").PACKINGS]
    assert [ending for ending in endings if f"`{ending}`" not in DATA] == []


@pytest.mark.parametrize("page", PAGES, ids=[page.relative_to(ROOT).as_posix() for page in PAGES])
def test_what_a_document_links_to_is_there(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    links = re.findall(r"\]\(([^)\s]+)\)", text)
    assert [link for link in links if not leads_somewhere(page, link)] == []


def leads_somewhere(page: Path, link: str) -> bool:
    """Whether a file of the repository is there, with the heading; other sites are not asked."""
    if re.match(r"\w+:", link):
        return True
    path, _, anchor = link.partition("#")
    there = (page.parent / path) if path else page
    return there.exists() and (not anchor or anchor in anchors(there.read_text(encoding="utf-8")))


def anchors(text: str) -> set[str]:
    """The names that GitHub gives to the headings."""
    headings = re.findall(
        r"^#+ (.*)$", re.sub(r"```.*?```", "", text, flags=re.DOTALL), re.MULTILINE
    )
    return {re.sub(r"[^\w\- ]", "", one.strip().lower()).replace(" ", "-") for one in headings}


def test_the_readme_s_verbs_are_the_verbs_that_exist() -> None:
    told = set(re.findall(r"^\$ smokealarm (\w+)", README, re.MULTILINE))
    assert told <= set(VERBS)
    assert told >= {"check", "config", "suggest", "adopt", "status", "drill"}


def test_the_hook_of_data_is_run_for_every_kind_of_table() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    (hook,) = [hook for hook in hooks if hook["id"] == "smokealarm-data"]
    formats = load("data.sources.formats")
    names = [f"data/a{ending}" for ending in formats.ENDINGS]
    names += [f"data/a{e}{p}" for e in (".csv", ".jsonl") for p in formats.PACKINGS]
    names += [".smokealarm.yaml", "suites/a.json", "suites/a.yml", "dataset/state.json"]
    assert [name for name in names if not re.search(hook["files"], name)] == []
    assert [name for name in ("a.py", "README.md") if re.search(hook["files"], name)] == []


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
