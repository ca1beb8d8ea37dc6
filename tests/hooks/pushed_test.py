from __future__ import annotations

import pytest

from smokealarm_hooks.pushed import since, since_or_all


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
def test_what_a_hook_before_a_push_compares_with(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], arguments: list[str]
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    assert since_or_all() == arguments
    assert since() == [word for word in arguments if word != "--all"]
