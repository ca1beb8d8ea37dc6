"""The least that a repository can opt into for free: lines of the record, correctness first.

- `strict`: what nothing breaks today, in the whole repository or in a whole top folder
- `new` (of black: `keep`): what something breaks, so that a change adds no more of it

A rule that is nearly free is proposed as `new` too, with the few lines to mend: until they are
mended, `strict` would alarm whoever touches their file next.

Rules of mere layout are a formatter's work. They are proposed only on demand, and of a rule that is
broken in many places nothing is, because adding to it is how people write here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from smokealarm.style.adopting.survey import Survey
from smokealarm.style.adopting.tally import Tally, tallies, top_folders
from smokealarm.style.adopting.tiers import NEVER, Tier, is_layout, tier_of
from smokealarm.style.record import EVERY_RULE, Line, Region
from smokealarm.style.record.names import ROOT

NEARLY_FREE = 10  # lines that a person mends in a few minutes
_BLACK_SECTION = re.compile(rb"^\s*\[tool\.black\b", re.MULTILINE)


class Proposal(Struct, frozen=True, kw_only=True):
    """A line for the record, and what it would ask for: the violations that it leaves to old age."""

    line: Line
    tier: Tier
    broken: int = 0


def proposals(
    surveys: Iterable[Survey],
    companions: Mapping[str, bytes],
    suppressed: Iterable[str] = (),
    *,
    layout: bool = False,
) -> list[Proposal]:
    """What is worth most comes first. `suppressed` are rules that people would not have."""
    known = {survey.tool: survey for survey in surveys if survey.files}
    by_black = _black(known["black"], companions) if "black" in known else []
    refused = {*suppressed, *NEVER}
    made = [*by_black]
    if "flake8" in known:
        made += _flake8(known["flake8"], refused, layout and not by_black)
    if "shellcheck" in known:
        made += _shellcheck(known["shellcheck"], refused)
    return sorted(made, key=lambda one: (one.tier, str(one.line)))


def is_blacks(survey: Survey, companions: Mapping[str, bytes]) -> bool:
    """Whether black is the formatter here: it has a section, or most files are as it writes them."""
    told = any(
        _BLACK_SECTION.search(content)
        for place, content in companions.items()
        if place.endswith("pyproject.toml")
    )
    files = sum(bool(source.content.strip()) for source in survey.files)
    return told or len({finding.path for finding in survey.found}) * 2 < files


def _black(survey: Survey, companions: Mapping[str, bytes]) -> list[Proposal]:
    if not is_blacks(survey, companions):
        return []
    if not survey.found:
        return [_proposed("black", EVERY_RULE, ROOT, "strict", Tier.TASTE)]
    tally = tallies(survey)[0]
    clean = [folder for folder in top_folders(survey) if folder not in tally.folders]
    return [
        _proposed("black", EVERY_RULE, ROOT, "keep", Tier.TASTE, tally.files),
        *(_proposed("black", EVERY_RULE, folder, "strict", Tier.TASTE) for folder in clean),
    ]


def _flake8(survey: Survey, refused: set[str], layout: bool) -> Iterator[Proposal]:
    """Tier by tier, because the beginning of a rule's name is worth as much as the rule."""
    found = {tally.rule: tally for tally in tallies(survey)}
    known = {*survey.rules, *found, *refused}
    common = {rule for rule, tally in found.items() if tally.lines > NEARLY_FREE}
    spared = {rule for rule in known if is_layout(rule) and (rule in common or not layout)}
    for tier in Tier:
        ours = {rule for rule in known if tier_of("flake8", rule) is tier} - refused - spared
        yield from _of_tier(tier, ours, known, found, top_folders(survey))


def _of_tier(
    tier: Tier,
    ours: set[str],
    known: set[str],
    found: Mapping[str, Tally],
    folders: Sequence[str],
) -> Iterator[Proposal]:
    broken = ours & found.keys()
    for rule in shortened(ours - broken, known - (ours - broken)):
        yield _proposed("flake8", rule, ROOT, "strict", tier)
    for rule, members in shortened(ours, known - ours).items():
        count = sum(len(found[member].found) for member in broken & members)
        if count:
            yield _proposed("flake8", rule, ROOT, "new", tier, count)
    costly = {rule for rule in broken if found[rule].lines > NEARLY_FREE}
    for folder in folders:
        clean = {rule for rule in ours if rule not in found or folder not in found[rule].folders}
        for rule, members in shortened(clean, known - clean).items():
            if costly & members:
                yield _proposed("flake8", rule, folder, "strict", tier)


def _shellcheck(survey: Survey, refused: set[str]) -> Iterator[Proposal]:
    """Nobody lists its rules, so what is not broken has no name but `*`."""
    found = tallies(survey)
    if not found:
        yield _proposed("shellcheck", EVERY_RULE, ROOT, "strict", Tier.LIKELY)
        return
    for folder in top_folders(survey):
        if not any(folder in tally.folders for tally in found):
            yield _proposed("shellcheck", EVERY_RULE, folder, "strict", Tier.LIKELY)
    unwanted = {rule for rule in refused if rule.startswith("SC")}
    if not unwanted:
        count = sum(len(tally.found) for tally in found)
        yield _proposed("shellcheck", EVERY_RULE, ROOT, "new", min(t.tier for t in found), count)
        return
    for tally in found:
        if tally.rule not in unwanted:
            count = len(tally.found)
            yield _proposed("shellcheck", tally.rule, ROOT, "new", tally.tier, count)


def shortened(wanted: set[str], others: set[str]) -> dict[str, set[str]]:
    """The fewest beginnings of rules that mean all that is wanted and none of the others."""
    found: dict[str, set[str]] = {}
    left = set(wanted)
    for rule in sorted(wanted):
        if rule not in left:
            continue
        starts = (rule[:end] for end in range(1, len(rule) + 1))
        start = next((s for s in starts if not any(o.startswith(s) for o in others)), None)
        if start is None:
            continue  # others' names begin with this one, so no line can mean it alone
        members = {member for member in wanted if member.startswith(start)}
        found[start if len(members) > 1 else rule] = members
        left -= members
    return found


def _proposed(tool: str, rule: str, path: str, word: str, tier: Tier, broken: int = 0) -> Proposal:
    return Proposal(line=Line(Region(tool, rule, path), word), tier=tier, broken=broken)
