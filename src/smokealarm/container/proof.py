"""A program for the inside of a container: proves that a GPU is there by computing with it.

It prints one line of JSON: the device's name, its driver, its capability, and the torch that used it.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import torch

KERNEL_MODULE = Path("/proc/driver/nvidia/version")


def main() -> int:
    """0 and the line of JSON where the device computes what the CPU computes; else 1 and why not."""
    if not torch.cuda.is_available():
        print("torch sees no GPU", file=sys.stderr)
        return 1
    if not computes_like_the_cpu():
        print("the GPU and the CPU do not agree on a product of integers", file=sys.stderr)
        return 1
    major, minor = torch.cuda.get_device_capability()
    facts = {
        "device": torch.cuda.get_device_name(),
        "driver": driver(),
        "capability": f"{major}.{minor}",
        "torch": torch.__version__,
    }
    print(json.dumps(facts))
    return 0


def computes_like_the_cpu() -> bool:
    """Whether both have the same product. Of small whole numbers, so that rounding excuses nothing."""
    left = torch.arange(64 * 64, dtype=torch.float32).reshape(64, 64) % 7
    right = left.flip(0)
    return torch.equal((left.cuda() @ right.cuda()).cpu(), left @ right)


def driver() -> str:
    """The version of the kernel's module, which is the host's, also inside a container."""
    try:
        found = re.search(r"\d{3,}\.\d[\d.]*", KERNEL_MODULE.read_text())
    except OSError:
        return ""
    return found.group() if found else ""


if __name__ == "__main__":
    sys.exit(main())
