"""Checks of machine learning that great_expectations has not: one file per check."""
