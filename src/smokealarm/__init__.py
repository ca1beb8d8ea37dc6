"""Smoke tests for machine-learning repositories, in pre-commit and on pull requests."""

__version__ = "0.1.0"
