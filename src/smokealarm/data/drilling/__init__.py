"""Faults that tables really have, planted in copies at graded strengths, and edits that are no fault."""
