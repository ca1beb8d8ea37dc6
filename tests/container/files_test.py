"""The files that GitHub and container engines read are held to those tools' own rules."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from smokealarm.container import image, inputs
from tests.container.components import need
from tests.container.runner import ROOT

ACTIONS = ("action.yml", "container/action.yml")
WORKFLOWS = sorted(str(path.relative_to(ROOT)) for path in ROOT.glob(".github/workflows/*.yml"))


def faultless(linter: str, *arguments: str) -> None:
    """Assert that a linter has nothing to say."""
    command = [need(linter), *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def action(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / name).read_text())
    return loaded


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(
            ("check-jsonschema", "--builtin-schema", "vendor.github-actions", *ACTIONS),
            id="actions by the schema of actions",
        ),
        pytest.param(
            ("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *WORKFLOWS),
            id="workflows by the schema of workflows",
        ),
        pytest.param(
            ("zizmor", "--quiet", "--offline", "--persona", "auditor", *ACTIONS, *WORKFLOWS),
            id="both by zizmor, as an auditor",
        ),
        pytest.param(("hadolint", "Dockerfile"), id="the Dockerfile by hadolint"),
        pytest.param(("shellcheck", ".ci/run", ".ci/components"), id="shell scripts by shellcheck"),
    ],
)
def test_files_are_faultless(command: tuple[str, ...]) -> None:
    faultless(*command)


@pytest.mark.parametrize(
    "step", action("action.yml")["runs"]["steps"], ids=lambda step: step["name"]
)
def test_the_shell_of_a_step(step: dict[str, Any], tmp_path: Path) -> None:
    assert "${{" not in step["run"]
    assert "uses" not in step
    script = tmp_path / "step.sh"
    script.write_text("#!/bin/bash -e\n" + step["run"])
    faultless("shellcheck", str(script))


def test_every_input_is_handed_on_and_read() -> None:
    steps = action("action.yml")["runs"]["steps"]
    handed_on = {name for step in steps for name in step["env"] if name.startswith("INPUT_")}
    offered = set(action("action.yml")["inputs"])
    assert handed_on == {f"INPUT_{name.upper()}" for name in offered}
    assert offered == {*inputs.Inputs._fields, "on_inconclusive"}


def test_the_defaults_of_the_actions_are_those_of_the_code() -> None:
    coded = inputs.read({})
    for name in ACTIONS:
        given = {key: str(value["default"]) for key, value in action(name)["inputs"].items()}
        assert inputs.read({f"INPUT_{key.upper()}": value for key, value in given.items()}) == coded


def test_the_container_action_offers_inputs_of_the_root_action() -> None:
    root, inner = (action(name)["inputs"] for name in ("action.yml", "container/action.yml"))
    assert set(inner) <= set(root)
    assert all(inner[name]["default"] == root[name]["default"] for name in inner)


def test_the_image_is_made_of_what_its_tag_is_made_of() -> None:
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    copied = {line.removeprefix("!") for line in lines if line.startswith("!")}
    assert copied | {"Dockerfile", ".dockerignore"} == set(image.CONTEXT)


def test_another_argument_makes_another_image() -> None:
    assert image.digest(("TORCH=",)) != image.digest(())


def test_the_dockerfile_pins_what_it_installs() -> None:
    text = (ROOT / "Dockerfile").read_text()
    assert re.search(r"^ARG TORCH=torch==\d", text, re.MULTILINE)
    assert re.search(r"^ARG BASE=[\w./]+:[\w.-]*\d", text, re.MULTILINE)


def test_actions_of_others_are_pinned_by_commit() -> None:
    for name in WORKFLOWS:
        for used in re.findall(r"uses: (\S+)", (ROOT / name).read_text()):
            assert used == "./" or re.search(r"@[0-9a-f]{40}$", used), json.dumps([name, used])
