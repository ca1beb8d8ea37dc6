"""A suite proposed from reference data: candidates of checks, and one width for them together."""
