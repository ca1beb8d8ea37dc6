"""The baseline is the base commit's own code and checkpoint, whatever the layout of the repository."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from smokealarm.errors import FatalError
from smokealarm.finding import Verdict
from tests.regress.repository import EVEN_OR_ODD, SUITE, after, created, parity, tables, wrong_for

LINEAR = """
from pathlib import Path
import torch
from safetensors.torch import load_file

class Odd:
    def __init__(self, weight):
        self.weight = weight

    def predict(self, batch):
        inputs = torch.tensor(batch) % 2
        return torch.stack([torch.full(inputs.shape, 0.5), inputs * self.weight], dim=1)

def load():
    return Odd(load_file(Path(__file__).with_name("odd.safetensors"))["weight"])
"""


def test_a_checkpoint_is_compared_with_the_one_of_the_base_commit(tmp_path: Path) -> None:
    repository = created(tmp_path)
    repository.write({"odd.py": LINEAR, SUITE: parity()})
    save_file({"weight": torch.ones(1)}, tmp_path / "odd.safetensors")
    base = repository.commit()
    assert repository.asked(base).verdict is Verdict.PASS
    save_file({"weight": torch.zeros(1)}, tmp_path / "odd.safetensors")
    outcome = repository.asked(base)
    assert outcome.verdict is Verdict.ALARM
    assert tables(outcome)[0].rows[0][2:5] == ["100.0 %", "50.0 %", 100]


def test_under_a_src_layout_the_baseline_is_the_base_commits_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The path stands for `pip install -e .`, which leads every process to the working tree."""
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "src"))
    before = {"src/parity/__init__.py": "", "src/parity/model.py": EVEN_OR_ODD}
    change = {"src/parity/model.py": wrong_for("n < 50")}
    outcome = after(tmp_path, before, change, model="parity.model:load")
    assert outcome.verdict is Verdict.ALARM


def test_a_baseline_that_would_be_the_working_trees_own_code_is_inconclusive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "lib"))
    before = {"lib/parity.py": EVEN_OR_ODD}
    outcome = after(tmp_path, before, {"lib/parity.py": wrong_for("n < 50")}, model="parity:load")
    assert outcome.verdict is Verdict.INCONCLUSIVE
    assert "compared with itself" in outcome.reason


def with_files(root: Path, contents: list[str]) -> str:
    """A suite of files, each of which is to be read as its number."""
    lines = []
    for number, content in enumerate(contents):
        path = root / f"texts/{number}.txt"
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(content, encoding="utf-8")
        sha256 = hashlib.sha256(content.encode()).hexdigest()
        example = {"id": sha256[:12], "path": f"texts/{number}.txt", "sha256": sha256}
        lines.append(json.dumps({**example, "expected": int(content)}))
    return "\n".join(lines)


READS = "def load():\n    return lambda batch: [int(open(path).read()) for path in batch]\n"


def test_examples_that_are_files_are_handed_over_as_paths(tmp_path: Path) -> None:
    suite = with_files(tmp_path, [str(number) for number in range(200)])
    assert after(tmp_path, {"odd.py": READS, SUITE: suite}, {}).verdict is Verdict.PASS


@pytest.mark.parametrize(
    ("content", "message"), [("other", "is not the file that"), (None, "cannot read texts/1.txt")]
)
def test_an_example_whose_file_is_not_the_one_meant_is_refused_on_its_line(
    tmp_path: Path, content: str | None, message: str
) -> None:
    suite = with_files(tmp_path, ["0", "1"])
    path = tmp_path / "texts/1.txt"
    path.write_text(content) if content else path.unlink()
    with pytest.raises(FatalError, match=message) as caught:
        after(tmp_path, {"odd.py": READS, SUITE: suite}, {})
    assert caught.value.place == (SUITE, 2, 1)
