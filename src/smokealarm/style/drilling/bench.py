"""Where trials are judged twice: by the bare tool, which says what they are, and by the gate."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct, structs

from smokealarm.errors import FatalError
from smokealarm.finding import Finding, Level, Verdict
from smokealarm.results import Results
from smokealarm.stage import Ask, Case
from smokealarm.style.drilling.bare import Bare, Seen, lines_in
from smokealarm.style.drilling.edit import Edit, Files
from smokealarm.style.drilling.repository import Repository, base, head, together
from smokealarm.style.recorded import Kept
from smokealarm.trial import Gate, Trial, Tried, Undrilled

_MOST_LINES = 24  # of a difference that is told


class Bench(Struct, frozen=True, kw_only=True):
    """The case, the throw-away repository, and both judges."""

    case: Case
    gate: Gate
    made: Repository
    bare: Bare
    kept: Kept | None = None

    def ask(self, check: str) -> Ask:
        return next(ask for ask in self.case.asks if ask.check == check and not ask.skip)

    def seen(self, check: str, files: Files) -> Mapping[str, Seen]:
        """What the bare tool sees in each file, of that which the record keeps if there is one."""
        present = {path: content for path, content in files.items() if content is not None}
        everything = self.bare.seen(check, self.ask(check).options, present)
        return {
            path: Seen({one: n for one, n in seen.items() if self._state(check, one[0], path)})
            for path, seen in everything.items()
        }

    def _state(self, check: str, code: str, path: str) -> int:
        """0 where the rule is off, 2 where nothing may break it."""
        return self.kept.state(check, code, path) if self.kept else 1

    def clear(self, edits: Sequence[Edit]) -> list[Edit]:
        """Those that are faults, or healthy, for certain."""
        for check, both in _by_check(edits):
            self.seen(check, both.base)  # in one go, instead of one by one below
            self.seen(check, both.head)
        return [edit for edit in edits if self._is_clear(edit)]

    def _is_clear(self, edit: Edit) -> bool:
        now = {**edit.base, **edit.head}
        before, after = (self.seen(edit.check, side) for side in (edit.base, now))
        if edit.code:
            return codes_of(after.values())[edit.code] > codes_of(before.values())[edit.code]
        for path, seen in after.items():
            if any(self._state(edit.check, code, path) > 1 for code, _ in seen):
                return False
            if path in before and any(not line for _, line in seen - before[path]):
                return False  # a formatter's: what was formatted stays so, whatever moves there
        lines = {line for content in now.values() if content for line in lines_in(content)}
        return _adds_nothing(before.values(), after.values(), lines)

    def prepare(self, edits: Mapping[int, Edit], spare: int) -> None:
        """Commit them, and let the gate see their files in one change, so that it remembers them.

        The numbers from `spare` on are free.
        """
        together_by_check = dict(enumerate((both for _, both in _by_check(edits.values())), spare))
        self.made.commit({**edits, **together_by_check})
        for number, both in together_by_check.items():
            self._asked(both.check, number)

    def trial(self, number: int, edit: Edit) -> Tried:
        """What the gate says of the change with this number."""
        results = self._asked(edit.check, number)
        for error in results.errors:
            raise FatalError(error.message, error.remedy)
        for outcome in results.outcomes:
            if outcome.verdict is Verdict.INCONCLUSIVE:
                return Undrilled(check=edit.check, name=edit.name, reason=outcome.reason)
        return _trial(edit, results.findings)

    def _asked(self, check: str, number: int) -> Results:
        ask = structs.replace(self.ask(check), level=Level.FAILURE)
        case = structs.replace(self.case, asks=(ask,))
        return self.gate(case, self.made.root, base(number), head(number))


def codes_of(seen: Iterable[Seen]) -> Counter[str]:
    """How often each rule is named."""
    codes: Counter[str] = Counter()
    for one in seen:
        for (code, _), count in one.items():
            codes[code] += count
    return codes


def _adds_nothing(before: Iterable[Seen], after: Iterable[Seen], lines: Container[str]) -> bool:
    """Whether no rule is broken more often, even without those that were mended by other lines.

    A line that is still there and broke the rule is mended by its neighbours; another one that
    breaks the rule now is not that one edited.
    """
    was, now = sum(before, Seen()), sum(after, Seen())
    gone = Seen({one: count for one, count in (was - now).items() if one[1] not in lines})
    left, new = codes_of([gone]), codes_of([now - was])
    return all(left[code] >= count for code, count in new.items())


def _by_check(edits: Iterable[Edit]) -> Iterator[tuple[str, Edit]]:
    known = list(edits)
    for check in sorted({edit.check for edit in known}):
        yield check, together(edit for edit in known if edit.check == check)


def _trial(edit: Edit, found: Sequence[Finding]) -> Trial:
    failures = [one for one in found if one.level is Level.FAILURE]
    met = [one for one in failures if not edit.code or one.evidence.get("code") == edit.code]
    is_right = bool(met) == bool(edit.code)
    return Trial(
        check=edit.check,
        name=edit.name,
        manner=edit.manner,
        place=edit.path,
        is_fault=bool(edit.code),
        alarmed=bool(met),
        detail="" if is_right else "\n".join([*_said(found), *_difference(edit)]),
        remedy="" if is_right else "The gate and the bare tool differ here: please report it.",
    )


def _said(found: Sequence[Finding]) -> list[str]:
    said = [f"{one.level.value} {one.path}:{one.line}: {one.message}" for one in found[:5]]
    return said or ["it said nothing"]


def _difference(edit: Edit) -> list[str]:
    """What was changed, for a reader who wants to see it with their own eyes."""
    lines: list[str] = []
    for path in sorted(edit.base.keys() | edit.head.keys()):
        before, after = (
            (side.get(path) or b"").decode(errors="replace").splitlines()
            for side in (edit.base, {**edit.base, **edit.head})
        )
        lines += difflib.unified_diff(before, after, path, path, lineterm="", n=2)
    more = [f"... {len(lines) - _MOST_LINES} more lines"] if len(lines) > _MOST_LINES else []
    return [*lines[:_MOST_LINES], *more]
