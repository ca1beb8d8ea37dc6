"""The main job, end to end: what `make demo` promises of its two branches."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder that the demo made, and what it printed."""
    folder = tmp_path_factory.mktemp("demo")
    command = [sys.executable, str(ROOT / "examples" / "demo.py"), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    return folder, done.stdout


def outcomes(folder: Path, branch: str) -> list[dict[str, Any]]:
    document = json.loads((folder / f"{branch}.json").read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = document["outcomes"]
    return found


def places(folder: Path, branch: str, level: str = "failure") -> set[str]:
    return {
        f"{finding['path']}:{finding['line']} {finding['rule']}"
        for outcome in outcomes(folder, branch)
        for finding in outcome.get("findings", [])
        if finding.get("level", "failure") == level
    }


def test_on_the_healthy_branch_every_check_passes_and_nothing_is_found(
    demo: tuple[Path, str],
) -> None:
    assert {outcome["verdict"] for outcome in outcomes(demo[0], "healthy")} == {"pass"}
    assert not any(outcome.get("findings") for outcome in outcomes(demo[0], "healthy"))


def test_on_the_pull_request_all_that_was_broken_is_found_on_its_line_and_nothing_else(
    demo: tuple[Path, str],
) -> None:
    assert places(demo[0], "pull-request") == {
        "digits/train.py:4 style/flake8",
        "digits/train.py:26 style/black",
        "scripts/train.sh:6 style/shellcheck",
        ".smokealarm.yaml:17 data/expect_column_values_to_not_be_null",
        ".smokealarm.yaml:23 data/expect_column_values_to_be_between",
        ".smokealarm.yaml:25 data/expect_column_mean_to_be_between",
        "digits/train.py:29 memorize/memorizes",
        "digits/train.py:29 memorize/gradients_flow",
        ".smokealarm.yaml:40 regress/no_worse",
        ".smokealarm.yaml:45 regress/no_worse",
    }


def test_every_newly_wrong_example_is_a_warning_on_its_line_of_the_suite(
    demo: tuple[Path, str],
) -> None:
    warned = places(demo[0], "pull-request", level="warning")
    assert len(warned) == 47 + 19
    assert all(place.startswith("suites/") for place in warned)


def test_the_demo_shows_the_terminal_the_annotations_and_the_summary(
    demo: tuple[Path, str],
) -> None:
    _, said = demo
    assert "::error file=digits/train.py,line=4" in said
    assert "xychart-beta" in said
    assert "All as promised" in said
