"""Charts that mermaid itself takes, whatever their titles say.

Needs node and the packages of tests/report/node (npm install there, or name another folder in
SMOKEALARM_NODE_MODULES).
"""

from __future__ import annotations

import json
import math
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from smokealarm.finding import Curve
from smokealarm.report.mermaid import chart, legend
from smokealarm.report.summary import render
from tests.report.hostile import SPITE
from tests.report.samples import CURVE, LONELY, USUAL

NODE = Path(__file__).with_name("node")
MODULES = Path(os.environ.get("SMOKEALARM_NODE_MODULES", NODE / "node_modules"))


def spiteful(words: str) -> Curve:
    return Curve(
        title=words,
        x_label=words,
        y_label=words,
        x=[1e-12, 5.0, 1e12, math.nan],
        series={words: [1e-12, -1e12, math.inf, None], words + "2": [3.0, 3.0, 3.0, 3.0]},
    )


def errors(charts: list[str]) -> list[str]:
    """What mermaid says of each chart; empty where it is in order."""
    if not shutil.which("node") or not (MODULES / "mermaid").is_dir():
        missing = "node and npm install in tests/report/node are needed to ask mermaid"
        if os.environ.get("SMOKEALARM_NO_SKIPS") == "1":
            pytest.fail(missing)
        pytest.skip(missing)
    with tempfile.TemporaryDirectory() as folder:  # node looks for packages beside the script
        script = shutil.copy(NODE / "parse_charts.mjs", folder)
        Path(folder, "node_modules").symlink_to(MODULES.resolve())
        said = json.dumps(charts)
        command = ["node", script]
        done = subprocess.run(command, input=said, capture_output=True, text=True, check=True)
    read: list[str] = json.loads(done.stdout)
    return read


def test_a_curve_of_one_point_has_no_chart() -> None:
    one = Curve(title="t", x_label="x", y_label="y", x=[1.0], series={"a": [1.0]})
    assert chart(one) == ""


def test_the_legend_names_what_the_chart_draws() -> None:
    assert legend(CURVE) == [("🟦", "loss"), ("🟧", "floor")]
    assert chart(CURVE).count("    line [") == 2


def test_a_chart_stands_in_the_summary_beside_its_plain_text() -> None:
    assert "```mermaid" in render(USUAL) and "the same in plain text" in render(USUAL)


def test_mermaid_takes_every_chart() -> None:
    charts = [chart(one) for one in (CURVE, LONELY, *map(spiteful, SPITE))]
    assert errors(charts) == [""] * len(charts)


def test_mermaid_is_really_asked() -> None:
    assert errors(["xychart-beta\n nonsense here"]) != [""]
