from __future__ import annotations

import pytest

from smokealarm_hooks.pushed import base


@pytest.mark.parametrize(
    "variables, arguments",
    [
        pytest.param({}, [], id="by hand, nothing is compared"),
        pytest.param(
            {"PRE_COMMIT_FROM_REF": "abc", "PRE_COMMIT_REMOTE_NAME": "origin"},
            ["--base", "abc"],
            id="a push is compared with what the remote has",
        ),
        pytest.param(
            {"PRE_COMMIT_REMOTE_NAME": "origin"},
            ["--all"],
            id="the first push into an empty remote is everything",
        ),
    ],
)
def test_base(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], arguments: list[str]
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    assert base() == arguments
