"""The first step: run the checks where nothing can be harmed, and keep what they came to.

It holds no token, and never fails on a finding: the last step does.
"""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from smokealarm.container import document, engine, failures, flags, gpu, host, image, inputs, run
from smokealarm.container.commands import quoted, set_outputs
from smokealarm.container.document import Document
from smokealarm.container.engine import Engine
from smokealarm.container.flags import Mount
from smokealarm.container.inputs import Inputs
from smokealarm.container.process import Cancelled, Ended, asked, shown, stop_on_signals
from smokealarm.errors import FatalError, SmokealarmError


def main() -> int:
    """0 once there is a document, whatever it says; else what a cancelled program ends with."""
    stop_on_signals()
    try:
        launch(run.new_folder())
    except Cancelled as cancelled:
        print("smokealarm: stopped, because the runner said so", file=sys.stderr)
        return int(cancelled.args[0])
    return 0


def launch(folder: Path) -> None:
    """Run the checks; keep the document in the folder, and tell the runner of it."""
    try:
        came_to = _run(inputs.read(os.environ), folder)
    except SmokealarmError as error:
        came_to = document.ended_early(error)
    results = folder / "results.json"
    document.write(came_to, results)
    set_outputs(
        run=str(folder),
        results=str(results),
        verdict=came_to["verdict"],
        findings=str(document.count(came_to)),
    )


def _run(given: Inputs, folder: Path) -> Document:
    workspace = os.environ.get("GITHUB_WORKSPACE", "")
    if not workspace:
        raise FatalError("GITHUB_WORKSPACE is not set", "Run this as a step of a GitHub workflow.")
    with quoted():
        go = _on_host if given.engine == "host" else _in_container
        return go(given, folder, Path(workspace))


def words(given: Inputs, results: str) -> list[str]:
    """What is said to smokealarm. With `=`, so that no value is taken for an option."""
    change = f"--base={given.base}" if given.base else "--github-event"
    stages = [f"--stage={stage}" for stage in given.stages]
    return ["check", f"--config={given.config}", change, *stages, f"--results={results}"]


def _on_host(given: Inputs, folder: Path, workspace: Path) -> Document:
    host.fitting(given)
    program, prover = host.installed(), host.installed("smokealarm-action")
    environment = host.environment(os.environ)
    run.keep_reporter(folder, run.Reporter())
    _, proof = gpu.proven(
        given.gpu,
        (),
        lambda _: shown(
            [prover, "prove"], minutes=given.timeout_minutes, cwd=folder, env=environment
        ),
    )
    results = folder / "out" / "results.json"
    ended = shown(
        [program, *words(given, str(results))],
        minutes=given.timeout_minutes,
        cwd=workspace,
        env=environment,
    )
    return _judged(results, ended, proof)


def _in_container(given: Inputs, folder: Path, workspace: Path) -> Document:
    found = engine.found(given.engine)
    name = image.ready(found, given)
    identity = image.identity(found, name)
    run.keep_reporter(folder, run.Reporter(found, name))
    limits = [f"--shm-size={given.shm_size}", f"--network={given.network}"]
    limits += [f"--memory={given.memory}"] if given.memory else []

    def prove(handing_over: Sequence[str]) -> Ended:
        called = unused_name()
        command = flags.container(
            *(found, name, called, ["prove"]),
            entrypoint="smokealarm-action",
            options=["--network=none", *handing_over],
        )
        return _removed(found, called, command, given)

    gpu_flags, proof = gpu.proven(given.gpu, gpu.flags(found), prove)
    called = unused_name()
    command = flags.container(
        *(found, name, called, words(given, f"{flags.OUT}/results.json")),
        mounts=mounts(folder, workspace),
        environment=flags.of_the_job(os.environ, identity),
        options=[f"--workdir={flags.WORKSPACE}", *limits, *gpu_flags],
    )
    ended = _removed(found, called, command, given)
    return _judged(folder / "out" / "results.json", ended, {**proof, "image": identity})


def mounts(folder: Path, workspace: Path) -> Iterable[Mount]:
    """What the container sees of the host: all to read, one empty folder to write."""
    yield Mount(workspace, flags.WORKSPACE)
    yield Mount(folder / "out", flags.OUT, writable=True)
    event = Path(os.environ.get("GITHUB_EVENT_PATH", ""))
    if event.is_file():
        yield Mount(event, flags.EVENT)


def unused_name() -> str:
    """A name by which the container can be removed."""
    return f"smokealarm-{secrets.token_hex(8)}"


def _removed(found: Engine, name: str, command: Sequence[str], given: Inputs) -> Ended:
    """Run the container and see to it that it is gone, however the run ends.

    At once: podman would first ask it politely for 10 s, and the runner kills a cancelled step after 10.
    A container that has ended by itself is gone already, and that is no error.
    """
    at_once = ["--time=0"] if found.podman else []

    def remove() -> None:
        asked(found.program, "rm", "--force", *at_once, name)

    return shown(command, minutes=given.timeout_minutes, stop=remove)


def _judged(results: Path, ended: Ended, facts: dict[str, str]) -> Document:
    """The document, if it says what the exit code says. Raises an error for one without the other."""
    written = document.read(results)
    if written is None and ended.code == 2:
        raise failures.usage(ended.tail)
    if written is None or document.exit_code(written) != ended.code:
        raise failures.explained(ended.code, ended.tail)
    facts = {key: facts[key] for key in ("device", "driver", "image") if facts.get(key)}
    return document.with_environment(written, **facts)


if __name__ == "__main__":
    sys.exit(main())
