"""A run without a container, by the smokealarm that is installed here: for jobs that are containers."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping

from smokealarm.container.flags import PASSED_ON
from smokealarm.container.inputs import Inputs
from smokealarm.errors import FatalError, Inconclusive

# The user's code needs the job's own environment, so this leaves out rather than lets in: the runner's
# variables but the harmless ones, inputs, and what is named like a secret.
THE_RUNNERS = re.compile(r"GITHUB_|ACTIONS_|INPUT_|RUNNER_|SMOKEALARM_RUN$")
SECRET = re.compile(r"TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIAL|API_?KEY|PRIVATE_KEY", re.IGNORECASE)
HARMLESS = {*PASSED_ON, "GITHUB_WORKSPACE", "GITHUB_EVENT_PATH", "RUNNER_OS", "RUNNER_ARCH"}


def installed(program: str = "smokealarm") -> str:
    """The path of the installed program. Raises Inconclusive without one."""
    path = shutil.which(program)
    if not path:
        raise Inconclusive(
            f"`engine: host` needs {program}, which is not on this runner's PATH",
            "Install it in a step before this one, such as: pip install 'smokealarm[torch]'",
        )
    return path


def fitting(inputs: Inputs) -> None:
    """Raise FatalError for inputs that mean a container."""
    for name, value in (("image", inputs.image), ("memory", inputs.memory)):
        if value:
            raise FatalError(
                f"the input {name} means a container, and `engine: host` has none",
                f"Leave {name} out, or choose another engine.",
            )


def environment(environ: Mapping[str, str]) -> dict[str, str]:
    """The job's variables without tokens and without the files that steer the runner."""
    kept = {
        name: value
        for name, value in environ.items()
        if name in HARMLESS or not (THE_RUNNERS.match(name) or SECRET.search(name))
    }
    return {**_trusting(environ), **kept}


def _trusting(environ: Mapping[str, str]) -> dict[str, str]:
    """In a job's container, the workspace belongs to another user, which git refuses unless told."""
    return {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "safe.directory",
        "GIT_CONFIG_VALUE_0": environ.get("GITHUB_WORKSPACE", ""),
    }
