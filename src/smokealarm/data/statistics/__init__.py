"""Tests, intervals and measures: numbers in, numbers out, and nothing known of tables."""
