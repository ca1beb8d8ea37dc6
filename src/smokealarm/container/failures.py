"""Why a container did not come to a verdict, told from what the engine said, with what to do about it."""

from __future__ import annotations

from smokealarm.errors import FatalError, Inconclusive

TOOLKIT = (
    "Install the NVIDIA Container Toolkit on the runner and restart the engine"
    " (`nvidia-ctk runtime configure`), or set `gpu: off`."
)
CDI = (
    "Describe the devices to the engine once, `nvidia-ctk cdi generate --output=/etc/cdi/nvidia.yaml`,"
    " or set `gpu: off`."
)
DRIVER = (
    "Update the NVIDIA driver of the runner, or give an `image` (or `build_args: TORCH=...`) whose torch"
    " was made for an older CUDA."
)
DAEMON = (
    "Start the Docker service and let the runner's user reach it (the group `docker`), or set"
    " `engine: podman`, or `engine: host` where the job is a container itself."
)
PULL = "Check the name in `image:`, and log in to its registry in a step before this one."

# What is said, lower case: its meaning, the remedy. The first that is found counts, so the more special
# comes first: a missing device driver is told by the daemon, after a pull.
# Sources: docker/daemon (devices.go, runtime_linux.go), cdi (unresolvable), libnvidia-container (the
# requirement), torch (cuda/__init__.py), docker and podman clients for the rest.
SIGNS = (
    ('could not select device driver "cdi"', "Docker has no CDI support switched on", CDI),
    ("could not select device driver", "Docker cannot hand over a GPU", TOOLKIT),
    ("unknown runtime specified nvidia", "Docker does not know the nvidia runtime", TOOLKIT),
    ("unknown or invalid runtime name: nvidia", "Docker does not know the nvidia runtime", TOOLKIT),
    ("unresolvable cdi devices", "the engine knows no such GPU", CDI),
    ("unsatisfied condition: cuda", "the driver of the GPU is too old for the image", DRIVER),
    ("driver on your system is too old", "the driver of the GPU is too old for torch", DRIVER),
    ("driver version is insufficient", "the driver of the GPU is too old for the image", DRIVER),
    ("nvml: driver/library version mismatch", "the GPU's driver was updated", "Reboot the runner."),
    (
        "initialization error: driver not loaded",
        "the GPU's driver is not loaded",
        "Reboot the runner.",
    ),
    ("cannot connect to the docker daemon", "Docker's service does not answer", DAEMON),
    ("permission denied while trying to connect", "Docker refuses the runner's user", DAEMON),
    ("pull access denied", "the image may not be pulled", PULL),
    ("manifest unknown", "the image is not in its registry", PULL),
    ("unauthorized", "the registry refuses the runner", PULL),
    ("toomanyrequests", "the registry has had too many requests", "Log in, or try again later."),
    ("no space left on device", "the runner's disk is full", "Free space: `docker system prune`."),
    ("no such host", "a name could not be resolved", "Check the runner's network, then run again."),
)


def recognised(text: str) -> Inconclusive | None:
    """The cause and its remedy, if the text is of a known kind."""
    said = text.lower()
    for sign, cause, remedy in SIGNS:
        if sign in said:
            return Inconclusive(cause, remedy)
    return None


def explained(code: int, text: str) -> Inconclusive:
    """Why the run ended without results that count: what was said first, else the exit code."""
    known = recognised(text)
    if known:
        return known
    if code == 137:
        return Inconclusive(
            "the run was killed (exit code 137), most likely for want of memory",
            "Raise the input `memory`, take smaller batches or a larger runner.",
        )
    if code in (126, 127):
        return Inconclusive(
            f"the image has no smokealarm that can be run (exit code {code})",
            "Put it in: docker build --build-arg BASE=<your image> with smokealarm's Dockerfile.",
        )
    if code == 125:
        return Inconclusive(
            f"the engine could not start the container: {last_line(text)}",
            "Mend what the engine says (the log of this step has all of it), then run again.",
        )
    return Inconclusive(
        f"the run ended with exit code {code} and no results that go with it: {last_line(text)}",
        "Read the log of this step. If smokealarm crashed, please report it with the traceback.",
    )


def usage(text: str) -> FatalError:
    """What only the user can mend: smokealarm has said it, and wrote no document."""
    _, _, said = f"\n{text}".rpartition("\nsmokealarm: ")
    message, _, remedy = said.strip().partition("\n")
    return FatalError(
        message[:2000] or "the configuration or an input is wrong", remedy.strip()[:2000]
    )


def last_line(text: str) -> str:
    """The last line that says something."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:500] if lines else "it said nothing"
