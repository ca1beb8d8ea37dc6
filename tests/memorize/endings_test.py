"""How a set-up may end other than well, each in a real child process."""

from __future__ import annotations

from pathlib import Path

import pytest

from smokealarm.errors import FatalError, Inconclusive
from smokealarm.finding import Level
from tests.memorize.asking import WRITTEN, ask_all, of_code

GOOD = """
import os, sys, time
import torch
def setup(seed):
    HERE
    model = torch.nn.Linear(4, 2)
    return model, LOSS, torch.optim.Adam(model.parameters(), 0.1), (torch.randn(4, 4), TARGET)
"""


def program(
    here: str = "", loss: str = "torch.nn.CrossEntropyLoss()", target: str = "torch.ones(4).long()"
) -> str:
    return GOOD.replace("HERE", here or "pass").replace("LOSS", loss).replace("TARGET", target)


def test_a_program_that_prints_megabytes_is_fine(tmp_path: Path) -> None:
    answers = of_code(tmp_path, program("print('x' * 5_000_000)"))
    assert [(answer.messages, answer.doubt) for answer in answers.values()] == [([], None)] * 3


def test_what_the_program_cleans_up_at_its_exit_is_cleaned_up(tmp_path: Path) -> None:
    made = "import tempfile; global folder; folder = tempfile.TemporaryDirectory(dir='.')"
    of_code(tmp_path, program(made), "finite")
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("tmp")] == []


@pytest.mark.parametrize(
    ("setup", "complaint", "remedy"),
    [
        ("trian:setup", "there is no module `trian`", "Did you mean `train`?"),
        ("train:set_up", "there is no `set_up` in train", "Did you mean `setup`?"),
        ("train.setup", "`train.setup` does not name a function", "`package.module:function`"),
    ],
    ids=["no such module", "no such function", "no colon"],
)
def test_a_set_up_that_is_not_there_is_the_configurations_fault(
    tmp_path: Path, setup: str, complaint: str, remedy: str
) -> None:
    (tmp_path / "train.py").write_text(program(), encoding="utf-8")
    with pytest.raises(FatalError, match=complaint) as caught:
        ask_all(setup, root=tmp_path)
    assert remedy in caught.value.remedy
    assert caught.value.place == WRITTEN


@pytest.mark.parametrize(
    ("returned", "complaint"),
    [
        ("1, 2, 3", "a tuple of 3, not of 4"),
        ("{'model': 1, 'daat': 2}", "an unknown `daat`"),
        ("{'model': torch.nn.Linear(1, 1)}", "no `data`"),
        ("1, print, [], (4, 5)", "`model` is a int"),
    ],
    ids=["too few", "a wrong name", "a missing name", "no model"],
)
def test_a_set_up_that_returns_something_else_is_told_so(
    tmp_path: Path, returned: str, complaint: str
) -> None:
    with pytest.raises(FatalError, match=complaint):
        of_code(tmp_path, program(f"return {returned}"), "finite")


@pytest.mark.parametrize(
    ("code", "line", "message"),
    [
        ("import torch\nimport nowhere\n", 2, "No module named 'nowhere'"),
        (program("1 / 0"), 5, "ZeroDivisionError: division by zero"),
        (program("sys.exit(1)"), 5, "SystemExit: the code called sys.exit(1)"),
        (program("os._exit(1)"), 4, "died: exit code 1"),
        (program("os.abort()"), 5, "died: SIGABRT"),
        (program(loss="lambda outputs, target: outputs @ target"), 7, "size mismatch"),
        (program(target="torch.ones(5).long()"), 4, "batch_size"),
    ],
    ids=[
        "an import that fails",
        "an exception",
        "sys.exit",
        "os._exit",
        "a dead process",
        "an error in the loss",
        "an error in torch, called by us",
    ],
)
def test_a_crash_is_one_failure_on_the_users_line(
    tmp_path: Path, code: str, line: int, message: str
) -> None:
    first, second = of_code(tmp_path, code, "finite", "gradients_flow").values()
    [finding] = first.findings
    assert message in finding.message
    assert (finding.path, finding.line, finding.level) == ("train.py", line, Level.FAILURE)
    assert second.findings == [] and second.doubt is not None
    assert second.doubt.message.startswith("the set-up crashed")


def test_a_shape_error_names_the_layer_and_what_it_was_given(tmp_path: Path) -> None:
    code = program("return torch.nn.Linear(3, 2), None, None, torch.randn(4, 4)")
    code = code.replace(
        "None, None", "lambda model, x: model(x).sum(), torch.optim.SGD([torch.ones(1)])"
    )
    [answer] = of_code(tmp_path, code, "finite").values()
    [message] = answer.messages
    assert message.startswith(
        "the set-up crashes: Linear takes 3 features in the last dimension and was given (4, 4) ["
    )


@pytest.mark.parametrize(
    ("here", "settings", "reason"),
    [
        ("time.sleep(600)", {"timeout_minutes": 0.1}, "it stood at train.py:5"),
        ("hoard = b'x' * 10**10; time.sleep(600)", {"memory_gb": 0.1}, "`memory_gb: 0.1`"),
        ("raise MemoryError", {}, "not enough memory"),
        ("pass", {"device": "cuda"}, "torch sees no CUDA device"),
    ],
    ids=["out of time", "over the limit of memory", "out of memory", "no GPU"],
)
def test_a_limit_that_is_met_is_a_doubt_for_every_check(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    here: str,
    settings: dict[str, float],
    reason: str,
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    answers = of_code(tmp_path, program(here), "finite", "gradients_flow", **settings)
    assert [answer.findings for answer in answers.values()] == [[], []]
    assert all(isinstance(answer.doubt, Inconclusive) for answer in answers.values())
    assert all(reason in str(answer.doubt) for answer in answers.values())


def test_a_set_up_that_draws_other_numbers_each_time_is_a_warning(tmp_path: Path) -> None:
    [answer] = of_code(tmp_path, program("torch.manual_seed(time.time_ns())"), "memorizes").values()
    [finding] = answer.findings
    assert finding.level is Level.WARNING
    assert "begin with different losses" in finding.message
    assert (finding.path, finding.line) == ("train.py", 4)


def test_further_seeds_are_told_of(tmp_path: Path) -> None:
    told: list[str] = []
    code = program(target="torch.randint(2, (4,))").replace("0.1)", "1e-9)")
    of_code(tmp_path, code, "memorizes", told=told, steps=10)
    assert [line for line in told if "trying" in line] == [
        "not learnt yet: trying seed 0 with a batch of 2",
        "not learnt yet: trying seed 1",
        "not learnt yet: trying seed 1 with a batch of 2",
    ]
