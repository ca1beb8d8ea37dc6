"""A real container engine for tests, as root and without a daemon, with its storage in a cache.

The base is bootstrapped from Debian and trusts what this machine trusts; building and running need no
more than a sandbox gives: chroot isolation, the host's network for builds, runc.
"""

from __future__ import annotations

import os
import ssl
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.container.components import lack, need

CACHE = Path.home() / ".cache" / "smokealarm-tests"
BASE = "localhost/smokealarm-test-base:bookworm-1"  # a higher number where what is below changes
ODD = "localhost/smokealarm-test-odd:1"
CONFIGURATION = """
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
netns = "host"
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
"""
STORAGE = """
[storage]
driver = "overlay"
graphroot = "{cache}/storage"
runroot = "{cache}/run"
"""
# smokealarm, as far as an engine can tell: what it does is the tested repository's to say.
ODD_FILE = """
FROM {base}
RUN printf '#!/bin/sh\\nexec sh /github/workspace/behave.sh "$@"\\n' > /usr/bin/smokealarm \
    && chmod 755 /usr/bin/smokealarm
"""


class Podman(NamedTuple):
    """podman, with the environment in which it works."""

    env: dict[str, str]

    def __call__(self, *arguments: str, stdin: str = "") -> str:
        """What `podman <arguments>` prints."""
        done = subprocess.run(
            ["podman", *arguments],
            input=stdin,
            env={**os.environ, **self.env},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout.strip()

    def has(self, image: str) -> bool:
        """Whether the image is in the storage."""
        return image in self("images", "--format", "{{.Repository}}:{{.Tag}}").splitlines()


def podman() -> Podman:
    """podman with a base and an odd image in its storage; a few seconds, half a minute at first."""
    for command in ("podman", "buildah", "runc", "mmdebstrap"):
        need(command)
    if os.geteuid():
        lack("the container tests bootstrap a base, which takes root")
    engine = Podman(_configured())
    if not engine.has(BASE):
        _import_base(engine)
    if not engine.has(ODD):
        engine("build", "--quiet", f"--tag={ODD}", "-", stdin=ODD_FILE.format(base=BASE))
    return engine


def _configured() -> dict[str, str]:
    CACHE.mkdir(parents=True, exist_ok=True)
    (CACHE / "containers.conf").write_text(CONFIGURATION)
    (CACHE / "storage.conf").write_text(STORAGE.format(cache=CACHE))
    return {
        "CONTAINERS_CONF": str(CACHE / "containers.conf"),
        "CONTAINERS_STORAGE_CONF": str(CACHE / "storage.conf"),
        "BUILDAH_ISOLATION": "chroot",
    }


def _import_base(engine: Podman) -> None:
    """Debian with Python and git, and with this machine's certificates in the place of its own."""
    base = CACHE / "base.tar"
    trusted = Path(ssl.get_default_verify_paths().cafile or "/etc/ssl/certs/ca-certificates.crt")
    settings = CACHE / "pip.conf"
    settings.write_text("[global]\ncert = /etc/ssl/certs/ca-certificates.crt\n")
    hooks = (
        f"--customize-hook=copy-in {settings} /etc",
        f'--customize-hook=cat "{trusted.resolve()}" > "$1/etc/ssl/certs/ca-certificates.crt"',
    )
    packages = "--include=python3,python3-venv,git,ca-certificates"
    command = [
        "mmdebstrap",
        "--quiet",
        "--variant=minbase",
        packages,
        *hooks,
        "bookworm",
        str(base),
    ]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        pytest.fail(f"the base could not be bootstrapped: {done.stderr[-2000:]}")
    engine("import", str(base), BASE)
    base.unlink()
