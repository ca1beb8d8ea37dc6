"""Handing a GPU to a container, and asking for proof that it arrived."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from smokealarm.container import failures
from smokealarm.container.engine import Engine
from smokealarm.container.process import Ended
from smokealarm.errors import Inconclusive

NODES = ("/dev/nvidiactl", "/dev/nvidia0", "/dev/dxg")  # the last is WSL's
HIDDEN = ("--env=NVIDIA_VISIBLE_DEVICES=void",)  # where nvidia is the default runtime
Run = Callable[[Sequence[str]], Ended]


def visible() -> bool:
    """Whether this machine has a GPU with a driver."""
    return any(Path(node).exists() for node in NODES)


def flags(engine: Engine) -> tuple[str, ...]:
    """The flags that hand over every GPU. podman takes `--gpus` too, and silently does nothing."""
    return ("--device=nvidia.com/gpu=all",) if engine.podman else ("--gpus=all",)


def proven(
    wanted: str, handing_over: Sequence[str], run: Run
) -> tuple[Sequence[str], dict[str, str]]:
    """The flags to run with, and what the device said of itself when it was put to work.

    A flag that was taken proves nothing, so a program in the container computes with the device. Where
    the GPU is only welcome (`auto`), a run without it goes on; where it is required, there is no verdict.
    """
    if wanted == "off" or (wanted == "auto" and not visible()):
        return HIDDEN, {}
    ended = run(handing_over)
    proof = _proof(ended)
    if proof:
        return handing_over, proof
    doubt = _doubt(ended)
    if wanted == "required":
        raise doubt
    print(f"smokealarm: going on without a GPU: {doubt}", flush=True)
    return HIDDEN, {}


def _proof(ended: Ended) -> dict[str, str]:
    """The facts in the last line, if the program was content."""
    lines = ended.tail.splitlines()
    try:
        said = json.loads(lines[-1]) if lines and not ended.code else {}
    except ValueError:
        return {}
    return {str(key): str(value) for key, value in said.items()} if isinstance(said, dict) else {}


def _doubt(ended: Ended) -> Inconclusive:
    return failures.recognised(ended.tail) or Inconclusive(
        f"the GPU could not be put to work: {failures.last_line(ended.tail)}",
        "Run `nvidia-smi` on the runner; the image needs a torch with CUDA; or set `gpu: auto`.",
    )
