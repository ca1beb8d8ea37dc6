"""The opt-in record: what a repository keeps, for each tool, rule and path.

It is a policy and never a list of violations. Counts, line numbers and hashes would be edited by
every other commit and conflict in merges, and a count lets violations vanish or rise again when a
branch is squashed. A policy line is edited when people change their minds.

Merging is safe because of two rules. The highest line about a place holds, so a merge that keeps
too many lines (`merge=union`, a rebase, a branch merged again after it was squashed) never keeps too
little. And a line goes only where a line about more keeps as much, so that a merge which takes the
deletion from one side takes the wider line with it. A waive is the one thing that a merge may bring
back after it was deleted: its end date bounds that, and it is told as a waive that was added.
"""

from smokealarm.style.record.formatted import formatted
from smokealarm.style.record.lines import Line, Tools, Waive
from smokealarm.style.record.loosened import LONGEST, Loosening, loosened
from smokealarm.style.record.ratchet import check
from smokealarm.style.record.reading import TOOLS, parse, understood
from smokealarm.style.record.record import ATTRIBUTE, HEADER, NAME, Record, extended
from smokealarm.style.record.regions import EVERY_RULE, Region
from smokealarm.style.record.sides import Side, Sides, sides
from smokealarm.style.record.states import FORMATTER, LINTER, State, counts, utc_today

__all__ = [
    "ATTRIBUTE",
    "EVERY_RULE",
    "FORMATTER",
    "HEADER",
    "LINTER",
    "LONGEST",
    "NAME",
    "TOOLS",
    "Line",
    "Loosening",
    "Record",
    "Region",
    "Side",
    "Sides",
    "State",
    "Tools",
    "Waive",
    "check",
    "counts",
    "extended",
    "formatted",
    "loosened",
    "parse",
    "sides",
    "understood",
    "utc_today",
]
