"""Smoke tests on two branches of a small repository, one fine and one not: make demo

    python examples/demo.py [FOLDER]

Makes a git repository from examples/digits in FOLDER (build/demo unless told), with a branch
`healthy` and a branch `pull-request`; the folders of that name beside this file hold what each
of their commits changes. Then it checks both branches and shows what a terminal and GitHub
would show. Ends with 0 when every promise held, and leaves the repository for you to look at.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, NamedTuple

EXAMPLES = Path(__file__).resolve().parent
MARK = ".made-by-the-smokealarm-demo"
OLD_SLIPS = {"digits/legacy.py", "scripts/old.sh"}  # on main, and older than any style rule
STAGES = ["style", "data", "memorize", "regress"]


class Commit(NamedTuple):
    """One commit of a branch: the folder of the files that it changes, and its message."""

    folder: str
    message: str


HEALTHY = [
    Commit("healthy/1-take-in-the-last-images", "Take in the last 197 images"),
    Commit("healthy/2-widen-the-network", "Widen the network, and give an epoch its own function"),
    Commit("healthy/3-mend-the-old-printer", "Mend the shades of the old printer"),
]
PULL_REQUEST = [
    Commit("pull_request/1-train-in-four-epochs", "Train in four epochs instead of thirty"),
    Commit("pull_request/2-refresh-the-data", "Take in the images of the new scanner"),
    Commit("pull_request/3-tidy-the-training-step", "Tidy the training step"),
]


class BrokenPromise(Exception):
    """Something that the demo says is so, is not."""


def say(text: str) -> None:
    print(f"\n\033[1m{text}\033[0m" if sys.stdout.isatty() else f"\n=== {text}", flush=True)


def clean_environment() -> dict[str, str]:
    """This one, without what the reader's git or a CI job around us would add."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("GIT_", "GITHUB_", "INPUT_"))
    }
    return {
        **kept,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "Demo",
        "GIT_AUTHOR_EMAIL": "demo@example.com",
        "GIT_COMMITTER_NAME": "Demo",
        "GIT_COMMITTER_EMAIL": "demo@example.com",
        "GIT_AUTHOR_DATE": "2026-01-05T09:00:00Z",
        "GIT_COMMITTER_DATE": "2026-01-05T09:00:00Z",
    }


def git(repository: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments],
        cwd=repository,
        env=clean_environment(),
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise BrokenPromise(f"git {shlex.join(arguments)}: {done.stderr.strip()}")
    return done.stdout


def smokealarm(repository: Path, *arguments: str) -> int:
    """Runs smokealarm with its output on ours; its exit code."""
    print(f"$ smokealarm {shlex.join(arguments)}", flush=True)
    command = [sys.executable, "-m", "smokealarm", *arguments]
    return subprocess.run(command, cwd=repository, env=clean_environment()).returncode


def lay_over(folder: Path, repository: Path) -> None:
    leave_out = shutil.ignore_patterns("__pycache__")
    shutil.copytree(folder, repository, dirs_exist_ok=True, ignore=leave_out)


def commit(repository: Path, message: str) -> None:
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "--message", message)


def make_branch(repository: Path, name: str, commits: list[Commit]) -> None:
    git(repository, "switch", "--quiet", "--create", name, "main")
    for folder, message in commits:
        lay_over(EXAMPLES / folder, repository)
        commit(repository, message)
    print(f"branch {name}:")
    print(git(repository, "log", "--reverse", "--stat", "--format=  * %s", f"main..{name}"))


def make_repository(repository: Path) -> None:
    repository.mkdir(parents=True)
    git(repository, "init", "--quiet", "--template=", "--initial-branch=main")
    lay_over(EXAMPLES / "digits", repository)
    commit(repository, "Read handwritten digits")
    make_branch(repository, "healthy", HEALTHY)
    make_branch(repository, "pull-request", PULL_REQUEST)


def check(repository: Path, branch: str, results: Path) -> tuple[int, list[dict[str, Any]]]:
    """Checks the branch against main; the exit code, and what each check came to."""
    git(repository, "switch", "--quiet", branch)
    started = time.monotonic()
    code = smokealarm(repository, "check", "--base", "main", "--results", str(results))
    print(f"(exit code {code}, {time.monotonic() - started:.0f} s)")
    if not results.is_file():
        raise BrokenPromise(f"smokealarm wrote no results for {branch}")
    document = json.loads(results.read_text(encoding="utf-8"))
    return code, document.get("outcomes", [])


def promise(kept: bool, what: str) -> None:
    print(f"{'kept' if kept else 'BROKEN'}: {what}", flush=True)
    if not kept:
        raise BrokenPromise(what)


def failures(outcomes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    findings = [finding for outcome in outcomes for finding in outcome.get("findings", [])]
    return [finding for finding in findings if finding.get("level", "failure") == "failure"]


def stages_that(outcomes: list[dict[str, Any]], verdict: str) -> set[str]:
    return {outcome["stage"] for outcome in outcomes if outcome["verdict"] == verdict}


def show_healthy(repository: Path, results: Path) -> None:
    say("A change that is fine: smokealarm keeps quiet")
    code, outcomes = check(repository, "healthy", results)
    promise(code == 0, "the healthy branch passes (exit code 0)")
    promise(stages_that(outcomes, "pass") == set(STAGES), "each of the four stages ran, and passed")
    promise(
        not failures(outcomes),
        "nothing is held against it, not even the old slips of digits/legacy.py, which it edits",
    )


def show_pull_request(repository: Path, results: Path) -> None:
    say("A change that breaks one thing in each stage: smokealarm alarms")
    code, outcomes = check(repository, "pull-request", results)
    promise(code == 1, "the pull request is stopped (exit code 1)")
    promise(stages_that(outcomes, "alarm") == set(STAGES), "each of the four stages alarms")
    promise(not stages_that(outcomes, "inconclusive"), "and none is in doubt")
    paths = {finding["path"] for finding in failures(outcomes)}
    promise(
        not paths & OLD_SLIPS, f"the old slips in {', '.join(sorted(OLD_SLIPS))} go unmentioned"
    )


def show_reports(repository: Path, results: Path) -> None:
    say("What GitHub would draw beside the lines of the pull request")
    code = smokealarm(repository, "report", str(results), "--to", "annotations")
    promise(code == 0, "the annotations are written")
    say("What GitHub would show as the summary of the job")
    code = smokealarm(repository, "report", str(results), "--to", "summary")
    promise(code == 0, "the summary is written")


def fresh(folder: Path) -> Path:
    """The folder, empty; only what an earlier demo made is cleared away."""
    if folder.exists() and any(folder.iterdir()):
        if not (folder / MARK).is_file():
            raise BrokenPromise(f"{folder} is not empty, and no earlier demo made it")
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARK).touch()
    return folder


def demo(folder: Path) -> None:
    repository = folder / "digits"
    say(f"A repository that reads handwritten digits: {repository}")
    make_repository(repository)
    show_healthy(repository, folder / "healthy.json")
    show_pull_request(repository, folder / "pull-request.json")
    show_reports(repository, folder / "pull-request.json")
    say("All as promised. The repository is yours to look at:")
    print(f"  cd {shlex.quote(str(repository))}\n  git log --graph --oneline --all")


def main() -> int:
    description, _, details = (__doc__ or "").partition("\n")
    parser = ArgumentParser(description=description, epilog=details)
    parser.add_argument("folder", nargs="?", type=Path, default=EXAMPLES.parent / "build" / "demo")
    try:
        demo(fresh(parser.parse_args().folder.resolve()))
    except BrokenPromise as broken:
        print(f"\nThe demo broke its promise: {broken}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
