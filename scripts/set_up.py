"""Make `.venv` ready for work: what `make demo` and `make test` do first. Standard library only.

Quick the second time: a stamp in `.venv` holds the hash of everything that the set-up depends on.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / ".smokealarm-set-up"
DEPENDS_ON = ("pyproject.toml", "constraints.txt", "scripts/set_up.py")
CPU_TORCH = "https://download.pytorch.org/whl/cpu"


def main() -> None:
    """Check what is there, then create, install and stamp; each step says what it does."""
    require_python()
    stamp = fingerprint()
    if STAMP.exists() and STAMP.read_text() == stamp:
        return
    require_modules()
    say("creating .venv")
    run([sys.executable, "-m", "venv", "--clear", str(VENV)])
    say("installing smokealarm and what its tests need (a few minutes the first time)")
    install()
    STAMP.write_text(stamp)
    say("ready")


def require_python() -> None:
    if not (3, 10) <= sys.version_info[:2] <= (3, 13):
        stop(
            f"this is Python {platform.python_version()}; smokealarm needs 3.10 to 3.13",
            "Name one of them: make PYTHON=python3.12 ...",
        )


def require_modules() -> None:
    try:
        import ensurepip  # noqa: F401  the one import that tells whether venv can work
        import venv  # noqa: F401
    except ImportError:
        stop(
            "this Python cannot make virtual environments (no venv module)",
            "On Debian and Ubuntu: sudo apt-get install python3-venv",
        )
    if not shutil.which("git"):
        stop("git is not installed", "On Debian and Ubuntu: sudo apt-get install git")


def install() -> None:
    command = [str(python()), "-m", "pip", "install", "--disable-pip-version-check"]
    command += ["--quiet", "--progress-bar", "off", "--constraint", "constraints.txt"]
    command += cpu_torch()
    if subprocess.run([*command, "--upgrade", "pip>=25.1"], cwd=ROOT).returncode:
        stop("pip could not install anything", "Is the network there? See what pip says above.")
    if subprocess.run([*command, "--editable", ".[all]", "--group", "dev"], cwd=ROOT).returncode:
        stop("pip could not install what is needed", "See what pip says above, then try again.")


def python() -> Path:
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def cpu_torch() -> list[str]:
    """Where there is no NVIDIA driver, take torch's CPU build, if its index answers: it saves gigabytes."""
    if shutil.which("nvidia-smi") or platform.system() != "Linux":
        return []
    try:
        urlopen(f"{CPU_TORCH}/torch/", timeout=5).close()
    except (URLError, OSError):
        return []
    say("no NVIDIA driver here: torch comes as its CPU build")
    return ["--extra-index-url", CPU_TORCH]


def fingerprint() -> str:
    parts = [sys.version, *((ROOT / name).read_text() for name in DEPENDS_ON)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def run(command: list[str]) -> None:
    if subprocess.run(command, cwd=ROOT).returncode:
        stop(f"this failed: {' '.join(command)}", "See what it says above.")


def say(message: str) -> None:
    print(f"set-up: {message}", flush=True)


def stop(problem: str, remedy: str) -> None:
    sys.exit(f"set-up: {problem}.\n  {remedy}")


if __name__ == "__main__":
    main()
