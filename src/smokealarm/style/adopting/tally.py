"""What fails today: rule by rule and folder by folder, with the lines that would change."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from msgspec import Struct

from smokealarm.finding import Finding
from smokealarm.style.adopting.survey import Survey
from smokealarm.style.adopting.tiers import Tier, tier_of
from smokealarm.style.layout import is_layout, spans
from smokealarm.style.pair import code
from smokealarm.style.record import EVERY_RULE

ROOT_FILES = ""  # the files beside the top folders, which no folder's line can name


class Tally(Struct, frozen=True, kw_only=True):
    """What breaks one rule of a tool, and in which of the top folders."""

    tool: str
    rule: str
    tier: Tier
    found: tuple[Finding, ...]
    lines: int  # that would change
    folders: Mapping[str, int]  # violations by top folder

    @property
    def files(self) -> int:
        return len({finding.path for finding in self.found})


def tallies(survey: Survey) -> list[Tally]:
    """One for each rule that is broken; what is worth most, and costs least, comes first."""
    by_rule: dict[str, list[Finding]] = defaultdict(list)
    for finding in survey.found:
        rule = EVERY_RULE if survey.tool == "black" else str(code(finding))
        by_rule[rule].append(finding)
    made = [_tally(survey.tool, rule, found) for rule, found in by_rule.items()]
    return sorted(made, key=lambda tally: (tally.tier, tally.lines, tally.rule))


def top_folder(path: str) -> str:
    """`src/` of `src/a/b.py`; ROOT_FILES of a file that is in no folder."""
    first, slash, _ = path.partition("/")
    return first + slash if slash else ROOT_FILES


def top_folders(survey: Survey) -> list[str]:
    """Those with a file of the tool's that is not empty."""
    paths = (source.path for source in survey.files if source.content.strip())
    return sorted({top_folder(path) for path in paths} - {ROOT_FILES})


def _tally(tool: str, rule: str, found: Iterable[Finding]) -> Tally:
    found = tuple(found)
    folders: dict[str, int] = defaultdict(int)
    for finding in found:
        folders[top_folder(finding.path or "")] += 1
    return Tally(
        tool=tool,
        rule=rule,
        tier=tier_of(tool, rule, found[0]),
        found=found,
        lines=_lines(found),
        folders=dict(sorted(folders.items())),
    )


def _lines(found: Iterable[Finding]) -> int:
    """What a formatter would rewrite, else the lines with a violation; each line once."""
    touched = {
        (finding.path, number)
        for finding in found
        for span in (spans(finding) if is_layout(finding) else [_line(finding)])
        for number in span
    }
    return len(touched)


def _line(finding: Finding) -> range:
    return range(finding.line or 1, (finding.line or 1) + 1)
