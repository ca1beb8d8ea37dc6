"""The check `repository_unchanged`: real repositories, and set-ups that write into them."""

from __future__ import annotations

from pathlib import Path

import pytest

from smokealarm.finding import Level
from tests.memorize.asking import Answer, of_code, of_code_here
from tests.repositories import make_repository

TRAIN = """
import os, pathlib, torch
from torch import nn
def setup():
    model = nn.Linear(12, 4)
    def step(batch):
        inputs, target = batch
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(inputs), target)
        loss.backward()
        optimizer.step()
        {write}
        return loss
    optimizer = torch.optim.SGD(model.parameters(), 1.0)
    data = torch.randn(8, 12), torch.arange(8) % 4
    return {"model": model, "optimizer": optimizer, "data": data, "train_step": step}
"""


def answer(
    tmp_path: Path,
    patch: pytest.MonkeyPatch,
    write: str,
    before: dict[str, str] | None = None,
) -> Answer:
    files = {"notes.txt": "kept\n", ".gitignore": "runs/\n", "train.py": ""}
    root = make_repository(tmp_path / "r", files)
    for name, content in (before or {}).items():
        (root / name).write_text(content, encoding="utf-8")
    checks = ("repository_unchanged", "finite")
    code = TRAIN.replace("{write}", write)
    return of_code_here(root, patch, code, *checks, steps=20)["repository_unchanged"]


@pytest.mark.parametrize(
    "write",
    [
        "pass",
        "os.makedirs('runs', exist_ok=True); torch.save(model, 'runs/model.pt')",
        "os.makedirs('__pycache__', exist_ok=True); open('__pycache__/x.pyc', 'w').close()",
        "open('notes.txt', 'w').write('kept\\n')",
    ],
    ids=["nothing", "what git ignores", "a cache of Python", "the same content again"],
)
def test_what_leaves_the_repository_as_it_was_is_no_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: str
) -> None:
    found = answer(tmp_path, monkeypatch, write)
    assert not (found.findings or found.doubt or found.unasked)


def test_work_that_is_not_committed_is_not_taken_for_the_trainings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = {"notes.txt": "mine\n", "new.txt": "mine, too\n"}
    assert answer(tmp_path, monkeypatch, "pass", mine).findings == []


@pytest.mark.parametrize("before", [{}, {"last.pt": "old"}], ids=["new", "of an earlier run"])
def test_a_checkpoint_beside_the_code_is_noticed_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: dict[str, str]
) -> None:
    write = "torch.save(model.state_dict(), 'last.pt')"
    (finding,) = answer(tmp_path, monkeypatch, write, before).findings
    assert finding.message == "while your code ran, files were made in the repository: last.pt"
    assert finding.level is Level.NOTICE
    assert (tmp_path / "r" / "last.pt").exists()


@pytest.mark.parametrize(
    ("write", "kind"),
    [
        ("open('notes.txt', 'a').write('x')", "changed"),
        ("pathlib.Path('notes.txt').unlink(missing_ok=True)", "removed"),
    ],
    ids=["changed", "removed"],
)
@pytest.mark.parametrize("before", [{}, {"notes.txt": "mine\n"}], ids=["committed", "at work on"])
def test_a_file_that_is_not_as_it_was_is_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: str, kind: str, before: dict[str, str]
) -> None:
    (finding,) = answer(tmp_path, monkeypatch, write, before).findings
    assert finding.level is Level.WARNING
    assert finding.evidence[kind] == "notes.txt"


def test_where_there_is_no_git_it_is_not_asked(tmp_path: Path) -> None:
    code = TRAIN.replace("{write}", "pass")
    assert (
        "not a git repository"
        in of_code(tmp_path, code, "repository_unchanged")["repository_unchanged"].unasked
    )
