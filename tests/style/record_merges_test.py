"""Merges never lose what a branch tightened: generated histories in real repositories."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smokealarm.finding import Level
from smokealarm.style.record import (
    ATTRIBUTE,
    NAME,
    Line,
    Record,
    Region,
    Waive,
    check,
    extended,
    formatted,
    parse,
    sides,
)
from smokealarm.style.record.lines import Entry
from tests.repositories import commit, git, make_repository

TODAY = date(2026, 6, 1)
PATHS = [".", "src/", "src/a.py", "src/data/", "src/data/b.py", "tests/", "a%20b.py"]
FILES = {"src/a.py": "", "src/data/b.py": "", "tests/c.py": "", "a b.py": "", "a%20b.py": ""}
BRANCHES = ("one", "two", "three")

paths = st.sampled_from(PATHS)
linters = st.builds(
    Region, st.just("flake8"), st.sampled_from(["*", "E", "E9", "E722", "F", "F401", "F8"]), paths
)
formatters = st.builds(Region, st.just("black"), st.just("*"), paths)
nothing = {"number": st.just(0), "comments": st.just(())}
lines = st.one_of(
    st.builds(Line, linters, st.sampled_from(["new", "strict"]), **nothing),
    st.builds(Line, formatters, st.sampled_from(["keep", "strict"]), **nothing),
)
waives = st.builds(
    Waive,
    linters,
    st.integers(1, 180).map(lambda days: TODAY + timedelta(days)),
    st.sampled_from(["see #1", "until the rewrite"]),
    **nothing,
)


class Edit(NamedTuple):
    """What somebody does to the record: add lines, in order or at the end, and perhaps tidy up."""

    entries: list[Entry]
    is_tidy: bool
    ends_with_newline: bool = True

    def of(self, content: bytes) -> bytes:
        more = extended(parse(content), self.entries)
        if self.is_tidy:
            return formatted(more)
        added = "\n".join(str(entry) for entry in self.entries).encode()
        joint = b"" if content.endswith(b"\n") or not content else b"\n"
        return content + joint + added + (b"\n" if self.ends_with_newline else b"")


edits = st.builds(Edit, st.lists(st.one_of(lines, lines, waives), max_size=4), st.booleans())
rough_edits = st.builds(
    Edit, st.lists(st.one_of(lines, waives), min_size=1, max_size=4), st.booleans(), st.booleans()
)
branches = st.sampled_from(BRANCHES)
steps = st.one_of(
    st.tuples(st.just("edit"), branches, rough_edits),
    st.tuples(st.just("edit"), branches, rough_edits),
    st.tuples(st.sampled_from(["merge", "squash", "rebase", "update"]), branches, st.none()),
    st.tuples(st.sampled_from(["merge", "squash"]), branches, st.none()),
)


class Repository:
    """main and three branches, whose records only tighten; after each step the ratchet looks."""

    def __init__(self, root: Path, first: Edit) -> None:
        self.root = make_repository(root)
        content = first.of(b"")
        commit(root, {".gitattributes": f"{ATTRIBUTE}\n", NAME: content, **FILES})
        for branch in BRANCHES:
            git(root, "branch", branch)

    def content(self, revision: str) -> bytes:
        done = subprocess.run(
            ["git", "show", f"{revision}:{NAME}"],
            cwd=self.root,
            capture_output=True,
            check=True,
            timeout=60,
        )
        return done.stdout

    def record(self, revision: str) -> Record:
        return parse(self.content(revision))

    def edit(self, branch: str, edit: Edit) -> None:
        git(self.root, "switch", "--quiet", branch)
        before = self.record(branch)
        commit(self.root, {NAME: edit.of(self.content(branch))})
        assert_keeps_all(self.record(branch), [extended(before, edit.entries)])

    def merge(self, branch: str) -> None:
        self._into("main", branch, "merge", "--quiet", "--no-edit", "--no-ff", branch)

    def update(self, branch: str) -> None:
        self._into(branch, "main", "merge", "--quiet", "--no-edit", "--no-ff", "main")

    def squash(self, branch: str) -> None:
        self._into("main", branch, "merge", "--quiet", "--squash", branch)

    def rebase(self, branch: str) -> None:
        self._into(branch, "main", "rebase", "--quiet", "main")

    def _into(self, target: str, other: str, *arguments: str) -> None:
        """After the step, the target keeps all that both kept before, and the ratchet is content."""
        git(self.root, "switch", "--quiet", target)
        was, kept = git(self.root, "rev-parse", target), [self.record(target), self.record(other)]
        git(self.root, *arguments)
        git(self.root, "commit", "--quiet", "--allow-empty", "--message=Squashed")
        assert_keeps_all(self.record(target), kept)
        first_parent = other if arguments[0] == "rebase" else was
        found = check(sides(self.root, first_parent, target), TODAY)
        assert [one for one in found if one.level is Level.FAILURE] == []


def assert_keeps_all(merged: Record, sources: Iterable[Record]) -> None:
    """Everywhere: what speaks for all of a region is what the region's own line is compared with."""
    for source in sources:
        for line in source.lines:
            assert merged.kept(line.region) >= line.state, str(line)
        for waive in source.waives:
            assert merged.waived_until(waive.region) >= waive.until, str(waive)
        for path in FILES:
            for code in ("E999", "E722", "F401", "F811", "W6"):
                region = Region("flake8", code, path)
                assert merged.kept(region) >= source.kept(region)
                if not merged.is_waived(region, TODAY):
                    assert merged.state("flake8", code, path, TODAY) >= source.kept(region)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(first=rough_edits, history=st.lists(steps, min_size=4, max_size=14))
def test_no_history_of_merges_squashes_and_rebases_loses_what_a_branch_kept(
    first: Edit, history: list[tuple[str, str, Edit | None]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        repository = Repository(Path(folder), first)
        for step, branch, edit in history:
            if edit is not None:
                repository.edit(branch, edit)
            else:
                getattr(repository, step)(branch)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(first=edits, one=st.lists(edits, max_size=3), two=st.lists(edits, max_size=3))
def test_a_union_merge_is_the_same_policy_as_both_edits_one_after_the_other(
    first: Edit, one: list[Edit], two: list[Edit]
) -> None:
    base = first.of(b"")
    mine, theirs = _all(one, base), _all(two, base)

    merged = parse(union(base, mine, theirs))

    steps = (entry for edit in (*one, *two) for entry in edit.entries)
    both = extended(parse(base), steps)
    assert formatted(merged) == formatted(both)


def test_of_two_copies_of_a_line_each_side_may_delete_another_and_the_ratchet_sees_it(
    tmp_path: Path,
) -> None:
    rest = [f"flake8 E{number} . new" for number in range(1, 8)]
    line = "flake8 F . strict"
    root = make_repository(
        tmp_path, {NAME: _file([line, *rest, line]), ".gitattributes": ATTRIBUTE}
    )
    git(root, "switch", "--quiet", "--create", "branch")
    commit(root, {NAME: _file([*rest, line])})
    git(root, "switch", "--quiet", "main")
    commit(root, {NAME: _file([line, *rest])})
    git(root, "merge", "--quiet", "--no-edit", "branch")

    (finding,) = check(sides(root, "HEAD^1", "HEAD"), TODAY)

    assert finding.level is Level.FAILURE
    assert finding.message == "this change lowers `flake8 F .` from strict to off"


def _all(edits: Iterable[Edit], content: bytes) -> bytes:
    for edit in edits:
        content = edit.of(content)
    return content


def _file(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def union(base: bytes, mine: bytes, theirs: bytes) -> bytes:
    """What `merge=union` makes of the two."""
    with tempfile.TemporaryDirectory() as folder:
        names = []
        for name, content in (("mine", mine), ("base", base), ("theirs", theirs)):
            Path(folder, name).write_bytes(content)
            names.append(name)
        done = subprocess.run(
            ["git", "merge-file", "--union", "--stdout", *names],
            cwd=folder,
            capture_output=True,
            check=True,
            timeout=60,
        )
        return done.stdout
