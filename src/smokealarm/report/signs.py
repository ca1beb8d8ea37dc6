"""The signs of levels and verdicts: in fancy characters, in plain ones, and their colour."""

from __future__ import annotations

from smokealarm.finding import Level, Verdict

LEVELS = {
    Level.FAILURE: ("✗", "x", "red"),
    Level.WARNING: ("!", "!", "yellow"),
    Level.NOTICE: ("•", "-", "blue"),
}
VERDICTS = {
    Verdict.PASS: ("✓", "+", "green"),
    Verdict.INCONCLUSIVE: ("?", "?", "yellow"),
    Verdict.ALARM: ("✗", "x", "red"),
}
