"""Does `scope: new` alarm on what a commit adds, and on nothing else? Measured on real history.

    python benchmarks/style_history.py [--commits 100] [--list] REPOSITORY...

Each of the last commits that touch Python or shell files, merges apart, is judged as the gate would
judge it, against its parent: black, flake8 and shellcheck under the repository's own configuration.
`style_oracle.py` says, from the bare tools alone, how many violations of each rule the commit adds
at least and at most. None of any rule at most: it added nothing, and an alarm is false. One at
least: it added one for certain. Between the two lies the edit of a line that was bad before.

The clones must be complete; nothing is written to them.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from math import sqrt
from pathlib import Path
from typing import Any, NamedTuple

from style_oracle import BIN, Added, Checkout, Seen, added, changed, run

PATTERNS = ("*.py", "*.pyi", "*.sh", "*.bash")
SCOPES = ("files", "lines", "new")
GATE = "style:\n" + "".join(
    f"  - name: {scope}\n    scope: {scope}\n    checks: [black, flake8, shellcheck]\n"
    r"    files: (\.(pyi?|sh|bash)|(^|/)[^.]+)$"
    "\n"
    for scope in SCOPES
)
CERTAIN, NOTHING, BETWEEN = "added one", "added nothing", "between"


class Judged(NamedTuple):
    """A commit: what it adds, how often each scope fails for each rule; or why there is no verdict."""

    commit: str
    adds: tuple[Added, ...]
    failures: dict[str, Counter[str]]
    told: tuple[str, ...]  # the failures of `new`, for a reader
    doubt: str = ""

    @property
    def kind(self) -> str:
        if any(one.low for one in self.adds):
            return CERTAIN
        return BETWEEN if any(one.high for one in self.adds) else NOTHING

    def is_red(self, scope: str) -> bool:
        return self.failures[scope].total() > 0

    def wrong(self) -> Iterator[str]:
        """Each rule that `new` fails for more often than the commit can have broken it, or less."""
        bounds = {one.rule: one for one in self.adds}
        for rule in sorted({*bounds, *self.failures["new"]}):
            one = bounds.get(rule, Added(rule, 0, 0, ()))
            told = self.failures["new"][rule]
            if not one.low <= told <= one.high:
                word = "MISSED" if told < one.low else "FALSE ALARM"
                yield f"{word} {rule}: told {told}, added {one.low} to {one.high}"


def main() -> None:
    """Judge the commits; print what is to be read by hand as it comes, and the tables at the end."""
    options = parsed()
    results: list[list[Judged]] = []
    with ProcessPoolExecutor(max_workers=2) as pool:
        numbers = [options.commits] * len(options.repositories)
        for result in pool.map(history, options.repositories, numbers):
            show_details(options.repositories[len(results)], result, options.list)
            results.append(result)
    show_repositories(options.repositories, results)
    show_scopes([judged for result in results for judged in result if not judged.doubt])


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("repositories", nargs="+", type=Path, metavar="REPOSITORY")
    parser.add_argument("--commits", type=int, default=100, help="of each repository, at most")
    parser.add_argument("--list", action="store_true", help="also those between, one by one")
    return parser.parse_args()


def history(repository: Path, number: int) -> list[Judged]:
    """The last commits, judged in their order."""
    named = run("git", "log", "--no-merges", "--min-parents=1", "--format=%H", f"-{number}", "--",
                *PATTERNS, at=repository)  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="history-") as folder:
        known: dict[tuple[str, ...], Seen] = {}
        head = Checkout(repository, Path(folder, "head"), known)
        base = Checkout(repository, Path(folder, "base"), known)
        Path(folder, "gate.yaml").write_text(GATE)
        return [judged(commit, head, base) for commit in reversed(named.split())]


def judged(commit: str, head: Checkout, base: Checkout) -> Judged:
    head.turn_to(commit)
    base.turn_to(f"{commit}^")
    base.configured_like(head)
    try:
        outcomes = gate(commit, head.folder)
        adds = added(head, base, changed(head.folder, commit))
    except RuntimeError as doubt:
        return Judged(commit, (), {}, (), str(doubt))
    failures = {scope: Counter(_rule(one) for one in outcomes[scope]) for scope in SCOPES}
    told = tuple(f"{_rule(one)} {one['path']}:{one.get('line')}" for one in outcomes["new"])
    return Judged(commit, tuple(adds), failures, told)


def gate(commit: str, folder: Path) -> dict[str, list[dict[str, Any]]]:
    """The failures of each scope, from one run of the command that people run."""
    config, results = folder.with_name("gate.yaml"), folder.with_name("results.json")
    results.unlink(missing_ok=True)
    words = ["check", "--base", f"{commit}^", "--config", str(config), "--results", str(results)]
    env = {**os.environ, "XDG_CACHE_HOME": str(folder.with_name("cache"))}
    command = [str(BIN / "smokealarm"), *words]
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, timeout=600)
    outcomes = json.loads(results.read_bytes())["outcomes"] if results.exists() else ()
    doubts = [one.get("reason", "") for one in outcomes if one["verdict"] == "inconclusive"]
    if done.returncode not in (0, 1) or doubts:
        raise RuntimeError(f"smokealarm: {doubts or done.stderr.decode(errors='replace')[-300:]}")
    failures: dict[str, list[dict[str, Any]]] = {scope: [] for scope in SCOPES}
    for outcome in outcomes:
        found = outcome.get("findings", ())
        failures[outcome["case"]] += [one for one in found if "level" not in one]
    return failures


def _rule(finding: dict[str, Any]) -> str:
    """The tool's own name of the rule; whatever black says is black's."""
    is_black = finding["rule"].endswith("black")
    return "black" if is_black else str(finding["evidence"]["code"])


def show_repositories(repositories: Sequence[Path], results: Sequence[Sequence[Judged]]) -> None:
    print("| repository | commits | red: files | red: lines | red: new | added nothing | false alarms"
          " | added one | missed | between | red | no verdict |")  # fmt: skip
    print("| --- |" + " ---: |" * 11)
    for repository, result in zip(repositories, results):
        print(f"| {_name(repository)} | {_cells(result)} |")
    print(f"| all | {_cells([judged for result in results for judged in result])} |\n")


def _cells(result: Sequence[Judged]) -> str:
    known = [judged for judged in result if not judged.doubt]
    red = [sum(judged.is_red(scope) for judged in known) for scope in SCOPES]
    of = {kind: [one for one in known if one.kind == kind] for kind in (NOTHING, CERTAIN, BETWEEN)}
    alarms = {kind: sum(one.is_red("new") for one in of[kind]) for kind in of}
    missed = len(of[CERTAIN]) - alarms[CERTAIN]
    cells = [len(result), *red, len(of[NOTHING]), alarms[NOTHING], len(of[CERTAIN]), missed]
    cells += [len(of[BETWEEN]), alarms[BETWEEN], len(result) - len(known)]
    return " | ".join(str(cell) for cell in cells)


def show_scopes(known: Sequence[Judged]) -> None:
    """The scopes side by side, with Wilson's intervals."""
    nothing = [judged for judged in known if judged.kind == NOTHING]
    certain = [judged for judged in known if judged.kind == CERTAIN]
    print("| scope | red though it added nothing | green though it added one |")
    print("| --- | ---: | ---: |")
    for scope in SCOPES:
        false = sum(judged.is_red(scope) for judged in nothing)
        missed = sum(not judged.is_red(scope) for judged in certain)
        print(f"| {scope} | {_share(false, len(nothing))} | {_share(missed, len(certain))} |")
    print()


def _share(part: int, whole: int) -> str:
    """With the 95 % interval of Wilson (1927)."""
    if not whole:
        return "none of none"
    z, share = 1.96, part / whole
    middle = share + z * z / (2 * whole)
    width = z * sqrt(share * (1 - share) / whole + z * z / (4 * whole * whole))
    low, high = ((middle + side * width) / (1 + z * z / whole) for side in (-1, 1))
    return f"{part} of {whole} ({max(0, low):.1%} to {high:.1%})"


def show_details(repository: Path, result: Iterable[Judged], every: bool) -> None:
    """What a person should read: each rule of which the gate tells more or less than was added."""
    for judged in result:
        place = f"{_name(repository)} {judged.commit[:12]}"
        if judged.doubt:
            print(f"NO VERDICT {place}: {judged.doubt}")
        wrong = [] if judged.doubt else list(judged.wrong())
        for sentence in wrong:
            print(f"{place} {sentence}")
        if wrong or (every and judged.kind == BETWEEN):
            lines = [f"{one.rule} {line}" for one in judged.adds if one.high for line in one.lines]
            print(f"  {place} ({judged.kind})\n    told: {'; '.join(judged.told) or 'nothing'}")
            print(f"    the parent lacks: {'; '.join(lines) or 'nothing'}", flush=True)


def _name(repository: Path) -> str:
    """The folder's name; of a bare repository called `repo` or `.git`, that of the folder above."""
    path = repository.resolve()
    return path.parent.name if path.name in ("repo", ".git") else path.name.removesuffix(".git")


if __name__ == "__main__":
    main()
